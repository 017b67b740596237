// Juniper SRX: set commands, with a secure tunnel interface each.
#include <inttypes.h>

#include "peerconf/vendor.h"

#define JUNOS_IKE                                                                                 \
	[ALG_AES128_CBC] = "aes-128-cbc", [ALG_AES192_CBC] = "aes-192-cbc",                       \
	[ALG_AES256_CBC] = "aes-256-cbc", [ALG_3DES_CBC] = "3des-cbc", [ALG_DES_CBC] = "des-cbc", \
	[ALG_MODP768] = "group1", [ALG_MODP1024] = "group2", [ALG_MODP1536] = "group5",           \
	[ALG_MODP2048] = "group14", [ALG_MODP3072] = "group15", [ALG_MODP4096] = "group16",       \
	[ALG_ECP256] = "group19", [ALG_ECP384] = "group20", [ALG_ECP521] = "group21"

// The PRF has the hash of the integrity algorithm, in its language as well.
#define JUNOS_HASHES                                                                            \
	[ALG_PRF_MD5] = "md5", [ALG_PRF_SHA1] = "sha1", [ALG_PRF_SHA256] = "sha-256",           \
	[ALG_PRF_SHA384] = "sha-384", [ALG_PRF_SHA512] = "sha-512", [ALG_HMAC_MD5] = "md5",     \
	[ALG_HMAC_SHA1] = "sha1", [ALG_HMAC_SHA256] = "sha-256", [ALG_HMAC_SHA384] = "sha-384", \
	[ALG_HMAC_SHA512] = "sha-512"

static vendor_names ikev2_names = {
	JUNOS_IKE,
	JUNOS_HASHES,
	[ALG_AES128_GCM16] = "aes-128-gcm",
	[ALG_AES256_GCM16] = "aes-256-gcm",
};

static vendor_names ikev1_names = {JUNOS_IKE, JUNOS_HASHES};

static vendor_names esp_names = {
	JUNOS_IKE,
	[ALG_AES128_GCM16] = "aes-128-gcm",
	[ALG_AES192_GCM16] = "aes-192-gcm",
	[ALG_AES256_GCM16] = "aes-256-gcm",
	[ALG_HMAC_MD5] = "hmac-md5-96",
	[ALG_HMAC_SHA1] = "hmac-sha1-96",
	[ALG_HMAC_SHA256] = "hmac-sha-256-128",
	[ALG_HMAC_SHA384] = "hmac-sha-384",
	[ALG_HMAC_SHA512] = "hmac-sha-512",
};

enum { OBJECT = 64 };

// "set OBJECT word value"; nothing without a value.
static void set(struct pen *pen, const char *object, const char *word, const char *value)
{
	if (value && *value)
		pen_line(pen, "set %s %s %s", object, word, value);
}

static void set_number(struct pen *pen, const char *object, const char *word, uint32_t value)
{
	pen_line(pen, "set %s %s %" PRIu32, object, word, value);
}

static void write_id(
	struct pen *pen, const char *gateway, const char *word, const struct ike_id *id)
{
	static const char *const type[] = {
		[IKE_ID_IPV4] = "inet",
		[IKE_ID_FQDN] = "hostname",
		[IKE_ID_RFC822] = "user-at-hostname",
		[IKE_ID_KEY_ID] = "key-id",
	};
	char text[IKE_ID_TEXT];

	if (id->type == IKE_ID_ANY)
		return;
	if (!vendor_id_word(id, text))
		pen_say(pen, "This device cannot hold the identity %s.", vendor_id_show(id, text));
	else
		pen_line(pen, "set %s %s %s \"%s\"", gateway, word, type[id->type], text);
}

static void write_policy(struct pen *pen, const struct peerconf_tunnel *t, const char *name)
{
	char object[OBJECT], before[OBJECT + 32];

	snprintf(object, sizeof(object), "security ike proposal %s", name);
	set(pen, object, "authentication-method", "pre-shared-keys");
	set(pen, object, "encryption-algorithm", pen_ike(pen, t, t->ike.encr));
	set(pen, object, "authentication-algorithm",
		t->ike.integ ? pen_ike(pen, t, t->ike.integ) : pen_ike(pen, t, t->ike.prf));
	set(pen, object, "dh-group", pen_ike(pen, t, t->ike.ke));
	set_number(pen, object, "lifetime-seconds", t->ike_life_s < 180 ? 180 : t->ike_life_s);
	snprintf(object, sizeof(object), "security ike policy %s", name);
	if (t->v1)
		set(pen, object, "mode", t->aggressive ? "aggressive" : "main");
	set(pen, object, "proposals", name);
	snprintf(before, sizeof(before), "set %s pre-shared-key ", object);
	pen_psk(pen, t, before);
}

static void write_gateway(struct pen *pen, const struct peerconf_tunnel *t, const char *name)
{
	char object[OBJECT], text[ADDR_TEXT];

	snprintf(object, sizeof(object), "security ike gateway %s", name);
	set(pen, object, "ike-policy", name);
	set(pen, object, "address", addr_show(&t->remote, text));
	set(pen, object, "external-interface", "OUTSIDE-INTERFACE");
	if (t->local.family)
		set(pen, object, "local-address", addr_show(&t->local, text));
	write_id(pen, object, "local-identity", &t->local_id);
	write_id(pen, object, "remote-identity", &t->remote_id);
	set(pen, object, "version", t->v1 ? "v1-only" : "v2-only");
	if (t->dpd) {
		set(pen, object, "dead-peer-detection", "always-send");
		set_number(pen, object, "dead-peer-detection interval",
			t->dpd_delay_s < 10   ? 10
			: t->dpd_delay_s > 60 ? 60
					      : t->dpd_delay_s);
		set_number(pen, object, "dead-peer-detection threshold", 3);
	}
	if (!t->nat_traversal)
		pen_line(pen, "set %s no-nat-traversal", object);
}

static void write_esp(struct pen *pen, const struct peerconf_tunnel *t, const char *name)
{
	char object[OBJECT];

	snprintf(object, sizeof(object), "security ipsec proposal %s", name);
	set(pen, object, "protocol", "esp");
	set(pen, object, "encryption-algorithm", pen_esp(pen, t, t->esp.encr));
	set(pen, object, "authentication-algorithm", pen_esp(pen, t, t->esp.integ));
	set_number(pen, object, "lifetime-seconds", t->esp_life_s < 180 ? 180 : t->esp_life_s);
	if (t->esp.esn)
		pen_line(pen, "set %s extended-sequence-number", object);
	snprintf(object, sizeof(object), "security ipsec policy %s", name);
	set(pen, object, "perfect-forward-secrecy keys", pen_esp(pen, t, t->esp.ke));
	set(pen, object, "proposals", name);
}

// One pair is a proxy identity; several are traffic selectors with an SA each.
static void write_selectors(struct pen *pen, const struct peerconf *p, const char *vpn)
{
	size_t pairs = p->local_count * p->remote_count;
	char local[CIDR_TEXT], remote[CIDR_TEXT];

	if (p->any)
		return;
	if (pairs == 1) {
		set(pen, vpn, "ike proxy-identity local", cidr_show(&p->local[0], local));
		set(pen, vpn, "ike proxy-identity remote", cidr_show(&p->remote[0], remote));
		set(pen, vpn, "ike proxy-identity service", "any");
		return;
	}
	for (size_t i = 0; i < pairs; i++)
		pen_line(pen, "set %s traffic-selector ts-%zu local-ip %s remote-ip %s", vpn, i + 1,
			cidr_show(&p->local[i / p->remote_count], local),
			cidr_show(&p->remote[i % p->remote_count], remote));
}

static void write_vpn(struct pen *pen, const struct peerconf *p, size_t i, const char *name)
{
	const struct peerconf_tunnel *t = &p->tunnel[i];
	char object[OBJECT], text[ADDR_TEXT], net[CIDR_TEXT];
	size_t unit = p->number + i + 1;

	snprintf(object, sizeof(object), "security ipsec vpn %s", name);
	pen_line(pen, "set %s bind-interface st0.%zu", object, unit);
	set(pen, object, "ike gateway", name);
	set(pen, object, "ike ipsec-policy", name);
	write_selectors(pen, p, object);
	set(pen, object, "establish-tunnels", t->begins ? "immediately" : "on-traffic");
	pen_line(pen, "set interfaces st0 unit %zu family inet mtu %" PRIu32, unit, t->mtu);
	if (p->bgp)
		pen_line(pen, "set interfaces st0 unit %zu family inet address %s/%u", unit,
			addr_show(&t->local_bgp, text), t->bgp_net.bits);
	pen_line(pen, "set security zones security-zone VPN-ZONE interfaces st0.%zu", unit);
	for (size_t j = 0; !p->bgp && j < p->route_count; j++)
		pen_line(pen,
			"set routing-options static route %s qualified-next-hop st0.%zu preference "
			"%d",
			cidr_show(&p->routes[j], net), unit, i ? 20 : 5);
	if (!p->bgp && !p->route_count)
		pen_line(pen,
			"set routing-options static route NETWORK qualified-next-hop st0.%zu "
			"preference %d",
			unit, i ? 20 : 5);
}

static void write_bgp(struct pen *pen, const struct peerconf *p)
{
	char text[ADDR_TEXT], net[CIDR_TEXT], before[OBJECT + ADDR_TEXT];

	pen_line(pen, "set routing-options autonomous-system %" PRIu32, p->tunnel[0].local_asn);
	pen_line(pen,
		"set security zones security-zone VPN-ZONE host-inbound-traffic protocols bgp");
	for (size_t j = 0; j < p->local_count; j++)
		pen_line(pen,
			"set policy-options policy-statement %s-OUT term 1 from route-filter %s "
			"exact",
			p->name, p->any ? "LOCAL-NETWORK" : cidr_show(&p->local[j], net));
	pen_line(pen, "set policy-options policy-statement %s-OUT term 1 then accept", p->name);
	pen_line(pen, "set policy-options policy-statement %s-OUT term 2 then reject", p->name);
	for (size_t i = 0; i < p->tunnels; i++) {
		const struct peerconf_tunnel *t = &p->tunnel[i];

		pen_line(pen, "set protocols bgp group %s-%zu type external", p->name, i + 1);
		pen_line(pen, "set protocols bgp group %s-%zu export %s-OUT", p->name, i + 1,
			p->name);
		if (i)
			pen_line(pen, "set protocols bgp group %s-2 local-preference 50", p->name);
		if (i)
			pen_line(pen, "set protocols bgp group %s-2 metric-out 100", p->name);
		pen_line(pen, "set protocols bgp group %s-%zu hold-time 30", p->name, i + 1);
		pen_line(pen, "set protocols bgp group %s-%zu neighbor %s peer-as %" PRIu32,
			p->name, i + 1, addr_show(&t->remote_bgp, text), t->remote_asn);
		snprintf(before, sizeof(before),
			"set protocols bgp group %s-%zu authentication-key ", p->name, i + 1);
		pen_bgp_secret(pen, t, before);
	}
}

static void write_all(const struct peerconf *p, struct pen *pen)
{
	char name[PEERCONF_NAME + 24];

	pen_say(pen,
		"Policies between your zones and VPN-ZONE must let the traffic pass, both ways.");
	if (!p->any)
		pen_pairs(pen, p);
	for (size_t i = 0; i < p->tunnels; i++) {
		snprintf(name, sizeof(name), "%s-%zu", p->name, i + 1);
		pen_tunnel(pen, p, i);
		write_policy(pen, &p->tunnel[i], name);
		write_gateway(pen, &p->tunnel[i], name);
		write_esp(pen, &p->tunnel[i], name);
		write_vpn(pen, p, i, name);
	}
	pen_gap(pen);
	pen_line(pen, "set security zones security-zone OUTSIDE-ZONE host-inbound-traffic "
		      "system-services ike");
	pen_line(pen, "set security flow tcp-mss ipsec-vpn mss %" PRIu32, p->tunnel[0].mss);
	if (p->bgp)
		write_bgp(pen, p);
}

const struct vendor vendor_juniper_srx = {
	.name = "juniper-srx",
	.device = "Juniper SRX",
	.comment = "#",
	.psk = {.open = "ascii-text \"",
		.close = "\"",
		.escape = "",
		.never = "\"\\?",
		.max = 255,
		.hex = "hexadecimal "},
	.ike = {&ikev2_names, &ikev1_names},
	.esp = {&esp_names, &esp_names},
	.renewal = "shortly before the end",
	.write = write_all,
};
