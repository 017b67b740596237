#include "ike/act.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "net/ip.h"

void ike_act_fini(struct ike_act *act)
{
	if (act->type == IKE_ACT_SEND)
		free(act->send.data);
	if (act->type == IKE_ACT_CHILD_ADD) {
		secret_free(&act->child.encr_in);
		secret_free(&act->child.integ_in);
		secret_free(&act->child.encr_out);
		secret_free(&act->child.integ_out);
		free(act->child.local_ts);
		free(act->child.remote_ts);
	}
	*act = (struct ike_act){};
}

void ike_out_clear(struct ike_out *out)
{
	for (size_t i = 0; i < out->count; i++)
		ike_act_fini(&out->act[i]);
	out->count = 0;
}

void ike_out_free(struct ike_out *out)
{
	ike_out_clear(out);
	free(out->act);
	*out = (struct ike_out){};
}

static struct ike_act *add(struct ike *ike, enum ike_act_type type)
{
	struct ike_out *out = ike->out;
	struct ike_act *act;

	if (out->count == out->room) {
		size_t room = out->room ? 2 * out->room : 16;

		act = realloc(out->act, room * sizeof(*act));
		if (!act) {
			ike->lost = true;
			ike_act_fini(&ike->spare);
			ike->spare.type = type;
			return &ike->spare;
		}
		out->act = act;
		out->room = room;
	}
	act = &out->act[out->count++];
	*act = (struct ike_act){.type = type};
	return act;
}

void ike_act_send(struct ike *ike, const struct endpoint *local, const struct endpoint *remote,
	const uint8_t *data, size_t len)
{
	size_t marker = local->port == NATT_PORT ? IKE_MARKER : 0;
	struct ike_act_send *send = &add(ike, IKE_ACT_SEND)->send;
	struct wr wr;

	send->local = *local;
	send->remote = *remote;
	send->data = malloc(marker + len);
	if (!send->data) {
		ike->lost = true;
		return;
	}
	wr = wr_of(send->data, marker + len);
	wr_zero(&wr, marker);
	wr_copy(&wr, data, len);
	send->len = wr_len(&wr);
}

void ike_act_keepalive(struct ike_sa *sa)
{
	struct ike_act_send *send = &add(sa->ike, IKE_ACT_SEND)->send;

	send->local = sa->local;
	send->remote = sa->remote;
	send->data = malloc(1);
	if (!send->data) {
		sa->ike->lost = true;
		return;
	}
	send->data[0] = 0xff; // RFC 3948 s2.3
	send->len = 1;
}

struct ike_act_child *ike_act_child(enum ike_act_type type, const struct ike_child *child)
{
	const struct ike_sa *sa = child->sa;
	struct ike_act_child *act = &add(sa->ike, type)->child;

	act->tunnel = sa->tunnel ? sa->tunnel->conf.tunnel : 0;
	act->child = child->conf->id;
	act->spi_in = child->spi_in;
	act->spi_out = child->spi_out;
	act->local = sa->local;
	act->remote = sa->remote;
	act->udp = sa->natt.local || sa->natt.remote;
	act->initiator = child->initiator;
	return act;
}

int ike_act_job(struct ike_sa *sa, struct ike_job *job)
{
	struct ike_act *act = add(sa->ike, IKE_ACT_JOB);

	act->job = (struct ike_act_job){
		.job = job, .stranger = !sa->initiator && sa->state < IKE_SA_UP};
	return act == &sa->ike->spare ? -ENOMEM : 0;
}

static void remember(struct ike_tunnel *tunnel, const struct why *why)
{
	if (!tunnel->why)
		tunnel->why = malloc(sizeof(*tunnel->why));
	if (tunnel->why)
		*tunnel->why = *why;
}

struct ike_act_step *ike_act_step(struct ike *ike)
{
	return &add(ike, IKE_ACT_STEP)->step;
}

void ike_act_event(enum ike_event event, const struct ike_sa *sa, const struct ike_child *child,
	const struct why *why)
{
	struct ike_act_event *act = &add(sa->ike, IKE_ACT_EVENT)->event;

	*act = (struct ike_act_event){.event = event,
		.tunnel = sa->tunnel ? sa->tunnel->conf.tunnel : 0,
		.spi_i = sa->spi_i,
		.spi_r = sa->spi_r,
		.local = sa->local,
		.remote = sa->remote,
		.suite = child ? child->suite : sa->suite};
	if (child) {
		act->child = child->conf->id;
		act->spi_in = child->spi_in;
		act->spi_out = child->spi_out;
	}
	if (!why)
		return;
	act->why = *why;
	if (sa->tunnel) {
		remember(sa->tunnel, why);
		sa->tunnel->why_at = sa->ike->now;
	}
}

// What a report is about.
struct about {
	struct ike *ike;
	struct ike_tunnel *tunnel;
	const struct ike_sa *sa;
	const struct endpoint *local, *remote;
	bool child_level;
	bool proven; // only who knows the keys can have caused it
};

static void report(enum ike_event event, const struct about *about, const struct why *why)
{
	struct ike_tunnel *tunnel = about->tunnel;
	mono_us_t *last = tunnel ? &tunnel->why_at : &about->ike->stranger_at;
	struct why coded = *why;
	struct ike_act_event *act;

	// Otherwise anyone may be the cause, as often as he likes.
	if (!about->proven && *last && about->ike->now - *last < MONO_S(1))
		return;
	*last = about->ike->now;
	if (!coded.code)
		coded.code = IKE_REASON_NEGOTIATION_FAILED;
	if (tunnel)
		remember(tunnel, &coded);
	act = &add(about->ike, IKE_ACT_EVENT)->event;
	*act = (struct ike_act_event){.event = event,
		.tunnel = tunnel ? tunnel->conf.tunnel : 0,
		.spi_i = about->sa ? about->sa->spi_i : 0,
		.spi_r = about->sa ? about->sa->spi_r : 0,
		.local = *about->local,
		.remote = *about->remote,
		.child_level = about->child_level,
		.why = coded};
}

void ike_act_refused(struct ike *ike, struct ike_tunnel *tunnel, const struct ike_sa *sa,
	const struct endpoint *local, const struct endpoint *remote, bool child,
	const struct why *why)
{
	const struct about about = {ike, tunnel, sa, local, remote, child, sa != NULL};

	report(IKE_EVENT_REFUSED, &about, why);
}

void ike_act_noted(
	const struct ike_sa *sa, struct ike_tunnel *tunnel, bool proven, const struct why *why)
{
	const struct about about = {sa->ike, tunnel, sa, &sa->local, &sa->remote, false, proven};

	report(IKE_EVENT_NOTED, &about, why);
}

void ike_act_closed(const struct ike_sa *sa, struct ike_tunnel *tunnel, bool child)
{
	const struct about about = {sa->ike, tunnel, sa, &sa->local, &sa->remote, child, true};
	struct why why = {.code = IKE_REASON_RECEIVE_DELETE_NOTIFY};

	why_set(&why, 0, child ? "the peer closed the child" : "the peer closed the IKE SA",
		"INFORMATIONAL request", NULL, "DELETE");
	report(IKE_EVENT_NOTED, &about, &why);
}

const char *ike_event_name(enum ike_event event)
{
	static const char *const names[] = {
		[IKE_EVENT_IKE_UP] = "ike up",
		[IKE_EVENT_IKE_REKEYED] = "ike rekeyed",
		[IKE_EVENT_IKE_DOWN] = "ike down",
		[IKE_EVENT_CHILD_UP] = "child up",
		[IKE_EVENT_CHILD_REKEYED] = "child rekeyed",
		[IKE_EVENT_CHILD_DOWN] = "child down",
		[IKE_EVENT_REFUSED] = "refused",
		[IKE_EVENT_PEER_DEAD] = "peer dead",
		[IKE_EVENT_MOVED] = "peer moved",
		[IKE_EVENT_NOTED] = "noted",
	};
	static_assert(sizeof(names) / sizeof(names[0]) == IKE_EVENTS);

	return names[event];
}
