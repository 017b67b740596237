// strongSwan 5.8 and later: swanctl.conf.
#include <inttypes.h>
#include <string.h>

#include "peerconf/swan.h"
#include "peerconf/vendor.h"

static void write_proposal(struct pen *pen, const struct peerconf_tunnel *t)
{
	char text[SWAN_PROPOSAL];

	pen_line(pen, "proposals = %s", swan_ike(pen, t, text));
}

// Both ends of one side, "any" when the gateway does not say or care.
static void write_side(struct pen *pen, const char *side, const struct ike_id *id)
{
	char text[SWAN_ID];

	pen_line(pen, "%s {", side);
	pen_line(pen, "    auth = psk");
	if (id->type != IKE_ID_ANY)
		pen_line(pen, "    id = \"%s\"", swan_id(id, text));
	pen_line(pen, "}");
}

static void write_networks(struct pen *pen, const char *word, const struct cidr *v, size_t n)
{
	char text[CLOUD_SUBNETS];

	pen_line(pen, "%s = %s", word, vendor_networks(v, n, text));
}

static void write_child(
	struct pen *pen, const struct peerconf *p, const struct peerconf_tunnel *t, size_t at)
{
	const struct cidr *local, *remote;
	size_t locals, remotes, children = vendor_children(p, t);
	size_t place = (size_t)(t - p->tunnel) + 1;
	char text[SWAN_PROPOSAL];

	vendor_child(p, t, at, &local, &locals, &remote, &remotes);
	if (children > 1)
		pen_line(pen, "%s-%zu-%zu {", p->name, place, at + 1);
	else
		pen_line(pen, "%s-%zu {", p->name, place);
	pen->indent += 4;
	write_networks(pen, "local_ts", local, locals);
	write_networks(pen, "remote_ts", remote, remotes);
	pen_line(pen, "esp_proposals = %s", swan_esp(pen, t, text));
	pen_line(pen, "life_time = %" PRIu32 "s", t->esp_life_s);
	pen_line(pen, "rekey_time = %" PRIu32 "s", swan_part(t->esp_life_s, 97));
	pen_line(pen, "rand_time = %" PRIu32 "s", swan_part(t->esp_life_s, 2));
	pen_line(pen, "start_action = %s", t->begins ? "start" : "none");
	pen_line(pen, "dpd_action = %s", t->begins ? "restart" : "clear");
	if (swan_has_interfaces(p)) {
		pen_line(pen, "if_id_in = %u", p->number + (unsigned int)place);
		pen_line(pen, "if_id_out = %u", p->number + (unsigned int)place);
	}
	pen->indent -= 4;
	pen_line(pen, "}");
}

static void write_connection(struct pen *pen, const struct peerconf *p, size_t i)
{
	const struct peerconf_tunnel *t = &p->tunnel[i];
	char local[ADDR_TEXT], remote[ADDR_TEXT];

	pen_tunnel(pen, p, i);
	pen_line(pen, "%s-%zu {", p->name, i + 1);
	pen->indent += 4;
	pen_line(pen, "version = %d", t->v1 ? 1 : 2);
	if (t->v1)
		pen_line(pen, "aggressive = %s", t->aggressive ? "yes" : "no");
	pen_line(pen, "local_addrs = %s", t->local.family ? addr_show(&t->local, local) : "%any");
	pen_line(pen, "remote_addrs = %s", addr_show(&t->remote, remote));
	write_proposal(pen, t);
	pen_line(pen, "rekey_time = %" PRIu32 "s", swan_part(t->ike_life_s, 97));
	pen_line(pen, "over_time = %" PRIu32 "s", t->ike_life_s - swan_part(t->ike_life_s, 97));
	pen_line(pen, "rand_time = %" PRIu32 "s", swan_part(t->ike_life_s, 2));
	pen_line(pen, "keyingtries = 0");
	pen_line(pen, "unique = %s", swan_has_twins(p) ? "never" : "replace");
	pen_line(pen, "mobike = no");
	pen_line(pen, "dpd_delay = %" PRIu32 "s", t->dpd_delay_s);
	if (t->v1)
		pen_line(pen, "dpd_timeout = %" PRIu32 "s", t->dpd_delay_s + t->dpd_timeout_s);
	write_side(pen, "local", &t->local_id);
	write_side(pen, "remote", &t->remote_id);
	pen_line(pen, "children {");
	pen->indent += 4;
	for (size_t at = 0; at < vendor_children(p, t); at++)
		write_child(pen, p, t, at);
	pen->indent -= 4;
	pen_line(pen, "}");
	pen->indent -= 4;
	pen_line(pen, "}");
}

// A peer that may call itself as it likes is found by the gateway's identity alone.
static void write_secret(struct pen *pen, const struct peerconf *p, size_t i)
{
	const struct peerconf_tunnel *t = &p->tunnel[i];
	char text[SWAN_ID];

	pen_line(pen, "ike-%s-%zu {", p->name, i + 1);
	pen->indent += 4;
	if (t->local_id.type != IKE_ID_ANY)
		pen_line(pen, "id-local = \"%s\"", swan_id(&t->local_id, text));
	pen_line(pen, "id-remote = \"%s\"", swan_id(&t->remote_id, text));
	pen_psk(pen, t, "secret = ");
	pen->indent -= 4;
	pen_line(pen, "}");
}

static void write_all(const struct peerconf *p, struct pen *pen)
{
	bool aggressive = false;

	for (size_t i = 0; i < p->tunnels; i++)
		aggressive = aggressive || p->tunnel[i].aggressive;
	pen_say(pen, "A file for /etc/swanctl/conf.d; swanctl --load-all takes it.");
	if (aggressive)
		pen_say(pen,
			"To answer in aggressive mode, charon wants in strongswan.conf:\n%s   "
			"i_dont_care_about_security_and_use_aggressive_mode_psk = yes",
			pen->vendor->comment);
	swan_say_twins(pen, p);
	swan_interfaces(pen, p, swan_has_interfaces(p) ? SWAN_XFRM : SWAN_POLICY);
	pen_gap(pen);
	pen_line(pen, "connections {");
	pen->indent = 4;
	for (size_t i = 0; i < p->tunnels; i++)
		write_connection(pen, p, i);
	pen->indent = 0;
	pen_line(pen, "}");
	pen_gap(pen);
	pen_line(pen, "secrets {");
	pen->indent = 4;
	for (size_t i = 0; i < p->tunnels; i++)
		write_secret(pen, p, i);
	pen->indent = 0;
	pen_line(pen, "}");
}

const struct vendor vendor_strongswan = {
	.name = "strongswan",
	.device = "strongSwan (swanctl.conf)",
	.comment = "#",
	.ipv6 = true,
	.psk = {.open = "\"",
		.close = "\"",
		.escape = "\"\\",
		.never = "",
		.taken = "0x 0s",
		.max = 256,
		.utf8 = true,
		.hex = "0x"},
	.ike = {&swan_names, &swan_names},
	.esp = {&swan_names, &swan_names},
	.renewal = "at 95 to 97 %",
	.write = write_all,
};
