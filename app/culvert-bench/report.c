#include "report.h"

#include <stdio.h>

void report_init(struct report *report, bool json, const struct clock *clock,
	const struct report_column *column)
{
	*report = (struct report){.json = json, .column = column, .rows = json_array()};
	if (json)
		return;
	printf("TSC %.0f MHz, %.2f core cycles per TSC cycle; cyc = TSC cycles\n",
		clock->tsc_hz / 1e6, clock->core_per_tsc);
	for (const struct report_column *c = column; c->field; c++)
		printf("%*s ", c->width, c->title);
	putchar('\n');
}

static void cell(const struct report_column *c, const json_t *value)
{
	if (json_is_string(value))
		printf("%*s ", c->width, json_string_value(value));
	else if (json_is_number(value))
		printf("%*.*f ", c->width, c->digits, json_number_value(value));
	else
		printf("%*s ", c->width, "-");
}

void report_add(struct report *report, json_t *row)
{
	if (!report->json) {
		for (const struct report_column *c = report->column; c->field; c++)
			cell(c, json_object_get(row, c->field));
		putchar('\n');
		fflush(stdout);
	}
	json_array_append_new(report->rows, row);
}

int report_fini(struct report *report, const struct clock *clock)
{
	json_t *root = json_pack("{s:f, s:f, s:o}", "tsc_hz", clock->tsc_hz, "core_per_tsc",
		clock->core_per_tsc, "rows", report->rows);

	if (report->json) {
		json_dumpf(root, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
		putchar('\n');
	}
	json_decref(root);
	return 0;
}
