#include "ike/reason.h"

#include <ctype.h>
#include <string.h>

#include "unit/unit.h"

static void every_code_has_a_row_of_its_own(void **)
{
	for (unsigned int i = IKE_REASON_NONE + 1; i < IKE_REASONS; i++) {
		const struct ike_reason_row *row = ike_reason(i);

		assert_non_null(row->name);
		assert_true(isupper((unsigned char)row->name[0]));
		assert_int_equal(row->sentence[strlen(row->sentence) - 1], '.');
		for (unsigned int k = IKE_REASON_NONE + 1; k < i; k++)
			assert_string_not_equal(row->name, ike_reason(k)->name);
		if (row->severity != IKE_SEVERITY_NORMAL)
			assert_int_equal(row->remedy[strlen(row->remedy) - 1], '.');
	}
}

static void what_is_no_code_is_a_failed_negotiation(void **)
{
	assert_string_equal(ike_reason(IKE_REASON_NONE)->name, "NegotiationFailed");
	assert_string_equal(ike_reason(IKE_REASONS)->name, "NegotiationFailed");
	assert_string_equal(ike_reason(~0u)->name, "NegotiationFailed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_has_a_row_of_its_own),
		cmocka_unit_test(what_is_no_code_is_a_failed_negotiation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
