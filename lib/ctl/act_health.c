#include "ctl/act_core.h"
#include "ctl/echo.h"
#include "ctl/health.h"

static json_t *address(const struct addr *a)
{
	char text[ADDR_TEXT];

	return json_string(addr_show(a, text));
}

json_t *act_echo_json(const struct echo *echo)
{
	static const char *const state[] = {
		[PULSE_UNKNOWN] = "waiting", [PULSE_GOOD] = "up", [PULSE_BAD] = "down"};
	const struct echo_conf *conf;
	const struct pulse *p;

	if (!echo)
		return json_null();
	conf = echo_conf_of(echo);
	p = echo_pulse(echo);
	return json_pack("{s:s, s:o, s:o, s:I, s:i, s:o, s:i, s:I, s:I, s:I, s:I}", "state",
		state[p->state], "address", address(&conf->address), "source",
		address(&conf->source), "interval_ms", (json_int_t)(conf->pulse.interval / 1000),
		"count", (int)conf->pulse.lose, "rtt_us",
		p->rtt ? json_integer((json_int_t)p->rtt) : json_null(), "lost_in_row",
		(int)p->lost_row, "sent", (json_int_t)p->sent, "answered", (json_int_t)p->answered,
		"lost", (json_int_t)p->lost, "strange", (json_int_t)echo_strange(echo));
}

// In the words of the HTTP API (VcoHealthCheck).
static json_t *health_row(const struct conn *conn, const struct tunnel *t)
{
	const struct model_health *h = &conn->health;
	bool bad = echo_pulse(t->health)->state == PULSE_BAD;

	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:i, s:i, s:s, s:b, s:s, s:o}", "connection",
		conn->name, "tunnel", t->name, "status", bad ? "failed" : "success", "destination",
		address(&h->destination), "source", address(&h->source), "interval_s",
		(int)h->interval_s, "retry", (int)h->retry, "policy",
		h->policy == MODEL_REVOKE_ROUTE ? "revoke_route" : "reserve_route", "reset",
		h->reset, "routes", health_revoked(conn) ? "withdrawn" : "in force", "pings",
		act_echo_json(t->health));
}

void act_show_health(struct ctl *ctl, struct act_call *call)
{
	json_t *list = json_array();
	struct conn *conn, *next;

	HASH_ITER (hh, ctl->conns, conn, next) {
		for (unsigned int i = 0; i < CTL_TUNNELS_PER_CONN; i++) {
			const struct tunnel *t = conn->tunnel[i];

			if (t && t->health)
				json_array_append_new(list, health_row(conn, t));
		}
	}
	act_answer(call, list);
}
