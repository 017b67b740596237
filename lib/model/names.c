#include "model/names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/object.h"

static int row_cmp(const void *a, const void *b)
{
	const struct names_row *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	return order ? order : (x->at > y->at) - (x->at < y->at);
}

int names_init(struct names *names, const struct schema *schema, const void *list)
{
	const struct schema_list *l = list;

	*names = (struct names){.row = calloc(l->n ? l->n : 1, sizeof(*names->row)), .n = l->n};
	if (!names->row)
		return -ENOMEM;
	for (size_t i = 0; i < l->n; i++) {
		names->row[i].at = i;
		object_key(schema, (const char *)l->v + i * schema->size, names->row[i].key);
	}
	qsort(names->row, names->n, sizeof(*names->row), row_cmp);
	return 0;
}

void names_fini(struct names *names)
{
	free(names->row);
	*names = (struct names){};
}

const struct names_row *names_find(const struct names *names, const char *key)
{
	size_t low = 0, high = names->n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (strcmp(names->row[mid].key, key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < names->n && !strcmp(names->row[low].key, key) ? &names->row[low] : NULL;
}
