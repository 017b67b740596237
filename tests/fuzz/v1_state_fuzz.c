// IKEv1 with decrypted contents at each state of each exchange: an honest peer and the endpoint
// under test speak main or aggressive mode, quick mode and informational exchanges; the input says
// which of the peer's messages arrive, which are changed behind their encryption, and what else
// comes between. Every proof is taken for right (bytes_eq_ct is wrapped).
//
// Whatever was said, at the end the tunnel is taken down and time passes: then no IKE SA, no child
// and no timer is left, and the dataplane has nothing installed.
//
// Input: MODE bits (1), then operations: what (1), which (1), length (2), bytes.
#include <errno.h>
#include <string.h>

#include "fuzz/must.h"
#include "ike/core.h"
#include "ike/packet.h"
#include "ike/sa.h"
#include "ike/v1/packet.h"
#include "ike/v1/sa.h"
#include "ike/v1/wire.h"
#include "sim/conf.h"
#include "sim/net.h"

enum { AGGRESSIVE = 1, BEGINS = 2, LATER = 4, DIFFERS = 8 }; // of the mode; lifetimes differ
enum {
	PASS,	 // the peer's next message arrives; which: TWICE, NEWEST
	CHANGE,	 // the same, with {offset (2), byte (1)} changed and the rest appended
	LOSE,	 // it does not
	RAW,	 // a datagram
	TEXT,	 // a text under the SA's keys; which: first payload; what: CLEAR, PIECES, OF_QUICK
	COMMAND, // of the operator
	WAIT,	 // 700 ms, or (which: 128) 11 s: both ask whether the other lives
	JOB,	 // the oldest job comes back
	OPS,
};
enum { TWICE = 1, NEWEST = 2 };
enum { CLEAR = 32, PIECES = 64, OF_QUICK = 128 };
enum { EXCHANGE = 8, OPERATIONS = 24, QUEUE = 64, CHILDREN = 64, TICKS = 2000, TEXT_MAX = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
bool __wrap_bytes_eq_ct(const void *a, const void *b, size_t len);

bool __wrap_bytes_eq_ct(const void *, const void *, size_t)
{
	return true;
}

// One key pair serves both ends, in all inputs, and what they share is computed once.
int __real_ke_new(const struct alg *group, struct ke **ke);
int __wrap_ke_new(const struct alg *group, struct ke **ke);
int __real_ke_derive(const struct ke *ke, const uint8_t *peer, size_t len, struct secret *shared,
	struct why *why);
int __wrap_ke_derive(const struct ke *ke, const uint8_t *peer, size_t len, struct secret *shared,
	struct why *why);

static struct ke *pair;

int __wrap_ke_new(const struct alg *group, struct ke **ke)
{
	must(group == alg(ALG_X25519));
	if (!pair)
		must(!__real_ke_new(group, &pair));
	*ke = ke_get(pair);
	return 0;
}

int __wrap_ke_derive(const struct ke *ke, const uint8_t *peer, size_t len, struct secret *shared,
	struct why *why)
{
	static struct secret once;
	static uint8_t its_peer[32];
	int err;

	if (!once.len || len != sizeof(its_peer) || memcmp(peer, its_peer, len)) {
		err = __real_ke_derive(ke, peer, len, shared, why);
		if (err || once.len)
			return err;
		memcpy(its_peer, peer, sizeof(its_peer));
		must(!secret_new(&once, shared->len));
		memcpy(once.b, shared->b, shared->len);
		return 0;
	}
	err = secret_new(shared, once.len);
	if (!err)
		memcpy(shared->b, once.b, once.len);
	return err;
}

struct datagram {
	struct endpoint local, remote; // as its receiver sees them
	uint8_t *b;
	size_t len;
};

struct end {
	struct ike *ike;
	struct ike_out out;
	uint64_t rng;
	struct datagram heard[QUEUE]; // not yet taken
	unsigned int n;
	struct ike_job *job[QUEUE];
	unsigned int jobs;
	uint32_t child[CHILDREN];
	unsigned int children;
};

static struct end ends[2]; // under test; the peer
static mono_us_t now;

static void fill(void *ctx, void *dst, size_t len)
{
	uint8_t *byte = dst;

	while (len--)
		*byte++ = (uint8_t)sim_random(ctx);
}

// Texts are read once, not at every execution.
static const struct ike_conf *conf_of(unsigned int side, uint8_t mode)
{
	static const char *const addr[] = {"192.0.2.1", "192.0.2.2"};
	static struct sim_conf confs[2][2][2];
	bool aggressive = mode & AGGRESSIVE, differs = mode & DIFFERS;
	struct sim_conf *c = &confs[differs][aggressive][side];

	if (c->conf.tunnel)
		return &c->conf;
	sim_conf(c, addr[side], addr[!side], 1 + side, 2 - side, false);
	sim_conf_ike(c, "aes128-sha256-x25519");
	sim_conf_esp(c, "aes128-sha1-x25519");
	c->conf.version = IKE_V1;
	c->conf.aggressive = aggressive;
	c->conf.dpd_delay_s = 10;
	if (differs)
		c->child[0].lifetime_s = 1800u << side;
	if (aggressive) {
		must(!ike_id_read(side ? "b.example" : "a.example", &c->conf.local_id, NULL));
		must(!ike_id_read(side ? "a.example" : "b.example", &c->conf.remote_id, NULL));
	}
	return &c->conf;
}

static unsigned int child_at(const struct end *end, uint32_t spi_in)
{
	unsigned int i = 0;

	while (i < end->children && end->child[i] != spi_in)
		i++;
	return i;
}

static void child_act(struct end *end, enum ike_act_type type, uint32_t spi_in)
{
	unsigned int i = child_at(end, spi_in);

	if (type == IKE_ACT_CHILD_ADD) {
		must(i == end->children && i < CHILDREN);
		end->child[end->children++] = spi_in;
		return;
	}
	must(i < end->children);
	if (type == IKE_ACT_CHILD_DEL)
		end->child[i] = end->child[--end->children];
}

static void send(struct end *to, const struct ike_act_send *send)
{
	struct datagram *d = &to->heard[to->n];

	if (to->n == QUEUE)
		return;
	*d = (struct datagram){send->remote, send->local, malloc(send->len + 1), send->len};
	must(d->b);
	memcpy(d->b, send->data, send->len);
	to->n++;
}

static void carry_out(struct end *end)
{
	for (size_t i = 0; i < end->out.count; i++) {
		const struct ike_act *act = &end->out.act[i];

		if (act->type == IKE_ACT_SEND)
			send(&ends[end == &ends[0]], &act->send);
		else if (act->type >= IKE_ACT_CHILD_ADD && act->type <= IKE_ACT_CHILD_DEL)
			child_act(end, act->type, act->child.spi_in);
		else if (act->type == IKE_ACT_JOB && end->jobs < QUEUE)
			end->job[end->jobs++] = act->job.job;
	}
	ike_out_clear(&end->out);
	must(HASH_COUNT(end->ike->sas) == end->ike->sa_count);
}

static int step(struct end *end, struct ike_in in)
{
	int err;

	in.now = now;
	err = ike_step(end->ike, &in, &end->out);
	carry_out(end);
	return err;
}

static void job_done(struct end *end)
{
	struct ike_job *job = end->job[0];

	if (!end->jobs)
		return;
	memmove(end->job, end->job + 1, --end->jobs * sizeof(job));
	ike_job_run(job);
	must(!step(end, (struct ike_in){.type = IKE_IN_JOB, .job = job}));
}

static void arrive(struct end *end, const struct datagram *d)
{
	must(!step(end, (struct ike_in){.type = IKE_IN_DATAGRAM,
				.local = d->local,
				.remote = d->remote,
				.data = d->b,
				.len = d->len}));
}

static bool next(struct end *end, uint8_t which, struct datagram *d)
{
	if (!end->n)
		return false;
	end->n--;
	if (which & NEWEST) {
		*d = end->heard[end->n];
		return true;
	}
	*d = end->heard[0];
	memmove(end->heard, end->heard + 1, end->n * sizeof(end->heard[0]));
	return true;
}

// The peer hears all that it was told.
static void peer_hears(void)
{
	struct datagram d;

	while (next(&ends[1], 0, &d)) {
		arrive(&ends[1], &d);
		free(d.b);
	}
}

// The keys and the IV under which the endpoint expects a message of this exchange.
static bool iv_of(struct ike_sa *sa, const struct ike_head *head, struct v1_iv *iv)
{
	struct v1_quick *quick;

	if (!sa->v1->keys.encr)
		return false;
	*iv = sa->v1->iv;
	if (!head->id)
		return true;
	TAILQ_FOREACH (quick, &sa->v1->quicks, link) {
		if (quick->id == head->id) {
			*iv = quick->iv;
			return true;
		}
	}
	return !v1_iv_phase2(&sa->v1->keys, &sa->v1->iv, head->id, iv);
}

static void put(struct end *end, const struct datagram *like, const void *b, size_t len)
{
	struct datagram d = {like->local, like->remote, malloc(len + 1), len};

	must(d.b);
	memcpy(d.b, b, len);
	arrive(end, &d);
	free(d.b);
}

// As its datagrams arrive at the port that is spoken to.
static void put_packets(
	struct end *end, const struct datagram *like, const struct ike_packets *packets)
{
	struct rd rd = rd_of(packets->bytes, packets->len);
	uint8_t marked[TEXT_MAX + 256];

	while (rd_left(&rd)) {
		size_t len = rd_left(&rd) < packets->each ? rd_left(&rd) : packets->each;
		size_t mark = like->local.port == 4500 ? 4 : 0;
		const uint8_t *b = rd_take(&rd, len);

		memset(marked, 0, 4);
		// The marker is there already when the SA floats.
		if (len >= 4 && !memcmp(b, marked, 4))
			mark = 0;
		must(len + mark <= sizeof(marked));
		memcpy(marked + mark, b, len);
		put(end, like, marked, len + mark);
	}
}

// Write a text as the peer would, and let it arrive.
static void arrive_written(struct end *end, const struct datagram *like, struct ike_sa *sa,
	struct ike_head head, uint8_t how, const uint8_t *text, size_t len)
{
	struct ike_chain chain;
	uint8_t room[TEXT_MAX + 64];
	struct ike_packets packets = {};
	bool fragmentation = sa->fragmentation;
	struct v1_iv iv;
	int err;

	if (!(how & CLEAR) && !iv_of(sa, &head, &iv))
		return;
	chain = ike_chain_of(room, sizeof(room));
	wr_copy(&chain.wr, text, len);
	chain.first = head.next;
	sa->fragmentation = fragmentation && how & PIECES;
	end->ike->params.steps = false; // no step of the endpoint's
	err = v1_packet_write(sa, &sa->v1->keys, how & CLEAR ? NULL : &iv, &head, &chain, &packets);
	sa->fragmentation = fragmentation;
	end->ike->params.steps = true;
	if (!err)
		put_packets(end, like, &packets);
	ike_packets_free(&packets);
}

static size_t changed(uint8_t *text, size_t len, struct rd *how)
{
	uint8_t n = rd_u8(how) % 8;

	for (uint8_t i = 0; i < n && rd_left(how) >= 3; i++) {
		size_t at = rd_u16(how);
		uint8_t byte = rd_u8(how);

		if (len)
			text[at % len] = byte;
	}
	if (rd_left(how) > TEXT_MAX - len)
		return len;
	n = (uint8_t)rd_left(how);
	rd_copy(how, text + len, n);
	return len + n;
}

static struct ike_sa *sa_under_test(void)
{
	struct ike_tunnel *tunnel = ends[0].ike->tunnels;

	return TAILQ_FIRST(&tunnel->sas) ? TAILQ_FIRST(&tunnel->sas)
					 : TAILQ_FIRST(&ends[0].ike->loose);
}

// The peer's next message, changed behind its encryption.
static void change(struct end *end, const struct datagram *d, struct rd *how)
{
	size_t mark = d->local.port == 4500 ? 4 : 0;
	uint8_t text[TEXT_MAX];
	struct ike_sa *sa = sa_under_test();
	struct v1_iv iv, after;
	struct ike_head head;
	struct rd plain;
	size_t len;

	if (d->len <= mark + IKE_HEAD || d->len > TEXT_MAX ||
		ike_head_read(d->b + mark, d->len - mark, &head) != -EPROTO)
		return;
	if (!(head.flags & V1_FLAG_ENCRYPTED)) {
		memcpy(text, d->b, d->len);
		put(end, d, text, changed(text, d->len, how));
		return;
	}
	if (!sa || !sa->v1 || !iv_of(sa, &head, &iv) ||
		v1_packet_open(end->ike, &sa->v1->keys, d->b + mark, &head, &iv, &after, &plain))
		return;
	len = rd_left(&plain);
	memcpy(text, plain.p, len);
	arrive_written(end, d, sa, head, 0, text, changed(text, len, how));
}

static void text_of(struct end *end, const struct datagram *like, uint8_t what, uint8_t first,
	const struct rd *bytes)
{
	static const uint8_t exchanges[] = {V1_MAIN, V1_AGGRESSIVE, V1_QUICK, V1_INFORMATIONAL};
	struct ike_sa *sa = sa_under_test();
	struct ike_head head = {.version = V1_VERSION, .next = first};
	struct v1_quick *quick;

	if (!sa || !sa->v1)
		return;
	head.spi_i = sa->spi_i;
	head.spi_r = sa->spi_r;
	head.exchange = exchanges[what / EXCHANGE % 4];
	quick = TAILQ_FIRST(&sa->v1->quicks);
	if (what / EXCHANGE % 4 >= 2)
		head.id = what & OF_QUICK && quick ? quick->id : 0x12345678u + what;
	arrive_written(end, like, sa, head, what, bytes->p,
		rd_left(bytes) < TEXT_MAX ? rd_left(bytes) : TEXT_MAX);
}

static void command(struct end *end, uint8_t which)
{
	static const enum ike_in_type types[] = {IKE_IN_TICK, IKE_IN_INITIATE, IKE_IN_TERMINATE,
		IKE_IN_ACQUIRE, IKE_IN_REKEY_CHILD, IKE_IN_REKEY_IKE, IKE_IN_TRAFFIC, IKE_IN_MOVED};
	struct ike_in in = {.type = types[which % 8], .tunnel = 1, .child = which & 8 ? 1 : 0};
	int err;

	// ESP that nobody expects.
	if (in.type == IKE_IN_TICK && in.child)
		in.type = IKE_IN_UNKNOWN_SPI;
	if (end->children)
		in.spi = end->child[0];
	in.local = end->ike->tunnels->conf.local;
	in.remote = end->ike->tunnels->conf.remote;
	in.remote.port = 1024;
	err = step(end, in);
	must(!err || err == -ENOENT);
}

static void operate(struct rd *rd)
{
	uint8_t what = rd_u8(rd), which = rd_u8(rd);
	size_t len = rd_u16(rd);
	struct rd bytes = rd_sub(rd, len < rd_left(rd) ? len : rd_left(rd));
	struct datagram d = {.local = {ends[0].ike->tunnels->conf.local.addr, 500},
		.remote = {ends[0].ike->tunnels->conf.remote.addr, 500}};
	struct end *end = &ends[0];

	switch (what % OPS) {
	case PASS:
	case CHANGE:
	case LOSE:
		if (!next(end, what % OPS == PASS ? which : 0, &d))
			break;
		if (what % OPS == PASS)
			arrive(end, &d);
		if (what % OPS == PASS && which & TWICE)
			arrive(end, &d);
		if (what % OPS == CHANGE)
			change(end, &d, &bytes);
		free(d.b);
		break;
	case RAW:
		put(end, &d, bytes.p, rd_left(&bytes));
		break;
	case TEXT:
		if (!bytes.bad)
			text_of(end, &d, what, which, &bytes);
		break;
	case COMMAND:
		command(&ends[which >> 7], which);
		break;
	case WAIT:
		now += which >> 7 ? MONO_S(11) : MONO_MS(700);
		must(!step(end, (struct ike_in){.type = IKE_IN_TICK}));
		must(!step(&ends[1], (struct ike_in){.type = IKE_IN_TICK}));
		break;
	case JOB:
		job_done(end);
		break;
	}
	peer_hears();
}

// The peer is gone, the operator wants nothing any more: in the end nothing is left.
static void take_down(struct end *end)
{
	while (end->jobs)
		job_done(end);
	must(!step(end, (struct ike_in){.type = IKE_IN_TERMINATE, .tunnel = 1}));
	for (unsigned int i = 0; end->out.deadline; i++) {
		must(i < TICKS);
		now = end->out.deadline > now ? end->out.deadline : now;
		must(!step(end, (struct ike_in){.type = IKE_IN_TICK}));
		while (end->jobs)
			job_done(end);
	}
	must(!end->ike->sas && !end->ike->children && !end->ike->halves && !end->ike->half_count);
	must(!end->children);
}

static void begin(unsigned int side, uint8_t mode)
{
	struct end *end = &ends[side];
	struct ike_params params = {.rng = {.fill = fill, .ctx = &end->rng},
		.steps = true,
		.jobs = !side && mode & LATER};

	*end = (struct end){.rng = 1 + side};
	must(!ike_new(&params, &end->ike));
	must(!ike_conf_set(end->ike, conf_of(side, mode), now, &end->out, NULL));
	ike_out_clear(&end->out);
}

static void end_of(struct end *end)
{
	struct datagram d;

	ike_free(end->ike);
	ike_out_free(&end->out);
	while (next(end, NEWEST, &d))
		free(d.b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct rd rd = rd_of(data, len);
	uint8_t mode = rd_u8(&rd);

	now = MONO_S(1000);
	begin(0, mode);
	begin(1, mode);
	must(!step(&ends[!(mode & BEGINS)], (struct ike_in){.type = IKE_IN_INITIATE, .tunnel = 1}));
	peer_hears();
	for (unsigned int i = 0; i < OPERATIONS && rd_left(&rd) >= 4; i++)
		operate(&rd);
	take_down(&ends[0]);
	end_of(&ends[0]);
	end_of(&ends[1]);
	return 0;
}
