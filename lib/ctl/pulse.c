#include "ctl/pulse.h"

#include <string.h>

// Before any answer has come, nobody knows how far away the other side is.
#define WAIT_UNKNOWN MONO_S(1)
#define WAIT_MAX     MONO_S(3)

enum { SLOW = 2 }; // an answer may take so many times as long as those before it

static struct pulse_ping *ping_of(struct pulse *p, uint16_t seq)
{
	return &p->ping[seq % PULSE_PINGS];
}

static mono_us_t wait_of(const struct pulse *p)
{
	mono_us_t slow = p->smooth ? SLOW * p->smooth : WAIT_UNKNOWN;

	if (slow > WAIT_MAX)
		slow = WAIT_MAX;
	return slow > p->conf.wait ? slow : p->conf.wait;
}

void pulse_start(struct pulse *p, const struct pulse_conf *conf, mono_us_t now, uint32_t random)
{
	p->conf = *conf;
	p->running = true;
	p->next = now + 1 + random % conf->interval;
}

void pulse_stop(struct pulse *p)
{
	p->running = false;
	p->next = 0;
	p->lost_row = p->answered_row = 0;
	p->smooth = 0;
	memset(p->ping, 0, sizeof(p->ping));
}

static void settle(struct pulse *p)
{
	if (p->lost_row >= p->conf.lose)
		p->state = PULSE_BAD;
	else if (p->answered_row >= (p->state == PULSE_BAD ? p->conf.regain : 1))
		p->state = PULSE_GOOD;
}

static void lose(struct pulse *p, struct pulse_ping *ping)
{
	ping->fate = PULSE_LOST;
	p->lost++;
	p->lost_row++;
	p->answered_row = 0;
	settle(p);
}

bool pulse_due(const struct pulse *p, mono_us_t now)
{
	return p->running && now >= p->next;
}

uint16_t pulse_sent(struct pulse *p, uint64_t cookie, mono_us_t now)
{
	struct pulse_ping *ping = ping_of(p, p->seq);

	if (ping->fate == PULSE_WAITING)
		lose(p, ping);
	*ping = (struct pulse_ping){.sent = now, .cookie = cookie, .fate = PULSE_WAITING};
	p->sent++;
	p->next += p->conf.interval;
	if (p->next <= now)
		p->next += ((now - p->next) / p->conf.interval + 1) * p->conf.interval;
	return p->seq++;
}

// The oldest ping that is waited for; NULL: none.
static struct pulse_ping *oldest(const struct pulse *p)
{
	for (uint16_t i = PULSE_PINGS; i > 0; i--) {
		const struct pulse_ping *ping = &p->ping[(uint16_t)(p->seq - i) % PULSE_PINGS];

		if (ping->fate == PULSE_WAITING)
			return (struct pulse_ping *)ping;
	}
	return NULL;
}

bool pulse_is_overdue(const struct pulse *p, mono_us_t now)
{
	const struct pulse_ping *ping = oldest(p);

	return ping && now >= ping->sent + wait_of(p);
}

void pulse_judge(struct pulse *p, mono_us_t now)
{
	while (pulse_is_overdue(p, now))
		lose(p, oldest(p));
}

// Those lost that were sent after it.
static uint32_t lost_after(const struct pulse *p, uint16_t seq)
{
	uint32_t n = 0;

	for (uint16_t later = (uint16_t)(seq + 1); later != p->seq; later++)
		n += p->ping[later % PULSE_PINGS].fate == PULSE_LOST;
	return n;
}

bool pulse_answer(struct pulse *p, uint16_t seq, uint64_t cookie, mono_us_t now)
{
	struct pulse_ping *ping = ping_of(p, seq);
	bool known = (uint16_t)(p->seq - 1 - seq) < PULSE_PINGS;

	if (!known || ping->cookie != cookie)
		return false;
	if (ping->fate != PULSE_WAITING && ping->fate != PULSE_LOST)
		return false;
	p->rtt = now - ping->sent ? now - ping->sent : 1;
	p->smooth = p->smooth ? (7 * p->smooth + p->rtt) / 8 : p->rtt;
	p->answered++;
	if (ping->fate == PULSE_WAITING)
		p->answered_row++;
	else
		p->lost--;
	ping->fate = PULSE_ANSWERED;
	p->lost_row = lost_after(p, seq);
	settle(p);
	return true;
}

mono_us_t pulse_deadline(const struct pulse *p)
{
	const struct pulse_ping *ping = oldest(p);
	mono_us_t judged = ping ? ping->sent + wait_of(p) : UINT64_MAX;

	if (!p->running)
		return 0;
	return judged < p->next ? judged : p->next;
}
