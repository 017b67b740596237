// Tags. Each by itself is the schema's matter.
#include <string.h>

#include "model/check_part.h"

void check_tags(struct check *c, const struct path *at, const struct model_about *about)
{
	for (size_t i = 0; i < about->tags.n; i++) {
		const size_t len = strcspn(about->tags.v[i], "=") + 1;
		struct path group, list, where;

		for (size_t j = 0; j < i; j++) {
			if (strncmp(about->tags.v[i], about->tags.v[j], len))
				continue;
			group = path_leaf(at, "about");
			list = path_leaf(&group, "tags");
			where = path_at(&list, i);
			report_add(c->report, "duplicate", &where, "another tag has this key",
				about->tags.v[j], about->tags.v[i]);
			break;
		}
	}
}
