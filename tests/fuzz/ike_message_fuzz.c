// Datagrams of anyone, at an endpoint that answers, at one that waits for an answer, at one that
// demands cookies, and at one with an established SA, in each state of an exchange of its own: that
// SA must not change, whatever comes. When some time has passed, nothing is left of the others.
//
// Input: endpoint and state (1), then datagrams: port (1), length (2), bytes.
#include "fuzz/must.h"
#include "sim/made.h"
#include "ike/sa.h"

enum {
	STATES = 4,
	FROM_4500 = 1,
	ELSEWHERE = 2,
	WAIT = 4,
	WAIT_LONG = 8,
	DATAGRAMS = 16,
	TICKS = 1000
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void feed(struct made *end, uint8_t how, struct rd bytes)
{
	struct ike_in in = {.type = IKE_IN_DATAGRAM,
		.local = end->conf.conf.local,
		.remote = end->conf.conf.remote,
		.data = bytes.p,
		.len = rd_left(&bytes)};

	in.local.port = in.remote.port = how & FROM_4500 ? 4500 : 500;
	if (how & ELSEWHERE)
		in.remote.addr = addr_v4(0xc0000209);
	if (how & WAIT)
		end->now += MONO_MS(900);
	if (how & WAIT_LONG)
		end->now += MONO_S(70);
	in.now = end->now;
	must(!ike_step(end->ike, &in, &end->out));
	ike_out_clear(&end->out);
}

// What anyone's datagrams may not touch.
struct established {
	struct ike_request *req;
	struct ike_child *child;
	struct endpoint local, remote;
	uint32_t id_in, id_out, tries;
	uint8_t state, child_state;
	bool outbound;
	mono_us_t last_in;
	uint64_t timer;
};

static struct established established_of(const struct ike_sa *sa)
{
	struct ike_child *child = TAILQ_FIRST(&sa->children);

	return (struct established){.req = sa->req,
		.child = child,
		.local = sa->local,
		.remote = sa->remote,
		.id_in = sa->id_in,
		.id_out = sa->id_out,
		.tries = sa->req ? sa->req->tries : 0,
		.state = sa->state,
		.child_state = child ? child->state : 0,
		.outbound = child && child->outbound,
		.last_in = sa->last_in,
		.timer = sa->timer.at};
}

static void unchanged(
	const struct made *end, const struct ike_sa *sa, const struct established *then)
{
	struct established now;

	must(ike_sa_find(end->ike, 0x1111) == sa);
	now = established_of(sa);
	must(now.req == then->req && now.tries == then->tries && now.state == then->state);
	must(now.id_in == then->id_in && now.id_out == then->id_out);
	must(endpoint_eq(&now.local, &then->local) && endpoint_eq(&now.remote, &then->remote));
	must(now.child == then->child && now.child_state == then->child_state);
	must(now.outbound == then->outbound && now.last_in == then->last_in);
	must(now.timer == then->timer);
}

// Half-open exchanges of others do not stay.
static void forgotten(struct made *end)
{
	struct ike_in in = {.type = IKE_IN_TERMINATE, .tunnel = 1, .now = end->now};

	must(!ike_step(end->ike, &in, &end->out));
	in.type = IKE_IN_TICK;
	for (unsigned int i = 0; end->out.deadline; i++) {
		must(i < TICKS && end->out.deadline > in.now);
		in.now = end->out.deadline;
		ike_out_clear(&end->out);
		must(!ike_step(end->ike, &in, &end->out));
	}
	must(!end->ike->sas && !end->ike->children && !end->ike->halves && !end->ike->half_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct rd rd = rd_of(data, len);
	uint8_t byte = rd_u8(&rd), state = byte % STATES;
	struct established then = {};
	struct ike_sa *sa = NULL;
	struct made end;

	made_init(&end, state == 0 || state == 3, state == 1, state == 3);
	end.ike->params.steps = true;
	if (state == 2) {
		made_begin(&end);
		sa = made_sa(&end, false, (MADE_REKEY_CHILD + byte / STATES) % MADE_STATES);
		made_finish(&end);
		then = established_of(sa);
	}
	for (unsigned int i = 0; i < DATAGRAMS && rd_left(&rd); i++) {
		uint8_t how = rd_u8(&rd);
		size_t take = rd_u16(&rd);

		if (take > rd_left(&rd))
			take = rd_left(&rd);
		feed(&end, sa ? how & (FROM_4500 | ELSEWHERE) : how, rd_sub(&rd, take));
	}
	must(HASH_COUNT(end.ike->sas) == end.ike->sa_count);
	if (sa)
		unchanged(&end, sa, &then);
	else
		forgotten(&end);
	made_fini(&end);
	return 0;
}
