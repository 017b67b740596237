#include "peerconf/vendor.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "model/schema.h"

// In the order in which the shell offers them.
static const struct vendor *const vendors[] = {
	&vendor_strongswan,
	&vendor_strongswan_ipsec,
	&vendor_libreswan,
	&vendor_cisco_ios_xe,
	&vendor_cisco_asa,
	&vendor_juniper_srx,
	&vendor_fortigate,
	&vendor_huawei,
	&vendor_h3c,
	&vendor_vyos,
};

const char *const peerconf_vendors[] = {"strongswan", "strongswan-ipsec", "libreswan",
	"cisco-ios-xe", "cisco-asa", "juniper-srx", "fortigate", "huawei", "h3c", "vyos", NULL};

static_assert(sizeof(vendors) / sizeof(vendors[0]) + 1 ==
	      sizeof(peerconf_vendors) / sizeof(peerconf_vendors[0]));

static const struct vendor *find(const char *name)
{
	for (size_t i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++)
		if (!strcmp(vendors[i]->name, name))
			return vendors[i];
	return NULL;
}

// Leave the views that the next line, with that many spaces before it, does not stand in.
static void leave_views(struct pen *pen, const char *line)
{
	unsigned int depth = pen->indent + (unsigned int)strspn(line, " ");

	if (!pen->vendor->leave)
		return;
	for (; pen->depth > depth; pen->depth--)
		fprintf(pen->out, "%*s%s\n", (int)pen->depth, "", pen->vendor->leave);
	pen->depth = depth;
}

void pen_line(struct pen *pen, const char *format, ...)
{
	va_list args;

	leave_views(pen, format);
	fprintf(pen->out, "%*s", (int)pen->indent, "");
	va_start(args, format);
	vfprintf(pen->out, format, args);
	va_end(args);
	fputc('\n', pen->out);
}

void pen_gap(struct pen *pen)
{
	leave_views(pen, "");
	fputc('\n', pen->out);
}

void pen_say(struct pen *pen, const char *format, ...)
{
	va_list args;

	fprintf(pen->out, "%*s%s ", (int)pen->indent, "", pen->vendor->comment);
	va_start(args, format);
	vfprintf(pen->out, format, args);
	va_end(args);
	fputc('\n', pen->out);
}

void pen_setting(struct pen *pen, const char *word, const char *value)
{
	if (value && *value)
		pen_line(pen, " %s %s", word, value);
}

static bool begins_like(const struct secret *s, const char *words)
{
	for (const char *at = words; at && *at; at += strspn(at, " ")) {
		size_t len = strcspn(at, " ");

		if (s->len >= len && !strncasecmp((const char *)s->b, at, len))
			return true;
		at += len;
	}
	return false;
}

// Whether the text form says it.
static bool is_text(const struct vendor_quoting *q, const struct secret *s)
{
	for (size_t i = 0; i < s->len; i++) {
		if (iscntrl(s->b[i]) || (s->b[i] > 126 && !q->utf8) || strchr(q->never, s->b[i]))
			return false;
	}
	return !begins_like(s, q->taken);
}

void pen_psk(struct pen *pen, const struct peerconf_tunnel *t, const char *before)
{
	const struct vendor_quoting *q = &pen->vendor->psk;
	bool text = is_text(q, t->psk);

	leave_views(pen, before);
	fprintf(pen->out, "%*s%s%s", (int)pen->indent, "", before, text ? q->open : q->hex);
	for (size_t i = 0; i < t->psk->len; i++) {
		uint8_t c = t->psk->b[i];

		if (!text)
			fprintf(pen->out, "%02x", c);
		else
			fprintf(pen->out, "%s%c", strchr(q->escape, c) ? "\\" : "", c);
	}
	fprintf(pen->out, "%s\n", text ? q->close : "");
}

// Written bare, so that no vendor's quoting matters.
void pen_bgp_secret(struct pen *pen, const struct peerconf_tunnel *t, const char *before)
{
	const struct secret *s = t->bgp_secret;

	for (size_t i = 0; i < s->len; i++) {
		if (isalnum(s->b[i]) || strchr("._-+/=@:", s->b[i]))
			continue;
		pen_say(pen, "Set the BGP secret by hand: it has characters that need care here.");
		return;
	}
	if (s->len)
		pen_line(pen, "%s%.*s", before, (int)s->len, (const char *)s->b);
}

static int check_psk(const struct vendor *vendor, const struct peerconf_tunnel *t, struct why *why)
{
	const struct vendor_quoting *q = &vendor->psk;

	if (t->psk->len <= q->max && (is_text(q, t->psk) || q->hex))
		return 0;
	why_set(why, -EINVAL, NULL, t->id, NULL, NULL);
	why_fmt(why, what, "%s cannot be told this pre-shared key", vendor->device);
	why_fmt(why, expected, "at most %zu characters%s, none of: %s%s", q->max,
		q->utf8 ? "" : " of ASCII", strchr(q->never, ' ') ? "space" : "", q->never);
	return -EINVAL;
}

static const char *name_in(vendor_names *const table[2], bool v1, const struct alg *alg)
{
	return alg ? (*table[v1])[alg->id] : "";
}

const char *pen_ike(const struct pen *pen, const struct peerconf_tunnel *t, const struct alg *alg)
{
	return name_in(pen->vendor->ike, t->v1, alg);
}

const char *pen_esp(const struct pen *pen, const struct peerconf_tunnel *t, const struct alg *alg)
{
	return name_in(pen->vendor->esp, t->v1, alg);
}

// The first suite of the list that the device can do. A list that has none leaves the first.
static void choose(bool v1, const struct proposal *list, size_t n, vendor_names *const table[2],
	struct suite *suite)
{
	for (size_t i = 0; i < n; i++) {
		struct proposal p = list[i];
		bool whole = true;

		for (enum alg_kind kind = 0; kind < ALG_ESN; kind++) {
			size_t keep = 0;

			for (size_t j = 0; j < p.n[kind]; j++)
				if (name_in(table, v1, p.choice[kind][j]))
					p.choice[kind][keep++] = p.choice[kind][j];
			whole = whole && (keep || !p.n[kind]);
			p.n[kind] = keep ? (uint8_t)keep : p.n[kind];
		}
		if (whole) {
			*suite = suite_first(&p);
			return;
		}
	}
}

static void missing(struct pen *pen, const char *name, const struct alg *alg, const char *phase)
{
	if (!name)
		pen_say(pen, "This device has no %s for %s: choose another at the gateway.",
			alg->name, phase);
}

static void say_missing(struct pen *pen, const struct peerconf_tunnel *t)
{
	const struct alg *ike[] = {
		t->ike.encr, t->ike.integ, t->ike.integ ? NULL : t->ike.prf, t->ike.ke};
	const struct alg *esp[] = {t->esp.encr, t->esp.integ, t->esp.ke};

	for (size_t i = 0; i < sizeof(ike) / sizeof(ike[0]); i++)
		missing(pen, pen_ike(pen, t, ike[i]), ike[i], "IKE");
	for (size_t i = 0; i < sizeof(esp) / sizeof(esp[0]); i++)
		missing(pen, pen_esp(pen, t, esp[i]), esp[i], "ESP");
}

void pen_tunnel(struct pen *pen, const struct peerconf *p, size_t i)
{
	const struct peerconf_tunnel *t = &p->tunnel[i];
	char gateway[ADDR_TEXT];

	pen_gap(pen);
	pen_say(pen, "Tunnel %zu (%s) to %s%s", i + 1, t->id, addr_show(&t->remote, gateway),
		p->tunnels == 1 ? ""
		: i		? ": standby"
				: ": preferred");
	say_missing(pen, t);
	pen_say(pen, "%s begins to negotiate.", t->begins ? "This device" : "The gateway");
	if (!t->nat_traversal)
		pen_say(pen, "The gateway does not look for address translation on the way.");
}

static void say_header(struct pen *pen, const struct peerconf *p)
{
	const struct peerconf_tunnel *t = &p->tunnel[0];

	pen_say(pen, "%s: connection %s", pen->vendor->device, p->connection);
	pen_gap(pen);
	pen_say(pen, "This text holds pre-shared keys: keep it as secret as these.");
	pen_say(pen, "Words in CAPITALS stand for what only you know; replace them.");
	pen_say(pen, "Firewalls on the way must let UDP 500, UDP 4500 and ESP (protocol 50) pass.");
	pen_say(pen, "Packets through the tunnels: at most %" PRIu32 " bytes, TCP MSS %" PRIu32 ".",
		t->mtu, t->mss);
	pen_say(pen, "The gateway renews keys at 75 to 92 %% of their lifetime%s%s.",
		pen->vendor->renewal ? "; this device " : "",
		pen->vendor->renewal ? pen->vendor->renewal : "");
	pen_say(pen, "Lifetimes are the gateway's, so that its renewal comes first and both do not "
		     "meet.");
	if (p->bgp)
		pen_say(pen, "Routes come by BGP; both sessions stay up, the standby's routes are "
			     "worse.");
	else
		pen_say(pen,
			"Routes are static; prefer tunnel 1, and return to it when it is back.");
	pen_say(pen, "Numbers of interfaces come from the connection's name: take others if these "
		     "are in use.");
	if (p->any && !p->bgp && !p->route_count)
		pen_say(pen, "Put NETWORK for what lies behind the gateway.");
}

void pen_pairs(struct pen *pen, const struct peerconf *p)
{
	for (size_t i = 0; i < p->tunnels; i++) {
		if (p->local_count * p->remote_count == 1 || p->tunnel[i].child_per_pair)
			continue;
		pen_say(pen, "Set one_child_per_pair at the gateway: this device has one pair of "
			     "networks per SA.");
		return;
	}
}

static int check_sayable(const struct peerconf *p, const struct vendor *vendor, struct why *why)
{
	for (size_t i = 0; i < p->tunnels; i++) {
		const struct peerconf_tunnel *t = &p->tunnel[i];
		int err = check_psk(vendor, t, why);

		if (err)
			return err;
		if (!vendor->ipv6 &&
			(t->remote.family == ADDR_V6 || p->local->addr.family == ADDR_V6))
			return why_set(why, -EINVAL, "this vendor's text is made for IPv4 alone",
				t->id, "IPv4 addresses and networks", "IPv6");
	}
	return 0;
}

int peerconf_write(const struct peerconf *p, const char *vendor, FILE *out, struct why *why)
{
	struct pen pen = {.out = out, .vendor = find(vendor)};
	struct peerconf told = *p;
	int err;

	if (!pen.vendor)
		return why_set(why, -EINVAL, "no such vendor", NULL, NULL, vendor);
	err = check_sayable(p, pen.vendor, why);
	if (err)
		return err;
	for (size_t i = 0; i < told.tunnels; i++) {
		struct peerconf_tunnel *t = &told.tunnel[i];

		choose(t->v1, t->ike_list, t->ike_count, pen.vendor->ike, &t->ike);
		choose(t->v1, t->esp_list, t->esp_count, pen.vendor->esp, &t->esp);
	}
	say_header(&pen, &told);
	pen.vendor->write(&told, &pen);
	leave_views(&pen, "");
	return 0;
}

bool vendor_id_word(const struct ike_id *id, char dst[static IKE_ID_TEXT])
{
	struct addr a = {.family = id->type == IKE_ID_IPV4   ? ADDR_V4
				   : id->type == IKE_ID_IPV6 ? ADDR_V6
							     : ADDR_NONE};

	if (a.family) {
		memcpy(a.b, id->b, addr_len(&a));
		addr_show(&a, dst);
		return true;
	}
	snprintf(dst, IKE_ID_TEXT, "%.*s", id->len, (const char *)id->b);
	for (size_t i = 0; i < id->len; i++)
		if (!isalnum(id->b[i]) && (!id->b[i] || !strchr("._-@+/:", id->b[i])))
			return false;
	return id->len;
}

char *vendor_id_show(const struct ike_id *id, char dst[static IKE_ID_TEXT])
{
	if (id->type == IKE_ID_ANY)
		return strcpy(dst, "");
	return vendor_id_word(id, dst) ? dst : ike_id_show(id, dst);
}

const char *vendor_local(const struct peerconf_tunnel *t, char dst[static ADDR_TEXT])
{
	return t->local.family ? addr_show(&t->local, dst) : "OUTSIDE-ADDRESS";
}

static uint32_t mask_of(const struct cidr *net)
{
	return net->bits ? UINT32_MAX << (32 - net->bits) : 0;
}

char *vendor_mask(const struct cidr *net, char dst[static ADDR_TEXT])
{
	const struct addr mask = addr_v4(mask_of(net));

	return addr_show(&mask, dst);
}

char *vendor_wildcard(const struct cidr *net, char dst[static ADDR_TEXT])
{
	const struct addr mask = addr_v4(~mask_of(net));

	return addr_show(&mask, dst);
}

char *vendor_networks(const struct cidr *v, size_t n, char dst[static CLOUD_SUBNETS])
{
	const struct schema_list list = {.v = (struct cidr *)(uintptr_t)v, .n = n};

	return cloud_subnets(&list, dst);
}

static bool is_pairs(const struct peerconf *p, const struct peerconf_tunnel *t)
{
	return t->child_per_pair && p->local_count * p->remote_count > 1;
}

// Pairs of two families have no child.
static size_t pairs_before(const struct peerconf *p, size_t stop)
{
	size_t n = 0;

	for (size_t i = 0; i < stop; i++)
		n += p->local[i / p->remote_count].addr.family ==
		     p->remote[i % p->remote_count].addr.family;
	return n;
}

size_t vendor_children(const struct peerconf *p, const struct peerconf_tunnel *t)
{
	return is_pairs(p, t) ? pairs_before(p, p->local_count * p->remote_count) : 1;
}

void vendor_child(const struct peerconf *p, const struct peerconf_tunnel *t, size_t i,
	const struct cidr **local, size_t *locals, const struct cidr **remote, size_t *remotes)
{
	size_t at = 0;

	*local = p->local;
	*locals = p->local_count;
	*remote = p->remote;
	*remotes = p->remote_count;
	if (!is_pairs(p, t))
		return;
	while (pairs_before(p, at + 1) <= i)
		at++;
	*local = &p->local[at / p->remote_count];
	*remote = &p->remote[at % p->remote_count];
	*locals = *remotes = 1;
}
