#include <stdlib.h>

#include "ctl/act_core.h"
#include "ctl/iketrace.h"

enum {
	TRACE_WAIT_S = 10, // for packets to come
	TRACE_LOOK_MS = 50,
};

// The trace that runs; there is one pipeline, so there is one.
struct trace {
	struct ctl *ctl;
	struct act_call *call;
	struct loop_timer *timer;
	mono_us_t until;
	unsigned int wanted, ended; // packets
	json_t *list;
};

static void entry(void *ctx, const struct dp_trace *e)
{
	struct trace *trace = ctx;

	trace->ended += e->verdict != NULL;
	json_array_append_new(
		trace->list, json_pack("{s:i, s:i, s:s, s:s?, s:i, s:s}", "packet", (int)e->packet,
				     "worker", (int)e->worker, "stage", e->stage, "verdict",
				     e->verdict, "bytes", (int)e->len, "what", e->packet_text));
}

static void trace_free(struct trace *trace)
{
	dp_trace_start(trace->ctl->dp, 0);
	trace->ctl->trace = NULL;
	loop_timer_free(trace->timer);
	json_decref(trace->list);
	free(trace);
}

static void look(void *ctx)
{
	struct trace *trace = ctx;
	struct act_call *call = trace->call;
	mono_us_t now = mono_now();
	json_t *list;

	dp_trace_read(trace->ctl->dp, entry, trace);
	if (trace->ended < trace->wanted && now < trace->until) {
		loop_timer_at(trace->timer, now + MONO_MS(TRACE_LOOK_MS));
		return;
	}
	list = json_incref(trace->list);
	trace_free(trace);
	act_done(call, 0, list, NULL);
}

static void cancel(struct act_call *call)
{
	trace_free(call->state);
}

void act_trace(struct ctl *ctl, struct act_call *call)
{
	unsigned int wanted = call->arg[0] ? (unsigned int)call->number[0] : 1;
	struct why why = {};
	struct trace *trace;

	if (ctl->trace) {
		why_set(&why, -EBUSY, "another trace is running", NULL, NULL, NULL);
		act_done(call, -EBUSY, NULL, &why);
		return;
	}
	trace = calloc(1, sizeof(*trace));
	if (trace)
		trace->timer = loop_timer_new(ctl->loop, look, trace);
	if (!trace || !trace->timer) {
		free(trace);
		act_done(call, -ENOMEM, NULL, NULL);
		return;
	}
	trace->ctl = ctl;
	trace->call = call;
	trace->until = mono_now() + MONO_S(TRACE_WAIT_S);
	trace->wanted = wanted;
	trace->list = json_array();
	ctl->trace = trace;
	call->state = trace;
	call->cancel = cancel;
	dp_trace_start(ctl->dp, wanted);
	loop_timer_after(trace->timer, MONO_MS(TRACE_LOOK_MS));
}

void act_trace_ike(struct ctl *ctl, struct act_call *call)
{
	unsigned int seconds = call->arg[2] ? (unsigned int)call->number[2] : IKETRACE_S;
	struct tunnel *t = act_tunnel_of(ctl, call);
	struct why why = {};
	int err;

	if (!t)
		return;
	err = iketrace_begin(ctl, t, call->arg[1], seconds, call->arg[3], &why);
	act_done(call, err, NULL, &why);
}

void act_trace_end(struct ctl *ctl, struct act_call *call)
{
	struct tunnel *t = act_tunnel_of(ctl, call);
	struct why why = {};
	int err;

	if (!t)
		return;
	err = iketrace_end(ctl, t);
	if (err)
		why_set(&why, err, "the tunnel is not being traced", t->name, NULL, NULL);
	act_done(call, err, NULL, &why);
}
