#include "ctl/logbook.h"

#include <assert.h>
#include <stdio.h>
#include <time.h>

#include <utlist.h>

#include "base/log.h"
#include "ctl/conn.h"

enum { LIMIT_LINES = 10, LIMIT_PERIOD_S = 60 };

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

// The names of events that the operator's alarms hang on; NULL: it has none.
static const char *alarm_of(const struct ike_act_event *event)
{
	static const char *const names[IKE_EVENTS] = {
		[IKE_EVENT_IKE_UP] = "phase-1-success",
		[IKE_EVENT_CHILD_UP] = "phase-2-success",
		[IKE_EVENT_CHILD_DOWN] = "tunnel-down",
		[IKE_EVENT_REFUSED] = "phase-1-failed",
		[IKE_EVENT_PEER_DEAD] = "peer-dead",
	};

	return event->event == IKE_EVENT_REFUSED && event->child_level ? "phase-2-failed"
								       : names[event->event];
}

static void write_line(const struct tunnel *t, const struct ike_act_event *event)
{
	const char *alarm = alarm_of(event), *code = NULL;
	char local[ENDPOINT_TEXT], remote[ENDPOINT_TEXT], spis[48] = "", reason[512] = "";
	bool why = event->why.what[0];

	if (event->spi_in)
		snprintf(
			spis, sizeof(spis), " spi %08x in %08x out", event->spi_in, event->spi_out);
	if (why) {
		why_show(&event->why, reason, sizeof(reason));
		code = ike_reason(event->why.code)->name;
	}
	log_at(level_of[event->event], "%s %s: %s%s%s%s%s%s%s, %s with %s%s%s",
		t ? "tunnel" : "ike", t ? t->name : "stranger", ike_event_name(event->event), spis,
		alarm || code ? " [" : "", alarm ? alarm : "", alarm && code ? " " : "",
		code ? code : "", alarm || code ? "]" : "", endpoint_show(&event->local, local),
		endpoint_show(&event->remote, remote), why ? ": " : "", reason);
}

int64_t logbook_wall_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// What the event says about the tunnel, beyond what the negotiator's views know.
static void learn(struct tunnel *t, const struct ike_act_event *event, mono_us_t now)
{
	static const bool talks[IKE_EVENTS] = {
		[IKE_EVENT_IKE_UP] = true,
		[IKE_EVENT_IKE_REKEYED] = true,
		[IKE_EVENT_CHILD_UP] = true,
		[IKE_EVENT_CHILD_REKEYED] = true,
		[IKE_EVENT_REFUSED] = true,
		[IKE_EVENT_NOTED] = true,
	};

	if (talks[event->event] && event->why.code != IKE_REASON_NO_RESPONSE)
		t->heard_at = now;
	if (event->event == IKE_EVENT_REFUSED)
		t->phase2_failed = event->child_level;
	else if (event->event == IKE_EVENT_IKE_UP || event->event == IKE_EVENT_CHILD_UP)
		t->phase2_failed = false;
}

static void keep(struct findings *findings, const struct ike_act_event *event, mono_us_t now)
{
	const struct finding fresh = {.why = event->why,
		.local = event->local,
		.remote = event->remote,
		.phase2 = event->child_level || event->why.code == IKE_REASON_PHASE2_TIMEOUT};

	if (event->why.what[0])
		finding_add(findings, &fresh, now, logbook_wall_ms());
}

const char *logbook_status(const struct tunnel *t, const struct ike_tunnel_view *view)
{
	static const char *const names[] = {
		[IKE_TUNNEL_DOWN] = "ike_sa_not_established",
		[IKE_TUNNEL_CONNECTING] = "ike_sa_not_established",
		[IKE_TUNNEL_WAITING] = "ike_sa_not_established",
		[IKE_TUNNEL_IKE_UP] = "ike_sa_established",
		[IKE_TUNNEL_UP] = "ipsec_sa_established",
	};
	static_assert(sizeof(names) / sizeof(names[0]) == IKE_TUNNEL_STATES);

	return view->state == IKE_TUNNEL_IKE_UP && t->phase2_failed ? "ipsec_sa_not_established"
								    : names[view->state];
}

bool logbook_may(struct line_limit *limit, const char *about)
{
	mono_us_t now = mono_now();

	if (now > limit->since + MONO_S(LIMIT_PERIOD_S)) {
		if (limit->left_out)
			log_warning("%s: %u more lines left out", about, limit->left_out);
		*limit = (struct line_limit){.since = now};
	}
	if (limit->lines == LIMIT_LINES) {
		limit->left_out++;
		return false;
	}
	limit->lines++;
	return true;
}

void logbook_set(struct ctl *ctl, const struct model *m)
{
	logfiles_set(ctl->logfiles, m->system.logbook.directory,
		(size_t)m->system.logbook.size_kib * 1024, m->system.user);
}

void logbook_add(struct ctl *ctl, struct tunnel *t, const char *text)
{
	const char *line = journal_add(&t->journal, logbook_wall_ms(), text);

	if (line)
		logfile_add(ctl->logfiles, &t->logfile, t->name, line);
}

static void write_journal(struct ctl *ctl, struct tunnel *t, const struct ike_act_event *event)
{
	char line[JOURNAL_LINE], reason[512] = "", suite[PROPOSAL_TEXT] = "";

	if (event->why.what[0])
		why_show(&event->why, reason, sizeof(reason));
	else if (event->suite.encr)
		suite_show(&event->suite, event->child ? PROPOSAL_ESP : PROPOSAL_IKE, suite);
	snprintf(line, sizeof(line), "%s%s%s%s%s%.*s", ike_event_name(event->event),
		event->why.what[0] ? " [" : "",
		event->why.what[0] ? ike_reason(event->why.code)->name : "",
		event->why.what[0] ? "]: " : ": ", suite, JOURNAL_LINE / 2, reason);
	logbook_add(ctl, t, line);
}

void logbook_ike(struct ctl *ctl, const struct ike_act_event *event)
{
	struct tunnel *t = ctl_tunnel(ctl, event->tunnel);
	mono_us_t now = mono_now();
	struct waiter *w, *next;

	if (t || logbook_may(&ctl->strangers, "ike stranger"))
		write_line(t, event);
	keep(t ? &t->findings : &ctl->stranger_findings, event, now);
	if (!t)
		return;
	write_journal(ctl, t, event);
	learn(t, event, now);
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
