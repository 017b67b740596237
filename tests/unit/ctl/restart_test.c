#include "unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/restart.h"
#include "model/object.h"

struct world {
	struct model booted, next;
	struct report report;
};

static struct model_port *add_port(struct model *m, const char *name)
{
	struct model_port *p = object_add(
		schema_find(&schema_model, "ports"), (struct schema_list *)&m->ports);

	assert_non_null(p);
	free(p->name);
	p->name = strdup(name);
	return p;
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	assert_int_equal(model_init(&w->booted), 0);
	add_port(&w->booted, "wan");
	assert_int_equal(model_copy(&w->next, &w->booted), 0);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	report_fini(&w->report);
	model_fini(&w->booted);
	model_fini(&w->next);
	free(w);
	return 0;
}

static void restart_is_silent_about_the_same(void **state)
{
	struct world *w = *state;

	assert_int_equal(restart_check(&w->booted, &w->next, &w->report), 0);
	assert_int_equal(w->report.n, 0);
}

static void restart_names_the_object_and_the_setting(void **state)
{
	struct world *w = *state;

	w->next.ports.v[0].mtu = 9000;
	assert_int_equal(restart_check(&w->booted, &w->next, &w->report), 0);
	assert_int_equal(w->report.n, 1);
	assert_int_equal(w->report.errors, 0);
	assert_string_equal(w->report.v[0].why.where, "ports");
	assert_string_equal(w->report.v[0].why.got, "port wan: changed: mtu (restart)");
}

static void restart_sees_ports_come_and_go(void **state)
{
	struct world *w = *state;

	free(w->next.ports.v[0].name);
	w->next.ports.v[0].name = strdup("lan");
	assert_int_equal(restart_check(&w->booted, &w->next, &w->report), 0);
	assert_int_equal(w->report.n, 2);
}

static void restart_leaves_what_is_live_alone(void **state)
{
	struct world *w = *state;

	free(w->next.system.name);
	w->next.system.name = strdup("another");
	w->next.ports.v[0].addresses.v = calloc(1, sizeof(struct model_ifaddr));
	w->next.ports.v[0].addresses.n = 1;
	assert_int_equal(restart_check(&w->booted, &w->next, &w->report), 0);
	assert_int_equal(w->report.n, 0);
	w->next.system.control_lcore++;
	assert_int_equal(restart_check(&w->booted, &w->next, &w->report), 0);
	assert_int_equal(w->report.n, 1);
}

#define CLAIM(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CLAIM(restart_is_silent_about_the_same),
		CLAIM(restart_names_the_object_and_the_setting),
		CLAIM(restart_sees_ports_come_and_go),
		CLAIM(restart_leaves_what_is_live_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
