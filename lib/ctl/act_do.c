#include <stdlib.h>
#include <string.h>

#include "ctl/act_core.h"
#include "ctl/failover.h"
#include "ctl/ikerun.h"
#include "ctl/logbook.h"
#include "ctl/reload.h"

enum { UP_WAIT_S = 30 };

// Somebody who waits for a tunnel to stand, or for its keys to be new.
struct up {
	struct waiter waiter; // first: the logbook hands it back
	enum ike_event awaited;
	struct act_call *call;
	struct tunnel *tunnel;
	struct loop_timer *timer;
};

static int input(struct ctl *ctl, const struct tunnel *t, enum ike_in_type type)
{
	struct ike_in in = {.type = type, .tunnel = t->id};

	return ikerun_input(ctl, &in);
}

// The traffic leaves before the SAs do.
static int close_tunnel(struct ctl *ctl, struct tunnel *t)
{
	failover_say(t, FAILOVER_OPERATOR, true);
	return input(ctl, t, IKE_IN_TERMINATE);
}

static void up_free(struct up *up)
{
	logbook_unwait(up->tunnel, &up->waiter);
	loop_timer_free(up->timer);
	free(up);
}

static void up_finish(struct up *up, int err, const struct why *why)
{
	struct act_call *call = up->call;
	struct why copy = why ? *why : (struct why){};

	up_free(up);
	act_done(call, err, NULL, err ? &copy : NULL);
}

static void up_event(struct waiter *w, enum ike_event event, const struct why *why)
{
	struct up *up = (struct up *)w;

	if (event == up->awaited)
		up_finish(up, 0, NULL);
	else if (event == IKE_EVENT_REFUSED || event == IKE_EVENT_PEER_DEAD)
		up_finish(up, event == IKE_EVENT_REFUSED ? -ECONNREFUSED : -ETIMEDOUT, why);
}

static void up_gone(struct waiter *w)
{
	struct why why = {};

	why_set(&why, -ENOENT, "the tunnel was removed", NULL, NULL, NULL);
	up_finish((struct up *)w, -ENOENT, &why);
}

static void up_timeout(void *ctx)
{
	struct up *up = ctx;
	struct why why = {};

	why_set(&why, -ETIMEDOUT, "not done yet, still trying", up->tunnel->name,
		ike_event_name(up->awaited), NULL);
	up_finish(up, -ETIMEDOUT, &why);
}

static void up_cancel(struct act_call *call)
{
	up_free(call->state);
}

// Tell the negotiator what to do, and answer when the event comes or another says that it failed.
static void up_begin(struct ctl *ctl, struct act_call *call, struct tunnel *t,
	enum ike_in_type what, enum ike_event awaited)
{
	struct up *up = calloc(1, sizeof(*up));

	if (up)
		up->timer = loop_timer_new(ctl->loop, up_timeout, up);
	if (!up || !up->timer) {
		free(up);
		act_done(call, -ENOMEM, NULL, NULL);
		return;
	}
	up->waiter = (struct waiter){.event = up_event, .gone = up_gone};
	up->awaited = awaited;
	up->call = call;
	up->tunnel = t;
	call->state = up;
	call->cancel = up_cancel;
	loop_timer_after(up->timer, MONO_S(UP_WAIT_S));
	logbook_wait(t, &up->waiter);
	// What fails at once is an event, too, and finishes the call.
	(void)input(ctl, t, what);
}

void act_tunnel_up(struct ctl *ctl, struct act_call *call)
{
	struct tunnel *t = act_tunnel_of(ctl, call);
	struct ike_tunnel_view view;

	if (!t)
		return;
	failover_say(t, FAILOVER_OPERATOR, false);
	// A closed one may be up because the peer began.
	if (ike_tunnel_view(ikerun_ike(ctl), t->id, &view) && view.state == IKE_TUNNEL_UP)
		act_done(call, view.closed ? input(ctl, t, IKE_IN_INITIATE) : 0, NULL, NULL);
	else
		up_begin(ctl, call, t, IKE_IN_INITIATE, IKE_EVENT_CHILD_UP);
}

static void rekey(
	struct ctl *ctl, struct act_call *call, enum ike_in_type what, enum ike_event awaited)
{
	struct tunnel *t = act_tunnel_of(ctl, call);
	struct ike_tunnel_view view;
	struct why why = {};

	if (!t)
		return;
	if (ike_tunnel_view(ikerun_ike(ctl), t->id, &view) && view.state == IKE_TUNNEL_UP) {
		up_begin(ctl, call, t, what, awaited);
	} else {
		why_set(&why, -ENOTCONN, "the tunnel is not up", t->name, NULL, NULL);
		act_done(call, -ENOTCONN, NULL, &why);
	}
}

void act_tunnel_rekey(struct ctl *ctl, struct act_call *call)
{
	rekey(ctl, call, IKE_IN_REKEY_CHILD, IKE_EVENT_CHILD_REKEYED);
}

void act_tunnel_rekey_ike(struct ctl *ctl, struct act_call *call)
{
	rekey(ctl, call, IKE_IN_REKEY_IKE, IKE_EVENT_IKE_REKEYED);
}

void act_tunnel_down(struct ctl *ctl, struct act_call *call)
{
	struct tunnel *t = act_tunnel_of(ctl, call);

	if (t)
		act_done(call, close_tunnel(ctl, t), NULL, NULL);
}

void act_tunnel_reset(struct ctl *ctl, struct act_call *call)
{
	struct tunnel *t = act_tunnel_of(ctl, call);

	if (!t)
		return;
	(void)close_tunnel(ctl, t);
	failover_say(t, FAILOVER_OPERATOR, false);
	up_begin(ctl, call, t, IKE_IN_INITIATE, IKE_EVENT_CHILD_UP);
}

json_t *act_sentences(const struct report *report, const char *file, bool warnings)
{
	json_t *list = json_array();
	char text[600];

	for (size_t i = 0; i < report->n; i++) {
		const struct complaint *c = &report->v[i];

		if (c->warning == warnings)
			json_array_append_new(
				list, json_string(complaint_show(c, file, text, sizeof(text))));
	}
	return list;
}

void act_reload(struct ctl *ctl, struct act_call *call)
{
	struct report report = {};
	struct reconciled r;
	struct why why = {};
	int err = reload(ctl, &report, &r, &why);

	if (err)
		act_done(call, err, act_sentences(&report, ctl->setup.path, false), &why);
	else
		act_done(call, 0,
			json_pack("{s:i, s:i, s:i, s:i, s:I, s:I, s:o}", "tunnels_new", (int)r.made,
				"tunnels_changed", (int)r.changed, "tunnels_removed",
				(int)r.removed, "tunnels_untouched", (int)r.kept, "read_us",
				(json_int_t)r.read, "applied_us", (json_int_t)r.applied, "warnings",
				act_sentences(&report, ctl->setup.path, true)),
			NULL);
	report_fini(&report);
}

void act_clear_counters(struct ctl *ctl, struct act_call *call)
{
	dp_counters_clear(ctl->dp);
	for (unsigned int port = 0; port < DP_PORTS; port++) {
		struct mirror *m = &ctl->mirror[port];

		m->to_kernel = m->from_kernel = m->lost = 0;
	}
	act_done(call, 0, NULL, NULL);
}
