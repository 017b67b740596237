#include "model/merge.h"

#include <errno.h>
#include <string.h>

#include "model/diff.h"
#include "ui/conf.h"
#include "unit/model/sample.h"
#include "unit/unit.h"

struct world {
	struct model file, both;
	struct state state;
	struct report report;
	int err;
};

// The sample, and beside it what the text says.
static void merge(struct world *w, const char *text)
{
	*w = (struct world){};
	assert_int_equal(conf_read(sample, strlen(sample), NULL, &w->file, &w->report), 0);
	assert_int_equal(conf_read_state(text, strlen(text), &w->state, &w->report), 0);
	w->err = model_merge(&w->both, &w->file, &w->state.model, &w->report);
}

static void world_fini(struct world *w)
{
	model_fini(&w->file);
	model_fini(&w->both);
	state_fini(&w->state);
	report_fini(&w->report);
}

static void complaint_is(struct world *w, const char *code, const char *where, const char *got)
{
	assert_int_equal(w->err, -EINVAL);
	assert_int_equal(w->report.n, 1);
	assert_string_equal(w->report.v[0].code, code);
	assert_string_equal(w->report.v[0].why.where, where);
	assert_string_equal(w->report.v[0].why.got, got);
}

#define STATE "state = { version = 1; };\n"

static void merge_with_nothing_is_the_file(void **)
{
	struct world w;
	struct diff d;

	merge(&w, STATE);
	assert_int_equal(w.err, 0);
	assert_int_equal(diff_models(&w.file, &w.both, &d), 0);
	assert_int_equal(d.n, 0);
	diff_fini(&d);
	world_fini(&w);
}

static void merge_has_the_files_objects_first(void **)
{
	struct world w;

	merge(&w, STATE "customer_gateways = ( { name = \"kyoto\"; address = \"192.0.2.9\"; } );");
	assert_int_equal(w.err, 0);
	assert_int_equal(w.both.customer_gateways.n, 3);
	assert_string_equal(w.both.customer_gateways.v[0].name, "tokyo");
	assert_string_equal(w.both.customer_gateways.v[2].name, "kyoto");
	// No pointer is shared.
	assert_ptr_not_equal(
		w.both.customer_gateways.v[2].name, w.state.model.customer_gateways.v[0].name);
	assert_int_equal(w.both.ports.n, 2);
	world_fini(&w);
}

static void merge_refuses_a_name_in_both(void **)
{
	struct world w;

	merge(&w, STATE "customer_gateways = ( { name = \"kyoto\"; }, { name = \"osaka\"; } );");
	complaint_is(&w, "in-both", "customer_gateways[1]", "osaka");
	world_fini(&w);
	// Another list is another name.
	merge(&w, STATE "customer_gateways = ( { name = \"office\"; } );");
	assert_int_equal(w.err, 0);
	world_fini(&w);
}

static void merge_refuses_files_of_secrets(void **)
{
	struct world w;

	merge(&w, STATE "connections = ( { name = \"c\"; tunnels = ( { name = \"t\";\n"
			"pre_shared_key_file = \"/etc/shadow\"; } ); } );");
	complaint_is(&w, "not-in-state", "connections[0].tunnels[0].pre_shared_key_file", "");
	world_fini(&w);
}

static void merge_refuses_what_is_the_operators(void **)
{
	struct world w = {};

	assert_int_equal(conf_read(sample, strlen(sample), NULL, &w.file, &w.report), 0);
	assert_int_equal(model_merge(&w.both, &w.file, &w.file, &w.report), -EINVAL);
	assert_string_equal(w.report.v[0].code, "not-in-state");
	assert_string_equal(w.report.v[0].why.where, "system");
	world_fini(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(merge_with_nothing_is_the_file),
		cmocka_unit_test(merge_has_the_files_objects_first),
		cmocka_unit_test(merge_refuses_a_name_in_both),
		cmocka_unit_test(merge_refuses_files_of_secrets),
		cmocka_unit_test(merge_refuses_what_is_the_operators),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
