#include "ctl/ikerun.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/log.h"
#include "ctl/child.h"
#include "ctl/iketrace.h"
#include "ctl/helper.h"
#include "ctl/logbook.h"

enum {
	IKE_MSG_MAX = 65536,
	MARKER = 4,	     // RFC 3948 s2.2
	IKE_HEAD = 28,	     // RFC 7296 s3.1
	IKE_AT_VERSION = 17, // of the header
	IKE_AT_EXCHANGE = 18,
	IKE_AT_FLAGS = 19,
	IKE_SA_INIT = 34,
	FLAG_INITIATOR = 0x08, // sent by the one who began the IKE SA
};

// Our SPI of an IKE SA, as the dataplane knows it.
struct known_spi {
	uint64_t spi;
	bool seen; // by the sync that runs
	UT_hash_handle hh;
};

struct ikerun {
	struct ike *ike;
	struct helpers *helpers; // NULL: jobs are computed within the step
	struct ike_out out;
	struct loop_timer *timer;
	unsigned int held; // depth: actions wait
	bool stepped;	   // out.deadline is newer than the timer
	struct known_spi *known;
	mono_us_t unsent_at; // when a message that could not be sent was last logged
	uint8_t datagram[IKE_MSG_MAX];
};

static void spi_add(struct ctl *ctl, uint64_t spi)
{
	struct ikerun *r = ctl->ikerun;
	struct known_spi *k;

	if (!spi)
		return;
	HASH_FIND(hh, r->known, &spi, sizeof(spi), k);
	if (k) {
		k->seen = true;
		return;
	}
	// Without it the messages are served later, as those of strangers: no reason to fail.
	k = calloc(1, sizeof(*k));
	if (!k || dp_ike_spi_set(ctl->dp, spi, true)) {
		free(k);
		return;
	}
	k->spi = spi;
	k->seen = true;
	HASH_ADD(hh, r->known, spi, sizeof(k->spi), k);
}

static void spi_drop(struct ctl *ctl, struct known_spi *k)
{
	if (dp_ike_spi_set(ctl->dp, k->spi, false))
		return; // the next sync tries again
	HASH_DEL(ctl->ikerun->known, k);
	free(k);
}

static void sync_sa(void *ctx, const struct ike_sa_view *view)
{
	// A responder's half-open SA may be anybody's; it stays among the strangers.
	if (view->initiator || view->established)
		spi_add(ctx, view->initiator ? view->spi_i : view->spi_r);
}

void ikerun_sync(struct ctl *ctl)
{
	struct known_spi *k, *next;

	HASH_ITER (hh, ctl->ikerun->known, k, next)
		k->seen = false;
	ike_each_sa(ctl->ikerun->ike, sync_sa, ctl);
	HASH_ITER (hh, ctl->ikerun->known, k, next) {
		if (!k->seen)
			spi_drop(ctl, k);
	}
}

// Learn our SPI from what we send, so that the answer to our first message is served as known.
static void learn_spi(struct ctl *ctl, const uint8_t *msg, size_t len)
{
	struct rd rd = rd_of(msg, len);
	uint64_t spi_i = rd_u64(&rd), spi_r = rd_u64(&rd);

	if (len < IKE_HEAD)
		return;
	// IKEv1 has no flag of the initiator: only its first message has one cookie. What else is
	// ours the sync finds.
	if (msg[IKE_AT_VERSION] >> 4 == 1)
		spi_add(ctl, spi_r ? 0 : spi_i);
	else if (msg[IKE_AT_FLAGS] & FLAG_INITIATOR)
		spi_add(ctl, spi_i);
	else if (msg[IKE_AT_EXCHANGE] != IKE_SA_INIT)
		spi_add(ctl, spi_r);
}

// Strangers can make this happen as often as they like: one line a second.
static void unsent(struct ctl *ctl, const struct endpoint *remote, int err)
{
	char text[ENDPOINT_TEXT];
	mono_us_t now = mono_now();

	if (now < ctl->ikerun->unsent_at + MONO_S(1))
		return;
	ctl->ikerun->unsent_at = now;
	log_warning("cannot send IKE to %s: %s", endpoint_show(remote, text), strerror(-err));
}

static void carry_send(struct ctl *ctl, const struct ike_act *act)
{
	const struct ike_act_send *send = &act->send;
	const struct gateway *g = ctl_gateway(ctl, &send->local.addr);
	bool keepalive = send->len == 1;
	bool marker = send->local.port == NATT_PORT && !keepalive;
	size_t skip = marker ? MARKER : 0;
	int err;

	// A forged address that is nobody's neighbour must not make us look for it.
	if (!g || send->len <= skip ||
		!(g->next_hop.family || ctl_on_link(ctl, g->port, &send->remote.addr)))
		return;
	if (!keepalive)
		learn_spi(ctl, send->data + skip, send->len - skip);
	iketrace_packet(ctl, &send->local, &send->remote, false, marker, send->data + skip,
		send->len - skip);
	err = dp_send_ike(ctl->dp, g->port, g->next_hop.family ? &g->next_hop : &send->remote.addr,
		&send->local, &send->remote, marker, send->data + skip, send->len - skip);
	if (err)
		unsent(ctl, &send->remote, err);
}

static void carry_add(struct ctl *ctl, const struct ike_act *act)
{
	iketrace_child(ctl, &act->child);
	child_add(ctl, &act->child);
}

static void carry_use(struct ctl *ctl, const struct ike_act *act)
{
	child_use(ctl, &act->child);
}

static void carry_move(struct ctl *ctl, const struct ike_act *act)
{
	child_move(ctl, &act->child);
}

static void carry_del(struct ctl *ctl, const struct ike_act *act)
{
	child_del(ctl, &act->child);
}

static void carry_event(struct ctl *ctl, const struct ike_act *act)
{
	// Its SPI is to be known to the workers soon; many may come up at once.
	if (act->event.event == IKE_EVENT_IKE_UP || act->event.event == IKE_EVENT_IKE_REKEYED)
		ctl->sync_at = 0;
	logbook_ike(ctl, &act->event);
}

static void carry_step(struct ctl *ctl, const struct ike_act *act)
{
	struct tunnel *t = ctl_tunnel(ctl, act->step.tunnel);

	if (t)
		logbook_add(ctl, t, act->step.text);
}

static void job_run(void *job)
{
	ike_job_run(job);
}

static void job_done(void *ctx, void *job)
{
	struct ike_in in = {.type = IKE_IN_JOB, .job = job};

	ikerun_input(ctx, &in);
}

static void carry_job(struct ctl *ctl, const struct ike_act *act)
{
	// Back it goes, to be computed in place.
	if (helpers_give(ctl->ikerun->helpers, act->job.job, !act->job.stranger))
		job_done(ctl, act->job.job);
}

static void carry_out(struct ctl *ctl)
{
	static void (*const row[])(struct ctl *, const struct ike_act *) = {
		[IKE_ACT_SEND] = carry_send,
		[IKE_ACT_CHILD_ADD] = carry_add,
		[IKE_ACT_CHILD_USE] = carry_use,
		[IKE_ACT_CHILD_MOVE] = carry_move,
		[IKE_ACT_CHILD_DEL] = carry_del,
		[IKE_ACT_EVENT] = carry_event,
		[IKE_ACT_STEP] = carry_step,
		[IKE_ACT_JOB] = carry_job,
	};
	struct ikerun *r = ctl->ikerun;

	iketrace_stepped(ctl);
	r->held++;
	// An action may lead to another step, which appends: indices, and a copy, as the array may
	// move.
	for (size_t i = 0; i < r->out.count; i++) {
		struct ike_act act = r->out.act[i];

		row[act.type](ctl, &act);
	}
	r->held--;
	if (r->stepped)
		loop_timer_at(r->timer, r->out.deadline);
	r->stepped = false;
	ike_out_clear(&r->out);
	ctl_commit(ctl);
}

static int step(struct ctl *ctl, const struct ike_in *in)
{
	struct ikerun *r = ctl->ikerun;
	int err = ike_step(r->ike, in, &r->out);

	r->stepped = true;
	if (err == -ENOMEM)
		log_error("out of memory in a negotiation");
	if (!r->held)
		carry_out(ctl);
	return err;
}

int ikerun_input(struct ctl *ctl, struct ike_in *in)
{
	in->now = mono_now();
	return step(ctl, in);
}

void ikerun_hold(struct ctl *ctl)
{
	ctl->ikerun->held++;
}

void ikerun_release(struct ctl *ctl)
{
	if (--ctl->ikerun->held == 0)
		carry_out(ctl);
}

static void on_deadline(void *ctx)
{
	struct ike_in in = {.type = IKE_IN_TICK};

	ikerun_input(ctx, &in);
}

void ikerun_datagram(struct ctl *ctl, unsigned int port, const struct endpoint *local,
	const struct endpoint *remote, bool marker, const uint8_t *msg, size_t len)
{
	struct ikerun *r = ctl->ikerun;
	const struct gateway *g = ctl_gateway(ctl, &local->addr);
	struct ike_in in = {
		.type = IKE_IN_DATAGRAM,
		.local = *local,
		.remote = *remote,
		.data = msg,
		.len = len,
	};

	if (!g || g->port != port || len + MARKER > sizeof(r->datagram))
		return;
	iketrace_packet(ctl, local, remote, true, marker, msg, len);
	if (marker) {
		memset(r->datagram, 0, MARKER);
		memcpy(r->datagram + MARKER, msg, len);
		in.data = r->datagram;
		in.len = len + MARKER;
	}
	ikerun_input(ctl, &in);
}

int ikerun_conf_set(struct ctl *ctl, const struct ike_conf *conf, struct why *why)
{
	struct ikerun *r = ctl->ikerun;
	int err = ike_conf_set(r->ike, conf, mono_now(), &r->out, why);

	r->stepped = true;
	if (!r->held)
		carry_out(ctl);
	return err;
}

int ikerun_conf_del(struct ctl *ctl, uint32_t tunnel)
{
	struct ikerun *r = ctl->ikerun;
	int err = ike_conf_del(r->ike, tunnel, mono_now(), &r->out);

	r->stepped = true;
	if (!r->held)
		carry_out(ctl);
	return err;
}

bool ikerun_closed(const struct ctl *ctl, const struct tunnel *t)
{
	struct ike_tunnel_view view;

	return ike_tunnel_view(ctl->ikerun->ike, t->id, &view) && view.closed;
}

static bool spi_taken(void *ctx, uint32_t spi)
{
	const struct ctl *ctl = ctx;

	return !dp_spi_free(ctl->dp, spi);
}

int ikerun_start(struct ctl *ctl, unsigned int helpers)
{
	const struct helper_work work = {.run = job_run, .done = job_done, .ctx = ctl};
	const struct model_limits *limits = &ctl->booted->system.limits;
	struct ike_params params = {
		.rng = ctl->setup.rng_public,
		.cookie_above = limits->cookie_above,
		.half_open_max = limits->half_open,
		.half_open_source = limits->half_open_source,
		.start_rate = limits->start_rate,
		.jobs = helpers,
		.steps = true,
		.spi_taken = spi_taken,
		.ctx = ctl,
	};

	ctl->ikerun = calloc(1, sizeof(*ctl->ikerun));
	if (!ctl->ikerun)
		return -ENOMEM;
	ctl->ikerun->timer = loop_timer_new(ctl->loop, on_deadline, ctl);
	if (!ctl->ikerun->timer)
		return -ENOMEM;
	if (helpers && helpers_new(ctl->loop, helpers, &work, &ctl->ikerun->helpers))
		return -ENOMEM;
	return ike_new(&params, &ctl->ikerun->ike);
}

void ikerun_stop(struct ctl *ctl)
{
	struct ikerun *r = ctl->ikerun;
	struct known_spi *k, *next;

	if (!r)
		return;
	helpers_free(r->helpers);
	loop_timer_free(r->timer);
	ike_out_free(&r->out);
	ike_free(r->ike);
	HASH_ITER (hh, r->known, k, next) {
		HASH_DEL(r->known, k);
		free(k);
	}
	free(r);
	ctl->ikerun = NULL;
}

const struct ike *ikerun_ike(const struct ctl *ctl)
{
	return ctl->ikerun->ike;
}
