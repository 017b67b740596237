#include "ctl/window.h"

#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "ctl/edit.h"
#include "ctl/logbook.h"
#include "ctl/store.h"

enum { AGAIN_S = 60 };

static const char nobody[] = "commit confirm, whose time is over";

static void forget(struct ctl *ctl)
{
	if (ctl->undo)
		state_fini(ctl->undo);
	free(ctl->undo);
	ctl->undo = NULL;
	ctl->undo_at = 0;
	loop_timer_free(ctl->undo_timer);
	ctl->undo_timer = NULL;
}

static int put_back(struct ctl *ctl, const char *who, struct report *report,
	struct reconciled *result, struct why *why)
{
	struct model *state = calloc(1, sizeof(*state));
	int err = state ? model_copy(state, &ctl->undo->model) : -ENOMEM;

	if (err) {
		edit_abandon(state);
		return err;
	}
	err = edit_earlier(ctl, state, who, report, result, why);
	// Not cleared, it would come back once more, and change nothing.
	return err ? err : store_undo_clear(ctl->store, why);
}

static void on_time(void *ctx)
{
	struct ctl *ctl = ctx;
	struct report report = {};
	struct reconciled result;
	struct why why = {};
	char text[600];
	int err;

	log_warning("not committed in %u s: back to the state of change %llu",
		ctl->undo->head.window_s, (unsigned long long)ctl->undo->head.serial);
	err = put_back(ctl, nobody, &report, &result, &why);
	for (size_t i = 0; err && i < report.n; i++)
		log_error("%s",
			complaint_show(&report.v[i], store_path(ctl->store), text, sizeof(text)));
	report_fini(&report);
	if (!err) {
		forget(ctl);
		return;
	}
	log_error("cannot go back, trying again in %d s: %s", AGAIN_S,
		why_show(&why, text, sizeof(text)));
	loop_timer_after(ctl->undo_timer, MONO_S(AGAIN_S));
}

static int arm(struct ctl *ctl, uint32_t seconds)
{
	if (!ctl->undo_timer)
		ctl->undo_timer = loop_timer_new(ctl->loop, on_time, ctl);
	if (!ctl->undo_timer)
		return -ENOMEM;
	ctl->undo_at = mono_now() + MONO_S(seconds);
	loop_timer_at(ctl->undo_timer, ctl->undo_at);
	return 0;
}

static int snapshot(struct ctl *ctl)
{
	const struct state now = {.model = *ctl->state, .head = ctl->head};
	int err;

	ctl->undo = calloc(1, sizeof(*ctl->undo));
	err = ctl->undo ? state_copy(ctl->undo, &now) : -ENOMEM;
	if (err)
		forget(ctl);
	return err;
}

int window_open(struct ctl *ctl, uint32_t seconds, const char *who, struct why *why)
{
	const bool fresh = !ctl->undo;
	struct state_head head;
	int err;

	if (!ctl->store)
		return why_set(why, -EROFS, "there is no place to keep changes", "system.state",
			"the path of a file that can be written", NULL);
	err = fresh ? snapshot(ctl) : 0;
	if (err)
		return err;
	head = ctl->undo->head;
	ctl->undo->head.window_s = seconds;
	ctl->undo->head.revert_at_ms = (uint64_t)logbook_wall_ms() + seconds * UINT64_C(1000);
	err = store_undo_set(ctl->store, ctl->undo, why);
	if (!err)
		err = arm(ctl, seconds);
	if (err && fresh)
		forget(ctl);
	else if (err)
		ctl->undo->head = head;
	else
		log_info("commit confirm by %s: changes are taken back in %u s", who, seconds);
	return err;
}

static int no_window(struct why *why)
{
	return why_set(why, -ENOENT, "nothing waits to be committed", NULL,
		"\"commit confirm SECONDS\" before", NULL);
}

int window_commit(struct ctl *ctl, const char *who, struct why *why)
{
	int err = ctl->undo ? store_undo_clear(ctl->store, why) : no_window(why);

	if (err)
		return err;
	forget(ctl);
	log_info("commit by %s: changes are kept", who);
	return 0;
}

int window_rollback(struct ctl *ctl, const char *who, struct report *report,
	struct reconciled *result, struct why *why)
{
	int err;

	*result = (struct reconciled){};
	err = ctl->undo ? put_back(ctl, who, report, result, why) : no_window(why);
	if (!err)
		forget(ctl);
	return err;
}

uint32_t window_left_s(const struct ctl *ctl)
{
	mono_us_t now = mono_now();

	if (!ctl->undo)
		return 0;
	return ctl->undo_at > now ? (uint32_t)((ctl->undo_at - now) / MONO_S(1)) + 1 : 1;
}

int window_restore(struct ctl *ctl, unsigned int version, const char *who, struct report *report,
	struct reconciled *result, struct why *why)
{
	struct model *state;
	struct state old;
	int err;

	*result = (struct reconciled){};
	if (!ctl->store)
		return why_set(why, -EROFS, "there is no place where changes are kept",
			"system.state", NULL, NULL);
	err = store_read(ctl->store, version, &old, report, why);
	if (err)
		return err;
	state = calloc(1, sizeof(*state));
	if (!state) {
		state_fini(&old);
		return -ENOMEM;
	}
	*state = old.model;
	return edit_earlier(ctl, state, who, report, result, why);
}

// The window has ended while nobody was there.
static int end(struct ctl *ctl, struct state *undo, struct why *why)
{
	struct state next = *undo;
	int err;

	log_warning("not committed in %u s: back to the state of change %llu", undo->head.window_s,
		(unsigned long long)undo->head.serial);
	next.head = ctl->head;
	next.head.serial++;
	next.head.saved_ms = (uint64_t)logbook_wall_ms();
	err = store_write(ctl->store, &next, why);
	if (!err)
		err = store_take(ctl->store, why);
	if (!err)
		err = store_undo_clear(ctl->store, why);
	if (err) {
		state_fini(undo);
		return err;
	}
	model_fini(ctl->state);
	*ctl->state = next.model;
	ctl->head = next.head;
	return 0;
}

// The wall clock may have been set meanwhile: a window never grows by that.
static uint32_t left_s(const struct state_head *head)
{
	uint64_t now = (uint64_t)logbook_wall_ms(), left_ms;

	if (head->revert_at_ms <= now)
		return 0;
	left_ms = head->revert_at_ms - now;
	return left_ms / 1000 < head->window_s ? (uint32_t)(left_ms / 1000) + 1 : head->window_s;
}

int window_start(struct ctl *ctl, struct why *why)
{
	struct report report = {};
	struct state undo;
	uint32_t left;
	int err = ctl->store ? store_read(ctl->store, STORE_UNDO, &undo, &report, why) : -ENOENT;

	report_fini(&report);
	if (err == -ENOENT) {
		*why = (struct why){};
		return 0;
	}
	if (err)
		return err;
	left = left_s(&undo.head);
	if (!left)
		return end(ctl, &undo, why);
	ctl->undo = calloc(1, sizeof(*ctl->undo));
	if (!ctl->undo) {
		state_fini(&undo);
		return -ENOMEM;
	}
	*ctl->undo = undo;
	log_warning("changes are taken back in %u s unless they are committed", left);
	return arm(ctl, left);
}

void window_stop(struct ctl *ctl)
{
	forget(ctl);
}
