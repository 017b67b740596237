#include "ctl/finding.h"

#include <stdio.h>

#include "ike/reason.h"
#include "unit/unit.h"

static void add(struct findings *f, enum ike_reason code, const char *got, mono_us_t now)
{
	struct finding fresh = {.why = {.code = code}};

	why_set(&fresh.why, 0, "what", "where", "ours", got);
	finding_add(f, &fresh, now, (int64_t)now * 1000);
}

static void repetitions_are_counted(void **)
{
	const struct finding *got[FINDINGS];
	struct findings f = {};

	add(&f, IKE_REASON_PSK_MISMATCH, "theirs", 10);
	add(&f, IKE_REASON_PSK_MISMATCH, "theirs", 20);
	add(&f, IKE_REASON_PSK_MISMATCH, "another", 30);
	assert_int_equal(finding_pick(&f, 0, got), 2);
	assert_string_equal(got[0]->why.got, "another");
	assert_int_equal(got[1]->count, 2);
	assert_int_equal(got[1]->first, 10);
	assert_int_equal(got[1]->last, 20);
	assert_int_equal(got[1]->wall_ms, 20000);
	findings_fini(&f);
}

static void the_most_severe_comes_first_and_old_ones_are_left_out(void **)
{
	const struct finding *got[FINDINGS];
	struct findings f = {};

	add(&f, IKE_REASON_NO_RESPONSE, "", 5);
	add(&f, IKE_REASON_PSK_MISMATCH, "", 10);
	add(&f, IKE_REASON_RECEIVE_DELETE_NOTIFY, "", 20);
	add(&f, IKE_REASON_DPD_TIMEOUT, "", 15);
	assert_int_equal(finding_pick(&f, 10, got), 3);
	assert_int_equal(got[0]->why.code, IKE_REASON_DPD_TIMEOUT);
	assert_int_equal(got[1]->why.code, IKE_REASON_PSK_MISMATCH);
	assert_int_equal(got[2]->why.code, IKE_REASON_RECEIVE_DELETE_NOTIFY);
	findings_fini(&f);
}

static void there_is_an_end_to_them(void **)
{
	const struct finding *got[FINDINGS];
	struct findings f = {};
	char text[16];

	add(&f, IKE_REASON_PSK_MISMATCH, "steady", 1);
	for (mono_us_t i = 2; i < 1000; i++) {
		snprintf(text, sizeof(text), "%u", (unsigned int)i);
		add(&f, IKE_REASON_PEER_ID_MISMATCH, text, i);
		add(&f, IKE_REASON_PSK_MISMATCH, "steady", i);
	}
	assert_int_equal(finding_pick(&f, 0, got), FINDINGS);
	for (unsigned int i = 0; i < FINDINGS; i++)
		assert_true(got[i]->last >= 1000 - FINDINGS);
	findings_fini(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(repetitions_are_counted),
		cmocka_unit_test(the_most_severe_comes_first_and_old_ones_are_left_out),
		cmocka_unit_test(there_is_an_end_to_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
