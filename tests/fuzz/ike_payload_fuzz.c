// Decrypted payloads of a peer that has the keys, at an IKE SA in each state, while the operator
// gives commands and helpers compute. The proof of the pre-shared key is taken for right
// (bytes_eq_ct is wrapped), so that what lies behind it is reached.
//
// Whatever was said, at the end the tunnel is taken down and time passes: then no IKE SA, no child,
// no SPI, no half-open exchange and no timer is left, and the dataplane has nothing installed.
//
// Input: state (1; LATER: slow arithmetic is done by helpers), then messages: what (1), first
// payload (1), length (2), payloads; or a whole sealed datagram, whose tag is taken for right, too;
// or a command.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/must.h"
#include "sim/made.h"
#include "ike/dh.h"
#include "ike/sa.h"
#include "ike/step.h"
#include "ike/v2/exchange.h"

enum {
	LATER = 128, // of the state
	RENEWS = 64, // of the state: a lifetime, and the peer is to prove itself again

	WHAT_EXCHANGE = 3,
	WHAT_ANSWER = 4,
	WHAT_WAIT = 8,
	WHAT_SEALED = 16,
	WHAT_ELSEWHERE = 32, // of a datagram
	WHAT_NEWEST = 32,    // of payloads: for the newest IKE SA
	WHAT_JOB = 64,	     // the oldest job comes back first
	WHAT_COMMAND = 128,  // the first payload says which one
	WHAT_LONG = 4,	     // of a command: it comes 11 s later

	MESSAGES = 8,
	JOBS = 64,
	CHILDREN = 64,
	TICKS = 1000,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
bool __wrap_bytes_eq_ct(const void *a, const void *b, size_t len);

bool __wrap_bytes_eq_ct(const void *, const void *, size_t)
{
	return true;
}

// What the negotiator has asked for and not taken back.
struct asked {
	struct ike_job *job[JOBS];
	unsigned int jobs;
	uint32_t child[CHILDREN]; // spi_in of what is installed
	unsigned int children;
};

static unsigned int child_at(const struct asked *asked, uint32_t spi_in)
{
	unsigned int i = 0;

	while (i < asked->children && asked->child[i] != spi_in)
		i++;
	return i;
}

static void child_act(struct asked *asked, enum ike_act_type type, uint32_t spi_in)
{
	unsigned int i = child_at(asked, spi_in);

	if (type == IKE_ACT_CHILD_ADD) {
		must(i == asked->children && i < CHILDREN);
		asked->child[asked->children++] = spi_in;
		return;
	}
	must(i < asked->children);
	if (type == IKE_ACT_CHILD_DEL)
		asked->child[i] = asked->child[--asked->children];
}

// Carry out what a step has answered.
static void carry_out(struct made *end, struct asked *asked)
{
	for (size_t i = 0; i < end->out.count; i++) {
		const struct ike_act *act = &end->out.act[i];

		switch (act->type) {
		case IKE_ACT_CHILD_ADD:
		case IKE_ACT_CHILD_USE:
		case IKE_ACT_CHILD_MOVE:
		case IKE_ACT_CHILD_DEL:
			child_act(asked, act->type, act->child.spi_in);
			break;
		case IKE_ACT_JOB:
			must(asked->jobs < JOBS);
			asked->job[asked->jobs++] = act->job.job;
			break;
		case IKE_ACT_SEND:
		case IKE_ACT_EVENT:
		case IKE_ACT_STEP:
			break;
		}
	}
	ike_out_clear(&end->out);
}

static void finish(struct made *end, struct asked *asked)
{
	must(!ike_step_end(end->ike));
	must(HASH_COUNT(end->ike->sas) == end->ike->sa_count);
	carry_out(end, asked);
}

// returns what ike_step does
static int step(struct made *end, struct asked *asked, struct ike_in in)
{
	int err;

	in.now = end->now;
	err = ike_step(end->ike, &in, &end->out);
	carry_out(end, asked);
	return err;
}

static void job_done(struct made *end, struct asked *asked)
{
	struct ike_job *job = asked->job[0];

	if (!asked->jobs)
		return;
	memmove(asked->job, asked->job + 1, --asked->jobs * sizeof(job));
	ike_job_run(job);
	must(!step(end, asked, (struct ike_in){.type = IKE_IN_JOB, .job = job}));
}

// What would be let through to the payloads: the next request, or the answer that is due.
static void take(struct made *end, struct asked *asked, struct ike_sa *sa, uint8_t what,
	uint8_t first, struct rd text)
{
	struct ike_head head = {.spi_i = sa->spi_i,
		.spi_r = sa->spi_r,
		.version = IKE_VERSION,
		.exchange = (uint8_t)(IKE_SA_INIT + (what & WHAT_EXCHANGE)),
		.id = sa->id_in};

	if (what & WHAT_ANSWER && sa->req) {
		head.flags = IKE_FLAG_RESPONSE;
		head.exchange = sa->req->row->type;
		head.id = sa->req->id;
	}
	// While it computes, messages wait before they are opened.
	if (ike_dh_waits(sa))
		return;
	made_begin(end);
	v2_take_plain(sa, &head, text, first);
	finish(end, asked);
}

static void take_sealed(
	struct made *end, struct asked *asked, struct ike_sa *sa, uint8_t what, struct rd bytes)
{
	struct ike_in in = {.type = IKE_IN_DATAGRAM,
		.local = sa->local,
		.remote = sa->remote,
		.data = bytes.p,
		.len = rd_left(&bytes)};

	if (what & WHAT_ELSEWHERE) {
		in.remote.port = 1024;
		sa->natt.remote = true;
	}
	must(!step(end, asked, in));
}

static void command(struct made *end, struct asked *asked, uint8_t which)
{
	static const enum ike_in_type types[] = {IKE_IN_TICK, IKE_IN_INITIATE, IKE_IN_TERMINATE,
		IKE_IN_ACQUIRE, IKE_IN_REKEY_CHILD, IKE_IN_REKEY_IKE, IKE_IN_TRAFFIC, IKE_IN_MOVED};
	struct ike_in in = {.type = types[which % 8],
		.tunnel = 1,
		.child = which & 8 ? end->conf.conf.child[0].id : 0,
		.local = end->conf.conf.local,
		.remote = {end->conf.conf.remote.addr, 1024}};
	int err;

	// ESP that nobody expects.
	if (in.type == IKE_IN_TICK && in.child)
		in.type = IKE_IN_UNKNOWN_SPI;
	if (asked->children && in.type >= IKE_IN_TRAFFIC)
		in.spi = asked->child[which / 16 % asked->children];
	err = step(end, asked, in);
	must(!err || err == -ENOENT);
}

// The peer is gone, the operator wants nothing any more: in the end nothing is left.
static void take_down(struct made *end, struct asked *asked)
{
	while (asked->jobs)
		job_done(end, asked);
	must(!step(end, asked, (struct ike_in){.type = IKE_IN_TERMINATE, .tunnel = 1}));
	for (unsigned int i = 0; end->out.deadline; i++) {
		must(i < TICKS && end->out.deadline > end->now);
		end->now = end->out.deadline;
		must(!step(end, asked, (struct ike_in){.type = IKE_IN_TICK}));
		while (asked->jobs)
			job_done(end, asked);
	}
	must(!end->ike->sas && !end->ike->children && !end->ike->halves && !end->ike->half_count);
	must(!asked->children);
}

static void hear(struct made *end, struct asked *asked, bool right, struct rd *rd)
{
	uint8_t what = rd_u8(rd), first = rd_u8(rd);
	size_t len = rd_u16(rd);
	struct ike_sa *sa;
	struct rd text;

	text = rd_sub(rd, len < rd_left(rd) ? len : rd_left(rd));
	if (what & WHAT_WAIT)
		end->now += MONO_MS(700);
	if (what & WHAT_JOB)
		job_done(end, asked);
	if (what & WHAT_COMMAND) {
		if (what & WHAT_LONG)
			end->now += MONO_S(11);
		command(end, asked, first);
		return;
	}
	// It may have gone, or its place been taken by a rekeyed one.
	sa = ike_sa_find(end->ike, right ? 0x2222 : 0x1111);
	if (!sa)
		sa = TAILQ_FIRST(&end->ike->tunnels->sas);
	if (!(what & WHAT_SEALED) && what & WHAT_NEWEST)
		sa = TAILQ_LAST(&end->ike->tunnels->sas, ike_sas);
	if (sa && what & WHAT_SEALED)
		take_sealed(end, asked, sa, what, text);
	else if (sa && sa->keys.in.encr)
		take(end, asked, sa, what, first, text);
}

static void renewed(struct made *end)
{
	end->conf.conf.reauth = true;
	end->conf.conf.lifetime_s = 60;
	must(!ike_conf_set(end->ike, &end->conf.conf, end->now, &end->out, NULL));
	ike_out_clear(&end->out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct rd rd = rd_of(data, len);
	uint8_t byte = rd_u8(&rd);
	enum made_state state = (byte & ~(LATER | RENEWS)) % MADE_STATES;
	bool right = state == MADE_PROVING_RESPONDER;
	struct asked asked = {};
	struct made end;

	made_init(&end, right, false, false);
	end.ike->params.steps = true;
	if (byte & RENEWS)
		renewed(&end);
	made_begin(&end);
	made_sa(&end, right, state);
	finish(&end, &asked);
	end.ike->params.jobs = byte & LATER;
	for (unsigned int i = 0; i < MESSAGES && rd_left(&rd); i++)
		hear(&end, &asked, right, &rd);
	take_down(&end, &asked);
	made_fini(&end);
	return 0;
}
