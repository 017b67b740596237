// Datagrams of anyone, at an endpoint that answers, at one that waits for an answer, and at one
// with an established SA (that one must not change, whatever comes), and at one that demands
// cookies.
//
// Input: state (1), then datagrams: port (1), length (2), bytes.
#include <stdlib.h>

#include "sim/made.h"
#include "ike/sa.h"

enum { STATES = 4, FROM_4500 = 1, ELSEWHERE = 2, WAIT = 4, WAIT_LONG = 8, DATAGRAMS = 16 };

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
	if (ike_step(end->ike, &in, &end->out))
		abort();
	ike_out_clear(&end->out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct rd rd = rd_of(data, len);
	uint8_t state = rd_u8(&rd) % STATES;
	struct ike_sa *sa = NULL;
	struct made end;

	made_init(&end, state == 0 || state == 3, state == 1, state == 3);
	if (state == 2) {
		made_begin(&end);
		sa = made_sa(&end, false, MADE_REKEY_CHILD);
		made_finish(&end);
	}
	for (unsigned int i = 0; i < DATAGRAMS && rd_left(&rd); i++) {
		uint8_t how = rd_u8(&rd);
		size_t take = rd_u16(&rd);

		if (take > rd_left(&rd))
			take = rd_left(&rd);
		feed(&end, sa ? how & (FROM_4500 | ELSEWHERE) : how, rd_sub(&rd, take));
	}
	if (sa && (ike_sa_find(end.ike, 0x1111) != sa || sa->state != IKE_SA_UP || !sa->req ||
			  sa->id_in != 1 || sa->id_out != 2 || sa->last_in != end.now ||
			  !TAILQ_FIRST(&sa->children)->outbound))
		abort();
	made_fini(&end);
	return 0;
}
