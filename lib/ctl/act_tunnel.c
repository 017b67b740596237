#include <stdio.h>
#include <stdlib.h>

#include "ctl/act_core.h"
#include "ctl/child.h"
#include "ctl/ikerun.h"
#include "ctl/logbook.h"

struct tunnel *act_tunnel_of(struct ctl *ctl, struct act_call *call)
{
	struct tunnel *t = ctl_tunnel_named(ctl, call->arg[0]);
	struct why why = {};

	if (!t) {
		why_set(&why, -ENOENT, "no such tunnel", NULL, NULL, call->arg[0]);
		act_done(call, -ENOENT, NULL, &why);
	}
	return t;
}

void act_each_tunnel(struct ctl *ctl, void (*name)(void *ctx, const char *name), void *ctx)
{
	struct tunnel *t, *next;

	HASH_ITER (hh, ctl->tunnels, t, next)
		name(ctx, t->name);
}

static void set(json_t *row, const char *key, json_t *value)
{
	if (value)
		json_object_set_new(row, key, value);
}

static json_t *hex32(uint32_t v)
{
	return json_sprintf("%08x", v);
}

static json_t *hex64(uint64_t v)
{
	return json_sprintf("%016llx", (unsigned long long)v);
}

static json_t *endpoint(const struct endpoint *e)
{
	char text[ENDPOINT_TEXT];

	return json_string(endpoint_show(e, text));
}

static json_t *address(const struct addr *a)
{
	char text[ADDR_TEXT];

	return json_string(a->family ? addr_show(a, text) : "any");
}

static json_t *suite(const struct suite *s, enum proposal_for purpose)
{
	char text[PROPOSAL_TEXT];

	return json_string(s->encr ? suite_show(s, purpose, text) : "");
}

static json_t *why_json(const struct why *why, mono_us_t at)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:I}", "what", why->what, "where", why->where,
		"expected", why->expected, "got", why->got, "since_s", act_age_s(at));
}

// Rows of `show tunnels`, by the tunnel's id while they are filled.
struct rows {
	struct ctl *ctl;
	json_t **row; // CTL_TUNNELS + 1
	json_t *list;
};

static void configured(struct ctl *ctl, const struct tunnel *t, json_t *row)
{
	const struct conn *conn = t->conn;

	set(row, "tunnel", json_string(t->name));
	set(row, "connection", json_string(conn->name));
	set(row, "role", json_string(conn->tunnel[0] == t ? "active" : "standby"));
	set(row, "carries_traffic", json_boolean(dp_conn_active(conn->dp) == t->dp));
	set(row, "peer", json_string(t->peer));
	set(row, "port", json_string(dp_port_name(ctl->dp, t->gateway.port)));
	set(row, "local", address(&t->gateway.addr));
	set(row, "remote", address(&t->peer_addr));
	set(row, "probe", act_echo_json(t->probe));
}

// Onto what is in drops.
static void add_drops(json_t *drops, const struct esp_sa *sa)
{
	for (unsigned int v = ESP_PASS + 1; v < ESP_VERDICTS; v++) {
		const char *name = esp_verdict_name((enum esp_verdict)v);
		json_int_t n = (json_int_t)esp_live_get(&sa->live->drop[v]);

		if (n)
			set(drops, name,
				json_integer(n + json_integer_value(json_object_get(drops, name))));
	}
}

static json_t *esp_drops(const struct esp_sa *sa)
{
	json_t *drops = json_object();

	add_drops(drops, sa);
	return drops;
}

// Of the SAs that it has, by reason.
static json_t *drops(const struct tunnel *t)
{
	json_t *sum = json_object();

	for (const struct child *c = t->children; c; c = c->next)
		add_drops(sum, dp_child_in(c->dp));
	return sum;
}

static void traffic(const struct tunnel *t, json_t *row)
{
	struct child_traffic sum = child_traffic(t);
	const struct child *c = child_outbound(t);

	set(row, "in_packets", json_integer((json_int_t)sum.in_packets));
	set(row, "in_bytes", json_integer((json_int_t)sum.in_bytes));
	set(row, "out_packets", json_integer((json_int_t)sum.out_packets));
	set(row, "out_bytes", json_integer((json_int_t)sum.out_bytes));
	set(row, "drops", drops(t));
	set(row, "rekeyed_s", c && c->replaces ? json_integer(act_age_s(c->created)) : json_null());
	set(row, "path_mtu", json_integer(dp_tunnel_path_mtu(t->dp)));
	set(row, "esp_suite", c ? suite(&c->suite, PROPOSAL_ESP) : json_string(""));
	set(row, "spi_in", c ? hex32(c->spi_in) : json_null());
	set(row, "spi_out", c ? hex32(c->spi_out) : json_null());
	set(row, "udp", json_boolean(c && dp_child_out(c->dp)->udp));
	set(row, "weak", json_boolean(c && suite_is_weak(&c->suite)));
}

// In the words of the configuration.
static void version(json_t *row, enum ike_version version, bool aggressive)
{
	set(row, "version", json_string(version == IKE_V1 ? "ikev1" : "ikev2"));
	set(row, "mode", json_string(version != IKE_V1 ? "" : aggressive ? "aggressive" : "main"));
}

static void tunnel_row(void *ctx, const struct ike_tunnel_view *view)
{
	struct rows *rows = ctx;
	struct tunnel *t = ctl_tunnel(rows->ctl, view->tunnel);
	json_t *row = json_object();
	char text[512];

	if (!t || !row) {
		json_decref(row);
		return;
	}
	configured(rows->ctl, t, row);
	version(row, view->version, view->aggressive);
	set(row, "state", json_string(ike_tunnel_state_name(view->state)));
	set(row, "status", json_string(logbook_status(t, view)));
	set(row, "since_s", json_integer(act_age_s(view->since)));
	set(row, "retry_in_s", act_left_s(view->retry_at));
	set(row, "attempts", json_integer(view->attempts));
	set(row, "ike_suite", json_string(""));
	traffic(t, row);
	// A failure that a tunnel has got over is history.
	if (view->why && view->state != IKE_TUNNEL_UP) {
		set(row, "why", why_json(view->why, view->why_at));
		set(row, "reason_code", json_string(ike_reason(view->why->code)->name));
		set(row, "reason", json_string(why_show(view->why, text, sizeof(text))));
	} else {
		set(row, "why", json_null());
		set(row, "reason_code", json_string(""));
		set(row, "reason", json_string(""));
	}
	rows->row[t->id] = row;
	json_array_append_new(rows->list, row);
}

static void tunnel_sa(void *ctx, const struct ike_sa_view *view)
{
	struct rows *rows = ctx;
	// 0: of a stranger.
	json_t *row = rows->row[view->tunnel];

	if (!row || !view->established)
		return;
	set(row, "ike_suite", suite(&view->suite, PROPOSAL_IKE));
	set(row, "remote", address(&view->remote.addr));
	set(row, "established_s", json_integer(act_age_s(view->established)));
	if (suite_is_weak(&view->suite))
		set(row, "weak", json_true());
}

void act_show_tunnels(struct ctl *ctl, struct act_call *call)
{
	struct rows rows = {
		.ctl = ctl,
		.row = calloc(idmap_max(ctl->tunnel_ids) + 1, sizeof(json_t *)),
		.list = json_array(),
	};

	if (rows.row) {
		ike_each_tunnel(ikerun_ike(ctl), tunnel_row, &rows);
		ike_each_sa(ikerun_ike(ctl), tunnel_sa, &rows);
		free(rows.row);
	}
	act_answer(call, rows.list);
}

static void top_row(void *ctx, const struct ike_tunnel_view *view)
{
	struct rows *rows = ctx;
	struct tunnel *t = ctl_tunnel(rows->ctl, view->tunnel);
	struct child_traffic sum;

	if (!t)
		return;
	sum = child_traffic(t);
	json_array_append_new(rows->list,
		json_pack("{s:s, s:s, s:s, s:b, s:I, s:I, s:I, s:I}", "tunnel", t->name,
			"connection", t->conn->name, "state", ike_tunnel_state_name(view->state),
			"forwarding",
			choice_usable(&t->standing) && dp_conn_active(t->conn->dp) == t->dp,
			"in_bytes", (json_int_t)sum.in_bytes, "in_packets",
			(json_int_t)sum.in_packets, "out_bytes", (json_int_t)sum.out_bytes,
			"out_packets", (json_int_t)sum.out_packets));
}

// The shell makes rates of it (lib/ui/top.h), so it says when the counters were read.
void act_show_top(struct ctl *ctl, struct act_call *call)
{
	struct rows rows = {.ctl = ctl, .list = json_array()};

	ike_each_tunnel(ikerun_ike(ctl), top_row, &rows);
	act_answer(call,
		json_pack("{s:I, s:o}", "at_us", (json_int_t)mono_now(), "tunnels", rows.list));
}

static json_t *id(const struct ike_id *id)
{
	char text[IKE_ID_TEXT];

	return json_string(id ? ike_id_show(id, text) : "");
}

static const char *nat_name(const struct ike_sa_view *view)
{
	return view->nat_local && view->nat_remote ? "both"
	       : view->nat_local		   ? "we"
	       : view->nat_remote		   ? "peer"
						   : "none";
}

static void ike_row(void *ctx, const struct ike_sa_view *view)
{
	json_t *row = json_object();

	set(row, "tunnel", json_string(view->name ? view->name : ""));
	set(row, "state", json_string(view->state));
	version(row, view->version, view->aggressive);
	set(row, "role", json_string(view->initiator ? "initiator" : "responder"));
	set(row, "spi_i", hex64(view->spi_i));
	set(row, "spi_r", hex64(view->spi_r));
	set(row, "local", endpoint(&view->local));
	set(row, "remote", endpoint(&view->remote));
	set(row, "local_id", id(view->local_id));
	set(row, "remote_id", id(view->remote_id));
	set(row, "suite", suite(&view->suite, PROPOSAL_IKE));
	set(row, "weak", json_boolean(view->suite.encr && suite_is_weak(&view->suite)));
	set(row, "nat", json_string(nat_name(view)));
	set(row, "fragmentation", json_boolean(view->fragmentation));
	set(row, "children", json_integer(view->children));
	set(row, "retransmits", json_integer(view->retransmits));
	set(row, "age_s", json_integer(act_age_s(view->established)));
	set(row, "silent_s", json_integer(act_age_s(view->last_in)));
	set(row, "rekey_in_s", act_left_s(view->rekey_at));
	set(row, "expires_in_s", act_left_s(view->expires_at));
	json_array_append_new(ctx, row);
}

void act_show_ike(struct ctl *ctl, struct act_call *call)
{
	json_t *list = json_array();

	ike_each_sa(ikerun_ike(ctl), ike_row, list);
	act_answer(call, list);
}

static json_t *selectors(const struct selector *s, size_t n)
{
	json_t *list = json_array();
	char text[SELECTOR_TEXT];

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_string(selector_show(&s[i], text)));
	return list;
}

static void live(json_t *row, const struct child *c)
{
	const struct esp_sa *in = dp_child_in(c->dp), *out = dp_child_out(c->dp);

	set(row, "in_packets", json_integer((json_int_t)esp_live_get(&in->live->packets)));
	set(row, "in_bytes", json_integer((json_int_t)esp_live_get(&in->live->bytes)));
	set(row, "out_packets", json_integer((json_int_t)esp_live_get(&out->live->packets)));
	set(row, "out_bytes", json_integer((json_int_t)esp_live_get(&out->live->bytes)));
	set(row, "in_seq", json_integer((json_int_t)esp_live_get(&in->live->seq)));
	set(row, "out_seq", json_integer((json_int_t)esp_live_get(&out->live->seq)));
	set(row, "worker", json_integer(in->owner));
	set(row, "in_drops", esp_drops(in));
}

struct sa_list {
	struct ctl *ctl;
	json_t *list;
};

static void sa_row(void *ctx, const struct ike_child_view *view)
{
	struct sa_list *l = ctx;
	const struct tunnel *t = ctl_tunnel(l->ctl, view->tunnel);
	const struct child *c = child_find(l->ctl, view->spi_in);
	json_t *row = json_object();

	set(row, "tunnel", json_string(t ? t->name : ""));
	set(row, "connection", json_string(t ? t->conn->name : ""));
	set(row, "state", json_string(view->state));
	set(row, "spi_in", hex32(view->spi_in));
	set(row, "spi_out", hex32(view->spi_out));
	set(row, "suite", suite(&view->suite, PROPOSAL_ESP));
	set(row, "weak", json_boolean(view->suite.encr && suite_is_weak(&view->suite)));
	set(row, "udp", json_boolean(view->udp));
	set(row, "outbound", json_boolean(view->outbound));
	set(row, "local_ts", selectors(view->local, view->local_count));
	set(row, "remote_ts", selectors(view->remote, view->remote_count));
	if (c)
		live(row, c);
	set(row, "age_s", json_integer(act_age_s(view->created)));
	set(row, "rekey_in_s", act_left_s(view->rekey_at));
	set(row, "expires_in_s", act_left_s(view->expires_at));
	json_array_append_new(l->list, row);
}

void act_show_sa(struct ctl *ctl, struct act_call *call)
{
	struct sa_list l = {.ctl = ctl, .list = json_array()};

	ike_each_child(ikerun_ike(ctl), sa_row, &l);
	act_answer(call, l.list);
}
