#include "ike/dh.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ike/act.h"
#include "ike/datagram.h"
#include "ike/sa.h"

enum { DEFERRED_MAX = 4 }; // datagrams that wait for one job

struct deferred {
	TAILQ_ENTRY(deferred) link;
	struct endpoint local, remote;
	size_t len;
	uint8_t data[];
};

// Until it is back, a helper may be at work on what stands below "asked"; the rest is the control
// core's.
struct ike_job {
	TAILQ_ENTRY(ike_job) link; // ike->jobs
	struct ike_sa *sa;	   // NULL: cancelled

	// What goes on afterwards.
	ike_dh_take *take; // NULL: nothing
	struct ike_head head;
	uint8_t first;
	uint8_t *text; // malloc'ed
	size_t text_len;
	TAILQ_HEAD(, deferred) deferred;
	unsigned int deferred_count;

	// Asked.
	const struct alg *group;
	bool has_peer;
	uint8_t *peer; // malloc'ed; the public value
	size_t peer_len;
	struct ke *ke; // NULL: to be made
	// Answered; writer: whoever runs it.
	bool ran;
	int err;
	struct secret shared;
	struct why why;
};

static void job_free(struct ike_job *job)
{
	struct deferred *d;

	while ((d = TAILQ_FIRST(&job->deferred))) {
		TAILQ_REMOVE(&job->deferred, d, link);
		free(d);
	}
	if (job->text)
		wipe(job->text, job->text_len);
	free(job->text);
	free(job->peer);
	ke_free(job->ke);
	secret_free(&job->shared);
	free(job);
}

void ike_job_run(struct ike_job *job)
{
	job->ran = true;
	job->err = job->ke ? 0 : ke_new(job->group, &job->ke);
	if (!job->err && job->has_peer)
		job->err = ke_derive(job->ke, job->peer, job->peer_len, &job->shared, &job->why);
}

// The same question as the one that job answers.
static bool is_for(const struct ike_job *job, const struct ike_sa *sa, const struct alg *group,
	const struct ke *ke, const struct rd *peer)
{
	if (job->sa != sa || job->group != group || (ke && ke != job->ke) ||
		job->has_peer != !!peer)
		return false;
	return !peer ||
	       (rd_left(peer) == job->peer_len && !memcmp(peer->p, job->peer, job->peer_len));
}

// Hand out what job has; once.
static int take_result(struct ike_job *job, struct ke **ke, struct secret *shared, struct why *why)
{
	if (job->err) {
		if (why && job->why.what[0])
			*why = job->why;
		return job->err;
	}
	if (!*ke) {
		*ke = job->ke;
		job->ke = NULL;
	}
	if (shared) {
		*shared = job->shared;
		job->shared = (struct secret){};
	}
	return 0;
}

static struct ike_job *job_new(
	struct ike_sa *sa, const struct alg *group, struct ke *ke, const struct rd *peer)
{
	struct ike_job *job = calloc(1, sizeof(*job));
	size_t len = peer ? rd_left(peer) : 0;

	if (!job)
		return NULL;
	TAILQ_INIT(&job->deferred);
	job->sa = sa;
	job->group = group;
	job->ke = ke ? ke_get(ke) : NULL;
	if (peer) {
		struct rd rd = *peer;

		job->has_peer = true;
		job->peer = malloc(len ? len : 1);
		if (!job->peer) {
			job_free(job);
			return NULL;
		}
		job->peer_len = len;
		rd_copy(&rd, job->peer, len);
	}
	return job;
}

static int ask(struct ike_sa *sa, const struct alg *group, struct ke **ke, const struct rd *peer,
	struct secret *shared, struct why *why)
{
	struct ike *ike = sa->ike;
	struct ike_job *job = ike->job_done;
	int err;

	if (job && job->sa == sa && !sa->job) {
		ike->job_done = NULL;
		if (is_for(job, sa, group, *ke, peer))
			return take_result(job, ke, shared, why);
	}
	if (sa->job)
		return -EINPROGRESS;
	job = job_new(sa, group, *ke, peer);
	if (!job)
		return -ENOMEM;
	if (ike->params.jobs && !ike_act_job(sa, job)) {
		sa->job = job;
		TAILQ_INSERT_TAIL(&ike->jobs, job, link);
		return -EINPROGRESS;
	}
	ike_job_run(job);
	err = take_result(job, ke, shared, why);
	job_free(job);
	return err;
}

int ike_dh_pair(struct ike_sa *sa, const struct alg *group, struct ke **ke)
{
	return *ke ? 0 : ask(sa, group, ke, NULL, NULL, NULL);
}

int ike_dh_shared(struct ike_sa *sa, const struct alg *group, struct ke **ke, struct rd peer,
	struct secret *shared, struct why *why)
{
	*shared = (struct secret){};
	return ask(sa, group, ke, &peer, shared, why);
}

void ike_dh_park(struct ike_sa *sa, const struct ike_head *head, struct rd text, uint8_t first,
	ike_dh_take *take)
{
	struct ike_job *job = sa->job;

	// One job, one message.
	if (!job || job->take)
		return;
	job->text_len = rd_left(&text);
	job->text = malloc(job->text_len ? job->text_len : 1);
	if (!job->text) {
		ike_dh_cancel(sa);
		sa->ike->lost = true;
		return;
	}
	rd_copy(&text, job->text, job->text_len);
	job->take = take;
	job->first = first;
	job->head = head ? *head : (struct ike_head){};
}

bool ike_dh_waits(const struct ike_sa *sa)
{
	return sa->job;
}

void ike_dh_defer(struct ike_sa *sa, const struct ike_in *in)
{
	struct ike_job *job = sa->job;
	struct deferred *d;

	if (job->deferred_count >= DEFERRED_MAX)
		return;
	d = malloc(sizeof(*d) + in->len);
	if (!d)
		return;
	d->local = in->local;
	d->remote = in->remote;
	d->len = in->len;
	memcpy(d->data, in->data, in->len);
	TAILQ_INSERT_TAIL(&job->deferred, d, link);
	job->deferred_count++;
}

void ike_dh_cancel(struct ike_sa *sa)
{
	if (sa->job)
		sa->job->sa = NULL;
	sa->job = NULL;
}

// Anything may have happened to its SA by now: they begin from the start.
static void take_deferred(struct ike *ike, const struct ike_job *job)
{
	const struct deferred *d;

	TAILQ_FOREACH (d, &job->deferred, link) {
		const struct ike_in in = {
			.local = d->local, .remote = d->remote, .data = d->data, .len = d->len};

		ike_datagram_take(ike, &in);
	}
}

void ike_dh_done(struct ike *ike, struct ike_job *job)
{
	struct ike_sa *sa = job->sa;

	TAILQ_REMOVE(&ike->jobs, job, link);
	if (sa && !job->ran)
		ike_job_run(job);
	if (sa) {
		sa->job = NULL;
		ike->job_done = job;
		if (job->take)
			job->take(sa, &job->head, rd_of(job->text, job->text_len), job->first);
		ike->job_done = NULL;
		take_deferred(ike, job);
		// Its repetitions were held back.
		ike_sa_arm(sa);
	}
	job_free(job);
}

void ike_dh_fini(struct ike *ike)
{
	struct ike_job *job;

	while ((job = TAILQ_FIRST(&ike->jobs))) {
		TAILQ_REMOVE(&ike->jobs, job, link);
		job_free(job);
	}
}
