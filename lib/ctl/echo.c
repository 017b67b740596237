#include "ctl/echo.h"

#include <errno.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/log.h"
#include "ctl/child.h"
#include "ctl/pump.h"
#include "net/icmp.h"

// In a ping's data: the mark says that it is one of these, so that its answer is never the
// kernel's; the cookie, which one, so that nobody answers who has not heard it.
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                             mark                              |
// |                                                               |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                            cookie                             |
// |                                                               |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
enum { DATA = 16 };

struct echo {
	uint16_t id; // the key: of ICMP
	uint64_t mark;
	struct tunnel *tunnel;
	struct echo_conf conf;
	struct pulse pulse;
	uint64_t strange;
	struct loop_timer *timer;
	void (*judged)(struct tunnel *tunnel, enum pulse_state state);
	UT_hash_handle hh;
};

static struct ctl *ctl_of(const struct echo *e)
{
	return e->tunnel->conn->ctl;
}

static uint64_t random64(struct ctl *ctl)
{
	uint64_t v;

	rng_fill(&ctl->setup.rng_public, &v, sizeof(v));
	return v;
}

static struct echo *find(const struct ctl *ctl, uint16_t id)
{
	struct echo *e;

	HASH_FIND(hh, ctl->echoes, &id, sizeof(id), e);
	return e;
}

static int send(struct echo *e, uint16_t seq, uint64_t cookie)
{
	uint8_t data[DATA], packet[ICMP_ECHO_ROOM];
	struct wr wr = wr_of(data, sizeof(data));
	struct icmp_echo request = {.src = e->conf.source,
		.dst = e->conf.address,
		.id = e->id,
		.seq = seq,
		.data = data,
		.len = sizeof(data)};
	int n;

	wr_u64(&wr, e->mark);
	wr_u64(&wr, cookie);
	n = icmp_echo_request(&request, packet);
	return n < 0 ? n : dp_from_tun(e->tunnel->dp, packet, (size_t)n);
}

// One that finds no room on its way is lost like any other.
static void ping(struct echo *e, mono_us_t now)
{
	const struct tunnel *t = e->tunnel;
	uint64_t cookie = random64(ctl_of(e));
	uint16_t seq = pulse_sent(&e->pulse, cookie, now);

	// With a trap, this may be the packet that brings the tunnel up.
	if (child_outbound(t) || t->dp_conf.trap)
		(void)send(e, seq, cookie);
}

static void judge(struct echo *e, enum pulse_state before)
{
	if (e->pulse.state != before)
		e->judged(e->tunnel, e->pulse.state);
}

void echo_turn(struct echo *e, mono_us_t now)
{
	enum pulse_state before = e->pulse.state;

	if (!e->conf.always && !child_outbound(e->tunnel)) {
		pulse_stop(&e->pulse);
		loop_timer_at(e->timer, 0);
		return;
	}
	if (!e->pulse.running)
		pulse_start(&e->pulse, &e->conf.pulse, now, (uint32_t)random64(ctl_of(e)));
	pulse_judge(&e->pulse, now);
	if (pulse_due(&e->pulse, now))
		ping(e, now);
	loop_timer_at(e->timer, pulse_deadline(&e->pulse));
	judge(e, before);
}

static void on_timer(void *ctx)
{
	struct echo *e = ctx;
	struct ctl *ctl = ctl_of(e);
	uint16_t id = e->id;

	// Whatever has kept the control core busy: an answer that is here counts. What else is
	// heard may end a command that somebody waits for, and begin his next one: look again.
	if (pulse_is_overdue(&e->pulse, mono_now()))
		pump_hear(ctl);
	if (find(ctl, id) == e)
		echo_turn(e, mono_now());
}

bool echo_take(struct ctl *ctl, struct dp_tunnel *from, const uint8_t *packet, size_t len)
{
	const struct tunnel *t = dp_tunnel_user(from);
	enum pulse_state before;
	struct icmp_echo reply;
	uint64_t mark, cookie;
	struct echo *e;
	struct rd rd;

	if (icmp_echo_reply_read(packet, len, &reply))
		return false;
	rd = rd_of(reply.data, reply.len);
	mark = rd_u64(&rd);
	cookie = rd_u64(&rd);
	e = find(ctl, reply.id);
	if (!e || rd.bad || mark != e->mark)
		return false;
	before = e->pulse.state;
	// The peer may answer through the connection's other tunnel.
	if (t->conn != e->tunnel->conn || !addr_eq(&reply.src, &e->conf.address) ||
		!addr_eq(&reply.dst, &e->conf.source) ||
		!pulse_answer(&e->pulse, reply.seq, cookie, mono_now()))
		e->strange++;
	judge(e, before);
	return true;
}

static bool is_same(const struct echo_conf *a, const struct echo_conf *b)
{
	return addr_eq(&a->source, &b->source) && addr_eq(&a->address, &b->address) &&
	       a->pulse.interval == b->pulse.interval && a->pulse.wait == b->pulse.wait &&
	       a->pulse.lose == b->pulse.lose && a->pulse.regain == b->pulse.regain &&
	       a->always == b->always;
}

static struct echo *make(struct tunnel *t, const struct echo_conf *conf)
{
	struct ctl *ctl = t->conn->ctl;
	struct echo *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->timer = loop_timer_new(ctl->loop, on_timer, e);
	if (!e->timer || HASH_COUNT(ctl->echoes) > UINT16_MAX) {
		loop_timer_free(e->timer);
		free(e);
		return NULL;
	}
	e->tunnel = t;
	e->conf = *conf;
	e->mark = random64(ctl);
	// By chance, so that the kernel's own pings seldom have the same.
	e->id = (uint16_t)random64(ctl);
	while (find(ctl, e->id))
		e->id++;
	HASH_ADD(hh, ctl->echoes, id, sizeof(e->id), e);
	return e;
}

int echo_set(struct echo **echo, struct tunnel *t, const struct echo_conf *conf,
	void (*judged)(struct tunnel *tunnel, enum pulse_state state))
{
	if (*echo && conf && is_same(&(*echo)->conf, conf))
		return 0;
	echo_free(*echo);
	*echo = conf ? make(t, conf) : NULL;
	if (!*echo)
		return conf ? -ENOMEM : 0;
	(*echo)->judged = judged;
	echo_turn(*echo, mono_now());
	return 0;
}

void echo_free(struct echo *e)
{
	if (!e)
		return;
	HASH_DEL(ctl_of(e)->echoes, e);
	loop_timer_free(e->timer);
	free(e);
}

const struct echo_conf *echo_conf_of(const struct echo *e)
{
	return &e->conf;
}

const struct pulse *echo_pulse(const struct echo *e)
{
	return &e->pulse;
}

uint64_t echo_strange(const struct echo *e)
{
	return e->strange;
}
