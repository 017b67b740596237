// Decrypted payloads of a peer that has the keys, at an IKE SA in each state. The proof of the
// pre-shared key is taken for right (bytes_eq_ct is wrapped), so that what lies behind it is
// reached.
//
// Input: state (1), then messages: what (1), first payload (1), length (2), payloads; or a whole
// sealed datagram, whose tag is taken for right, too.
#include <stdlib.h>

#include "sim/made.h"
#include "ike/sa.h"
#include "ike/step.h"
#include "ike/v2/exchange.h"

enum {
	WHAT_EXCHANGE = 3,
	WHAT_ANSWER = 4,
	WHAT_WAIT = 8,
	WHAT_SEALED = 16,
	WHAT_ELSEWHERE = 32,
	MESSAGES = 8
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
bool __wrap_bytes_eq_ct(const void *a, const void *b, size_t len);

bool __wrap_bytes_eq_ct(const void *, const void *, size_t)
{
	return true;
}

// What would be let through to the payloads: the next request, or the answer that is due.
static void take(struct made *end, struct ike_sa *sa, uint8_t what, uint8_t first, struct rd text)
{
	struct ike_head head = {.spi_i = sa->spi_i,
		.spi_r = sa->spi_r,
		.version = IKE_VERSION,
		.exchange = (uint8_t)(IKE_SA_INIT + (what & WHAT_EXCHANGE)),
		.id = sa->id_in};

	if (what & WHAT_WAIT)
		end->now += MONO_MS(700);
	if (what & WHAT_ANSWER && sa->req) {
		head.flags = IKE_FLAG_RESPONSE;
		head.exchange = sa->req->row->type;
		head.id = sa->req->id;
	}
	made_begin(end);
	v2_take_plain(sa, &head, text, first);
	made_finish(end);
}

static void take_sealed(struct made *end, struct ike_sa *sa, uint8_t what, struct rd bytes)
{
	struct ike_in in = {.type = IKE_IN_DATAGRAM,
		.now = end->now,
		.local = sa->local,
		.remote = sa->remote,
		.data = bytes.p,
		.len = rd_left(&bytes)};

	if (what & WHAT_ELSEWHERE) {
		in.remote.port = 1024;
		sa->natt.remote = true;
	}
	if (ike_step(end->ike, &in, &end->out))
		abort();
	ike_out_clear(&end->out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct rd rd = rd_of(data, len);
	enum made_state state = rd_u8(&rd) % MADE_STATES;
	bool right = state == MADE_PROVING_RESPONDER;
	struct made end;
	struct ike_sa *sa;

	made_init(&end, right, false, false);
	made_begin(&end);
	sa = made_sa(&end, right, state);
	made_finish(&end);
	for (unsigned int i = 0; i < MESSAGES && rd_left(&rd); i++) {
		uint8_t what = rd_u8(&rd), first = rd_u8(&rd);
		size_t take_len = rd_u16(&rd);
		struct rd text;

		if (take_len > rd_left(&rd))
			take_len = rd_left(&rd);
		text = rd_sub(&rd, take_len);
		// It may have gone, or its place been taken by a rekeyed one.
		sa = ike_sa_find(end.ike, right ? 0x2222 : 0x1111);
		if (!sa)
			sa = TAILQ_FIRST(&end.ike->tunnels->sas);
		if (sa && what & WHAT_SEALED)
			take_sealed(&end, sa, what, text);
		else if (sa && sa->keys.in.encr)
			take(&end, sa, what, first, text);
	}
	end.now += MONO_S(200);
	made_begin(&end);
	made_finish(&end);
	made_fini(&end);
	return 0;
}
