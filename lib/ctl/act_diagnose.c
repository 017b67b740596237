#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ctl/act_core.h"
#include "ctl/child.h"
#include "ctl/ikerun.h"
#include "ctl/logbook.h"
#include "ctl/reach.h"

enum { LOOK_BACK_S = 180 };

// One diagnosis in the making.
struct diagnosis {
	struct ctl *ctl;
	struct tunnel *t;
	struct ike_tunnel_view view;
	json_t *findings, *checks;
	json_t *found; // both, for people
};

static void say(struct diagnosis *d, const char *text)
{
	json_array_append_new(d->found, json_string(text));
}

static char *stamp(int64_t wall_ms, char dst[static 32])
{
	time_t s = (time_t)(wall_ms / 1000);
	struct tm tm;

	gmtime_r(&s, &tm);
	strftime(dst, 32, "%Y-%m-%d %H:%M:%S", &tm);
	return dst;
}

// The names of the HTTP API's DiagnoseVpnConnections, and what it has no name for behind them.
static void finding_row(struct diagnosis *d, const struct finding *f)
{
	const struct ike_reason_row *row = ike_reason(f->why.code);
	char source[700], text[512], when[32], sentence[1000];

	why_show(&f->why, text, sizeof(text));
	snprintf(source, sizeof(source), "%s %s [%s]: %s", stamp(f->wall_ms, when), d->t->name,
		row->name, text);
	json_array_append_new(d->findings,
		json_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:i, s:I, s:I, s:I}",
			"FailedReasonCode", row->name, "FailedReason", row->sentence, "FailedTime",
			(json_int_t)f->wall_ms, "Severity", ike_severity_name(row->severity),
			"MismatchLocalParam", f->why.expected, "MismatchRemoteParam", f->why.got,
			"SourceLog", source, "remedy", row->remedy, "phase", f->phase2 ? 2 : 1,
			"count", (json_int_t)f->count, "age_s", act_age_s(f->last), "since_s",
			act_age_s(f->first)));
	snprintf(sentence, sizeof(sentence), "%s, %lld s ago%s: %s %s. %s",
		ike_severity_name(row->severity), (long long)act_age_s(f->last),
		f->count > 1 ? ", repeatedly" : "", row->sentence, text, row->remedy);
	say(d, sentence);
}

static void look_back(struct diagnosis *d)
{
	const mono_us_t back = MONO_S(LOOK_BACK_S), now = mono_now();
	const mono_us_t since = now > back ? now - back : 0;
	const struct finding *found[FINDINGS];
	unsigned int n = finding_pick(&d->t->findings, since, found), strangers;

	for (unsigned int i = 0; i < n; i++)
		finding_row(d, found[i]);
	// A peer behind an address that nobody expects may be this tunnel's.
	strangers = finding_pick(&d->ctl->stranger_findings, since, found);
	for (unsigned int i = 0; i < strangers && d->view.state != IKE_TUNNEL_UP; i++) {
		if (!addr_eq(&found[i]->local.addr, &d->t->gateway.addr))
			continue;
		finding_row(d, found[i]);
		n++;
	}
	if (!n) {
		struct finding none = {.why = {.code = IKE_REASON_NO_EXCEPTION_FOUND},
			.wall_ms = logbook_wall_ms(),
			.last = now,
			.first = now};

		why_set(&none.why, 0, ike_tunnel_state_name(d->view.state), "state", NULL, NULL);
		finding_row(d, &none);
	}
}

static void check(
	struct diagnosis *d, const char *name, bool good, const char *what, const char *remedy)
{
	char sentence[600];

	json_array_append_new(d->checks,
		json_pack("{s:s, s:s, s:s, s:s}", "check", name, "result", good ? "ok" : "warning",
			"what", what, "remedy", good ? "" : remedy));
	if (good)
		return;
	snprintf(sentence, sizeof(sentence), "Warn: %s. %s", what, remedy);
	say(d, sentence);
}

struct next_hop {
	unsigned int port;
	const struct addr *addr;
	bool known, wanted;
};

static void look_at_neighbour(void *ctx, const struct neigh_view *view)
{
	struct next_hop *hop = ctx;

	if (view->port != hop->port || !addr_eq(&view->addr, hop->addr))
		return;
	hop->wanted = true;
	hop->known = view->known;
}

static void check_neighbour(struct diagnosis *d)
{
	struct next_hop hop = {.port = d->t->dp_conf.port, .addr = &d->t->dp_conf.next_hop};
	char addr[ADDR_TEXT], what[160];

	if (!hop.addr->family)
		return;
	neigh_each(d->ctl->neighs, look_at_neighbour, &hop);
	snprintf(what, sizeof(what), "the next hop to the peer, %s on port %s, is %s",
		addr_show(hop.addr, addr), dp_port_name(d->ctl->dp, hop.port),
		hop.known ? "known" : "not resolved");
	check(d, "next_hop", hop.known, what,
		"Nobody answers for this address: see the cable, the port's network and the next "
		"hop of the gateway address.");
}

static void check_routes(struct diagnosis *d)
{
	const struct model_connection *conn = model_find_connection(
		d->ctl->model, d->t->conn->name);
	bool by_policy = reach_by_policy(d->ctl, d->t->conn);
	char what[160], net[CIDR_TEXT];

	for (size_t i = 0; conn && i < conn->remote_networks.n; i++) {
		const struct cidr *to = &conn->remote_networks.v[i];
		const struct rib_hop *hop = rib_find(d->ctl->rib, &to->addr);
		bool good = by_policy || reach_by_hop(d->ctl, hop, d->t->conn);

		snprintf(what, sizeof(what), "remote network %s %s connection %s",
			cidr_show(to, net), good ? "is routed into" : "is not routed into",
			conn->name);
		check(d, "route", good, what,
			"Add a route (or a policy) for it, or nothing is sent through the tunnel.");
	}
}

// phase 2 stands, and yet nothing comes through.
static void check_traffic(struct diagnosis *d)
{
	struct child_traffic sum = child_traffic(d->t);
	unsigned long long in = sum.in_packets, out = sum.out_packets;
	char what[160];

	if (d->view.state != IKE_TUNNEL_UP)
		return;
	snprintf(what, sizeof(what), "%llu packets came in and %llu went out", in, out);
	check(d, "traffic", (in && out) || (!in && !out), what,
		in ? "Nothing goes out: check the routes of the hosts here towards this gateway, "
		     "and their firewalls."
		   : "Nothing comes back: check the peer's route to the local networks, its "
		     "firewall and security groups (ICMP, too), and whether ESP or UDP 4500 "
		     "passes.");
}

static void check_peer(struct diagnosis *d)
{
	mono_us_t heard = d->t->heard_at;
	char what[160], addr[ADDR_TEXT];

	if (d->view.state == IKE_TUNNEL_UP || !d->view.attempts || !d->t->peer_addr.family)
		return;
	snprintf(what, sizeof(what), "%s from the peer, %s%s",
		heard ? "an answer came" : "nothing was ever heard",
		addr_show(&d->t->peer_addr, addr), heard ? "" : ", on UDP 500 and 4500");
	check(d, "peer", heard, what,
		"See whether the address is right and the peer is up, and whether UDP 500 and 4500 "
		"pass every firewall on the way.");
}

void act_diagnose_tunnel(struct ctl *ctl, struct act_call *call)
{
	struct diagnosis d = {.ctl = ctl, .t = act_tunnel_of(ctl, call)};

	if (!d.t)
		return;
	// A tunnel that the negotiator does not have is down.
	(void)ike_tunnel_view(ikerun_ike(ctl), d.t->id, &d.view);
	d.findings = json_array();
	d.checks = json_array();
	d.found = json_array();
	look_back(&d);
	check_peer(&d);
	check_neighbour(&d);
	check_routes(&d);
	check_traffic(&d);
	act_answer(call,
		json_pack("{s:s, s:s, s:s, s:s, s:I, s:o, s:o, s:o}", "tunnel", d.t->name,
			"connection", d.t->conn->name, "state", ike_tunnel_state_name(d.view.state),
			"status", logbook_status(d.t, &d.view), "since_s", act_age_s(d.view.since),
			"findings", d.findings, "checks", d.checks, "found", d.found));
}

static void line(void *ctx, const char *text)
{
	json_array_append_new(ctx, json_string(text));
}

void act_show_log(struct ctl *ctl, struct act_call *call)
{
	const struct tunnel *t = act_tunnel_of(ctl, call);
	unsigned int lines = call->arg[1] ? (unsigned int)call->number[1] : JOURNAL_LINES;
	json_t *list;

	if (!t)
		return;
	list = json_array();
	journal_each(t->journal, lines, line, list);
	act_answer(call, list);
}
