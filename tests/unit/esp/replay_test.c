#include "esp/replay.h"

#include <stdlib.h>
#include <string.h>

#include "unit/unit.h"

#define LAP (UINT64_C(1) << 32)

struct step {
	uint64_t seq;
	enum esp_verdict want;
};

static void numbered(uint32_t window, uint64_t start, const struct step *step, size_t n)
{
	struct esp_live *live = esp_live_new(window, start);

	for (size_t i = 0; i < n; i++) {
		enum esp_verdict checked = replay_check(live, step[i].seq);
		enum esp_verdict committed = replay_commit(live, step[i].seq);

		if (checked != step[i].want || committed != step[i].want)
			fail_msg(
				"window %u, step %zu: sequence number %llu: expected %s, check %s, "
				"commit %s",
				window, i, (unsigned long long)step[i].seq,
				esp_verdict_name(step[i].want), esp_verdict_name(checked),
				esp_verdict_name(committed));
	}
	esp_live_free(live);
}

#define NUMBERED(window, start, ...)                                              \
	do {                                                                      \
		static const struct step step_[] = {__VA_ARGS__};                 \
		numbered(window, start, step_, sizeof(step_) / sizeof(step_[0])); \
	} while (0)

static void replay_takes_each_number_once(void **)
{
	NUMBERED(64, 0,
		/* 0 */ {0, ESP_REPLAYED}, // no packet carries 0
		/* 1 */ {1, ESP_PASS},
		/* 2 */ {1, ESP_REPLAYED},
		/* 3 */ {3, ESP_PASS},
		/* 4 */ {2, ESP_PASS},
		/* 5 */ {2, ESP_REPLAYED},
		/* 6 */ {3, ESP_REPLAYED},
		/* 7 */ {0, ESP_REPLAYED});
}

static void replay_rejects_left_of_window(void **)
{
	NUMBERED(64, 0,
		/* 0 */ {64, ESP_PASS},
		/* 1 */ {0, ESP_OLD},  // 64 - 0 = 64: first bit outside
		/* 2 */ {1, ESP_PASS}, // leftmost bit
		/* 3 */ {1, ESP_REPLAYED},
		/* 4 */ {65, ESP_PASS},
		/* 5 */ {1, ESP_OLD},
		/* 6 */ {2, ESP_PASS});
}

static void replay_left_edge_is_exact_for_sizes_that_are_no_multiple_of_a_word(void **)
{
	NUMBERED(100, 0, {1000, ESP_PASS}, {900, ESP_OLD}, {901, ESP_PASS}, {901, ESP_REPLAYED},
		{1001, ESP_PASS}, {901, ESP_OLD}, {902, ESP_PASS});
	NUMBERED(4095, 0, {5000, ESP_PASS}, {905, ESP_OLD}, {906, ESP_PASS}, {906, ESP_REPLAYED});
	NUMBERED(4096, 0, {5000, ESP_PASS}, {904, ESP_OLD}, {905, ESP_PASS}, {905, ESP_REPLAYED});
	NUMBERED(65, 0, {128, ESP_PASS}, {63, ESP_OLD}, {64, ESP_PASS}, {64, ESP_REPLAYED});
}

static void replay_right_edge_moves_by_one(void **)
{
	NUMBERED(64, 0, {63, ESP_PASS}, {64, ESP_PASS}, {65, ESP_PASS}, {64, ESP_REPLAYED},
		{127, ESP_PASS}, {128, ESP_PASS}, {127, ESP_REPLAYED}, {128, ESP_REPLAYED},
		{66, ESP_PASS});
}

static void replay_jump_beyond_the_window_forgets_all_of_it(void **)
{
	NUMBERED(64, 0, {1, ESP_PASS}, {2, ESP_PASS}, {10000, ESP_PASS}, {1, ESP_OLD},
		{9936, ESP_OLD}, {9937, ESP_PASS}, {9999, ESP_PASS}, {10000, ESP_REPLAYED},
		{9999, ESP_REPLAYED});
	// A jump by a whole number of ring lengths lands in the same word.
	NUMBERED(64, 0, {5, ESP_PASS}, {5 + 128, ESP_PASS}, {5 + 127, ESP_PASS},
		{5 + 128, ESP_REPLAYED}, {5 + 64 * 4096, ESP_PASS}, {4 + 64 * 4096, ESP_PASS});
}

static void replay_skipped_numbers_may_still_come(void **)
{
	NUMBERED(128, 0, {1, ESP_PASS}, {100, ESP_PASS}, {50, ESP_PASS}, {50, ESP_REPLAYED},
		{170, ESP_PASS}, {51, ESP_PASS}, {42, ESP_OLD}, {43, ESP_PASS});
}

static void replay_without_esn_ends_at_the_last_number(void **)
{
	NUMBERED(64, LAP - 3, {LAP - 2, ESP_PASS}, {LAP - 1, ESP_PASS}, {0, ESP_OLD}, {1, ESP_OLD},
		{LAP - 1, ESP_REPLAYED});
}

static void replay_of_64_bits_goes_on_across_a_lap(void **)
{
	NUMBERED(64, LAP - 3, {LAP - 1, ESP_PASS}, {LAP, ESP_PASS}, {LAP + 1, ESP_PASS},
		{LAP - 2, ESP_PASS}, {LAP, ESP_REPLAYED}, {LAP + 62, ESP_PASS}, {LAP - 2, ESP_OLD},
		{LAP - 1, ESP_REPLAYED});
}

static void replay_resumed_state_refuses_what_was_before(void **)
{
	NUMBERED(64, 1000, {1000, ESP_REPLAYED}, {999, ESP_REPLAYED}, {937, ESP_REPLAYED},
		{936, ESP_OLD}, {1001, ESP_PASS}, {1003, ESP_PASS}, {1002, ESP_PASS});
}

static void replay_check_changes_nothing(void **)
{
	struct esp_live *live = esp_live_new(64, 0);

	assert_int_equal(replay_commit(live, 10), ESP_PASS);
	// What a forger sends passes the check, and the window stays where it was.
	for (uint64_t seq = 11; seq < 100000; seq += 97)
		assert_int_equal(replay_check(live, seq), ESP_PASS);
	assert_int_equal(live->seq, 10);
	assert_int_equal(replay_commit(live, 9), ESP_PASS);
	assert_int_equal(replay_commit(live, 11), ESP_PASS);
	esp_live_free(live);
}

static void replay_off_takes_everything_and_remembers_the_highest(void **)
{
	NUMBERED(0, 0, {1, ESP_PASS}, {1, ESP_PASS}, {5000, ESP_PASS}, {1, ESP_PASS},
		{5000, ESP_PASS});
}

// The claim itself, without cleverness: a list of flags.
static void replay_agrees_with_a_plain_model(void **)
{
	static const uint32_t windows[] = {64, 65, 100, 127, 128, 129, 1000, 2048, 4095, 4096};
	enum { RANGE = 60000 };
	uint8_t *seen = malloc(RANGE);
	uint32_t rnd = 1;

	for (size_t w = 0; w < sizeof(windows) / sizeof(windows[0]); w++) {
		struct esp_live *live = esp_live_new(windows[w], 0);
		uint64_t top = 0;

		memset(seen, 0, RANGE);
		seen[0] = 1;
		for (int i = 0; i < 200000; i++) {
			enum esp_verdict want;
			uint64_t seq;

			rnd = rnd * 1664525 + 1013904223;
			seq = top + (rnd >> 24) % 8 +
			      (rnd % 97 ? 0 : windows[w] + (rnd >> 16) % 300);
			seq -= (rnd >> 8) % (windows[w] + 20) * (rnd >> 30 ? 1 : 0);
			if ((int64_t)seq < 0 || seq >= RANGE)
				continue;
			want = seq <= top && top - seq >= windows[w] ? ESP_OLD
			       : seen[seq]			     ? ESP_REPLAYED
								     : ESP_PASS;
			assert_int_equal(replay_check(live, seq), want);
			assert_int_equal(replay_commit(live, seq), want);
			if (want)
				continue;
			seen[seq] = 1;
			if (seq > top)
				top = seq;
		}
		assert_int_equal(live->seq, top);
		esp_live_free(live);
	}
	free(seen);
}

struct recovery {
	uint32_t window;
	uint64_t top;
	uint32_t low;
	uint64_t want;
};

// RFC 4303 appendix A2.1: case A (window within a lap), case B (window across two laps).
static void recovery_of_the_high_half_follows_the_window(void **)
{
	static const struct recovery row[] = {
		/* 0 */ {64, 100, 101, 101},
		/* 1 */ {64, 100, 37, 37},		   // A: left edge
		/* 2 */ {64, 100, 36, LAP + 36},	   // A: left of it: next lap
		/* 3 */ {64, 100, UINT32_MAX, UINT32_MAX}, // A: far right
		/* 4 */ {64, LAP - 1, 0, LAP},		   // A: next number is the next lap's first
		/* 5 */ {64, LAP - 1, UINT32_MAX, LAP - 1},	 // A: same number
		/* 6 */ {64, LAP + 10, 11, LAP + 11},		 // B: right
		/* 7 */ {64, LAP + 10, 0, LAP},			 // B: in the window, this lap
		/* 8 */ {64, LAP + 10, UINT32_MAX, LAP - 1},	 // B: in the window, lap before
		/* 9 */ {64, LAP + 10, (uint32_t)-53, LAP - 53}, // B: left edge (10 - 63)
		/* 10 */ {64, LAP + 10, (uint32_t)-54, 2 * LAP - 54}, // B: left of it: far right
		/* 11 */ {64, LAP + 62, 0, LAP},
		/* 12 */ {64, LAP + 63, 0, LAP}, // A again: bottom is 0
		/* 13 */ {64, LAP + 64, 0, 2 * LAP},
		/* 14 */ {64, 10, (uint32_t)-5, LAP - 5}, // first lap has none before it
		/* 15 */ {4096, 7 * LAP + 5, (uint32_t)-4090, 7 * LAP - 4090},
		/* 16 */ {4096, 7 * LAP + 5, (uint32_t)-4091, 8 * LAP - 4091},
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct esp_live *live = esp_live_new(row[i].window, row[i].top);
		uint64_t got = replay_recover(live, row[i].low);

		if (got != row[i].want)
			fail_msg("row %zu: expected %llx, got %llx", i,
				(unsigned long long)row[i].want, (unsigned long long)got);
		esp_live_free(live);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replay_takes_each_number_once),
		cmocka_unit_test(replay_rejects_left_of_window),
		cmocka_unit_test(
			replay_left_edge_is_exact_for_sizes_that_are_no_multiple_of_a_word),
		cmocka_unit_test(replay_right_edge_moves_by_one),
		cmocka_unit_test(replay_jump_beyond_the_window_forgets_all_of_it),
		cmocka_unit_test(replay_skipped_numbers_may_still_come),
		cmocka_unit_test(replay_without_esn_ends_at_the_last_number),
		cmocka_unit_test(replay_of_64_bits_goes_on_across_a_lap),
		cmocka_unit_test(replay_resumed_state_refuses_what_was_before),
		cmocka_unit_test(replay_check_changes_nothing),
		cmocka_unit_test(replay_off_takes_everything_and_remembers_the_highest),
		cmocka_unit_test(replay_agrees_with_a_plain_model),
		cmocka_unit_test(recovery_of_the_high_half_follows_the_window),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
