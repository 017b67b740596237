#include "ctl/logbook.h"

#include <assert.h>
#include <stdio.h>

#include <utlist.h>

#include "base/log.h"
#include "ctl/conn.h"

enum { STRANGER_LINES = 10, STRANGER_PERIOD_S = 60 };

static const enum log_level level_of[] = {
	[IKE_EVENT_IKE_UP] = LOG_LEVEL_INFO,
	[IKE_EVENT_IKE_REKEYED] = LOG_LEVEL_INFO,
	[IKE_EVENT_IKE_DOWN] = LOG_LEVEL_INFO,
	[IKE_EVENT_CHILD_UP] = LOG_LEVEL_INFO,
	[IKE_EVENT_CHILD_REKEYED] = LOG_LEVEL_INFO,
	[IKE_EVENT_CHILD_DOWN] = LOG_LEVEL_INFO,
	[IKE_EVENT_REFUSED] = LOG_LEVEL_WARNING,
	[IKE_EVENT_PEER_DEAD] = LOG_LEVEL_WARNING,
	[IKE_EVENT_MOVED] = LOG_LEVEL_INFO,
	[IKE_EVENT_NOTED] = LOG_LEVEL_INFO,
};
static_assert(sizeof(level_of) / sizeof(level_of[0]) == IKE_EVENTS);

static void write_line(const struct tunnel *t, const struct ike_act_event *event)
{
	char local[ENDPOINT_TEXT], remote[ENDPOINT_TEXT], spis[48] = "", reason[512] = "";
	bool why = event->why.what[0];

	if (event->spi_in)
		snprintf(
			spis, sizeof(spis), " spi %08x in %08x out", event->spi_in, event->spi_out);
	if (why)
		why_show(&event->why, reason, sizeof(reason));
	log_at(level_of[event->event], "%s %s: %s%s, %s with %s%s%s", t ? "tunnel" : "ike",
		t ? t->name : "stranger", ike_event_name(event->event), spis,
		endpoint_show(&event->local, local), endpoint_show(&event->remote, remote),
		why ? ": " : "", reason);
}

// Whether one more line about a stranger may be written.
static bool may_write(struct stranger_log *log)
{
	mono_us_t now = mono_now();

	if (now > log->since + MONO_S(STRANGER_PERIOD_S)) {
		if (log->left_out)
			log_warning("ike stranger: %u more lines left out", log->left_out);
		*log = (struct stranger_log){.since = now};
	}
	if (log->lines == STRANGER_LINES) {
		log->left_out++;
		return false;
	}
	log->lines++;
	return true;
}

void logbook_ike(struct ctl *ctl, const struct ike_act_event *event)
{
	struct tunnel *t = ctl_tunnel(ctl, event->tunnel);
	struct waiter *w, *next;

	if (t || may_write(&ctl->strangers))
		write_line(t, event);
	if (!t)
		return;
	LL_FOREACH_SAFE (t->waiters, w, next)
		w->event(w, event->event, &event->why);
}

void logbook_wait(struct tunnel *tunnel, struct waiter *waiter)
{
	LL_PREPEND(tunnel->waiters, waiter);
}

void logbook_unwait(struct tunnel *tunnel, struct waiter *waiter)
{
	LL_DELETE(tunnel->waiters, waiter);
}

void logbook_gone(struct tunnel *tunnel)
{
	while (tunnel->waiters)
		tunnel->waiters->gone(tunnel->waiters);
}
