// The configuration file, and the state beside it: any text is either refused with complaints, or
// gives a model that can be written and read again as the same.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/must.h"
#include "model/diff.h"
#include "ui/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

// libconfig 1.5 forgets the text at which it finds a syntax error.
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libconfig.so\n";
}

// Secrets are written as "<set>": these leaves alone may differ.
static void compare(const struct model *m, const struct model *again)
{
	struct diff d;

	must(!diff_models(m, again, &d));
	for (size_t i = 0; i < d.n; i++) {
		must(d.v[i].kind == DIFF_CHANGED);
		for (size_t j = 0; j < d.v[i].list->sub->n; j++) {
			if (d.v[i].leaves >> j & 1)
				must(d.v[i].list->sub->leaf[j].type == SCHEMA_SECRET);
		}
	}
	diff_fini(&d);
}

static void write_and_read(const struct model *m)
{
	struct report report = {};
	struct model again;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	must(out && !conf_write(m, m->ports.n % 2, out) && !fclose(out));
	must(!conf_read(text, size, NULL, &again, &report));
	compare(m, &again);
	model_fini(&again);
	report_fini(&report);
	free(text);
}

static void write_state(const struct state *s, char **text, size_t *size)
{
	FILE *out = open_memstream(text, size);

	must(out && !conf_write_state(s, out) && !fclose(out));
}

// What is taken for a state is written and read again without any difference, secrets included.
static void try_state(const char *text, size_t len)
{
	struct report report = {};
	struct state s, again;
	size_t size, size_again;
	char *first, *second;
	int err = conf_read_state(text, len, &s, &report);

	must(!err == !report.errors);
	report_fini(&report);
	if (err)
		return;
	write_state(&s, &first, &size);
	must(!conf_read_state(first, size, &again, &report) && !report.n);
	write_state(&again, &second, &size_again);
	must(size == size_again && !memcmp(first, second, size));
	state_fini(&s);
	state_fini(&again);
	free(first);
	free(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct report report = {};
	struct model m;
	char text[1024];
	int err = conf_read((const char *)data, len, NULL, &m, &report);

	try_state((const char *)data, len);
	for (size_t i = 0; i < report.n; i++)
		must(complaint_show(&report.v[i], "fuzz", text, sizeof(text))[0]);
	must(!err == !report.errors);
	if (!err)
		write_and_read(&m);
	model_fini(&m);
	report_fini(&report);
	return 0;
}
