// Writes the table of verdicts for docs/packet.md.
#include <stdio.h>

#include "dp/stats.h"

static void table(const char *title, enum dp_fate fate)
{
	printf("\n### %s\n\n| counter | a packet |\n|---|---|\n", title);
	for (unsigned int i = 0; i < dp_verdict_count; i++) {
		const struct dp_verdict *v = &dp_verdict_table[i];

		if (v->fate == fate)
			printf("| `%s` | %s |\n", v->name, v->help);
	}
	printf("\n");
}

int main(void)
{
	table("Passed", DP_FATE_PASS);
	table("Given to the control core", DP_FATE_PUNT);
	table("Dropped", DP_FATE_DROP);
}
