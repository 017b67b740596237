// Versions of the state: changes on trial, and back to what was before.
#include <time.h>

#include "ctl/act_core.h"
#include "ctl/reconcile.h"
#include "ctl/store.h"
#include "ctl/window.h"

static void set_time(json_t *o, const char *key, time_t at)
{
	char text[32];
	struct tm tm;

	if (!gmtime_r(&at, &tm))
		return;
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	json_object_set_new(o, key, json_string(text));
}

static json_t *status(const struct ctl *ctl)
{
	static const char *const keys[] = {"version_1", "version_2"};
	json_t *o = json_pack("{s:I, s:b}", "change", (json_int_t)ctl->head.serial, "on_trial",
		ctl->undo != NULL);
	time_t at;

	if (!o || !ctl->store)
		return o;
	json_object_set_new(o, "file", json_string(store_path(ctl->store)));
	if (ctl->head.saved_ms)
		set_time(o, "saved", (time_t)(ctl->head.saved_ms / 1000));
	for (unsigned int i = 0; i < STORE_VERSIONS; i++) {
		if (!store_saved(ctl->store, i + 1, &at))
			set_time(o, keys[i], at);
	}
	if (ctl->undo) {
		json_object_set_new(
			o, "back_to_change", json_integer((json_int_t)ctl->undo->head.serial));
		json_object_set_new(o, "back_in_s", json_integer(window_left_s(ctl)));
	}
	return o;
}

void act_show_commit(struct ctl *ctl, struct act_call *call)
{
	act_answer(call, status(ctl));
}

static void answer(struct ctl *ctl, struct act_call *call, int err, const struct why *why)
{
	if (err)
		act_done(call, err, NULL, why);
	else
		act_answer(call, status(ctl));
}

void act_commit(struct ctl *ctl, struct act_call *call)
{
	struct why why = {};

	answer(ctl, call, window_commit(ctl, call->who, &why), &why);
}

void act_commit_confirm(struct ctl *ctl, struct act_call *call)
{
	struct why why = {};

	answer(ctl, call, window_open(ctl, (uint32_t)call->number[0], call->who, &why), &why);
}

void act_rollback(struct ctl *ctl, struct act_call *call)
{
	struct report report = {};
	struct reconciled result;
	struct why why = {};
	int err;

	if (call->arg[0])
		err = window_restore(
			ctl, (unsigned int)call->number[0], call->who, &report, &result, &why);
	else
		err = window_rollback(ctl, call->who, &report, &result, &why);
	if (err && report.n)
		act_done(call, err, act_sentences(&report, store_path(ctl->store), false), &why);
	else
		answer(ctl, call, err, &why);
	report_fini(&report);
}
