#include "esp/verdict.h"

#include <assert.h>

static const char *const verdict_name[] = {
	[ESP_PASS] = "esp_pass",
	[ESP_NO_ROOM] = "esp_no_room",
	[ESP_SHORT] = "esp_short",
	[ESP_UNALIGNED] = "esp_unaligned",
	[ESP_OLD] = "esp_old",
	[ESP_REPLAYED] = "esp_replayed",
	[ESP_BAD_TAG] = "esp_bad_tag",
	[ESP_FAILED] = "esp_failed",
	[ESP_PADDING] = "esp_padding",
	[ESP_NEXT] = "esp_next",
	[ESP_INNER] = "esp_inner",
	[ESP_ECN] = "esp_ecn",
	[ESP_DUMMY] = "esp_dummy",
};
static_assert(sizeof(verdict_name) / sizeof(verdict_name[0]) == ESP_VERDICTS);

const char *esp_verdict_name(enum esp_verdict verdict)
{
	return verdict_name[verdict];
}
