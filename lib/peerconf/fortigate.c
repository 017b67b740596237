// FortiGate (FortiOS 6.4 and later): a tunnel interface each, a phase 2 for each pair of networks.
#include <inttypes.h>

#include "peerconf/cisco.h"
#include "peerconf/vendor.h"

static vendor_names ike_names = {
	[ALG_AES128_CBC] = "aes128",
	[ALG_AES192_CBC] = "aes192",
	[ALG_AES256_CBC] = "aes256",
	[ALG_AES128_GCM16] = "aes128gcm",
	[ALG_AES256_GCM16] = "aes256gcm",
	[ALG_CHACHA20_POLY1305] = "chacha20poly1305",
	[ALG_3DES_CBC] = "3des",
	[ALG_DES_CBC] = "des",
	// Beside a cipher with its own integrity, the PRF alone is named.
	[ALG_PRF_SHA1] = "prfsha1",
	[ALG_PRF_SHA256] = "prfsha256",
	[ALG_PRF_SHA384] = "prfsha384",
	[ALG_PRF_SHA512] = "prfsha512",
	[ALG_PRF_MD5] = "prfmd5",
	[ALG_HMAC_MD5] = "md5",
	[ALG_HMAC_SHA1] = "sha1",
	[ALG_HMAC_SHA256] = "sha256",
	[ALG_HMAC_SHA384] = "sha384",
	[ALG_HMAC_SHA512] = "sha512",
	[ALG_MODP768] = "1",
	[ALG_MODP1024] = "2",
	[ALG_MODP1536] = "5",
	[ALG_MODP2048] = "14",
	[ALG_MODP3072] = "15",
	[ALG_MODP4096] = "16",
	[ALG_MODP6144] = "17",
	[ALG_MODP8192] = "18",
	[ALG_ECP256] = "19",
	[ALG_ECP384] = "20",
	[ALG_ECP521] = "21",
	[ALG_X25519] = "31",
};

static void set(struct pen *pen, const char *word, const char *value)
{
	pen_line(pen, "        set %s %s", word, value);
}

static void set_number(struct pen *pen, const char *word, uint32_t value)
{
	pen_line(pen, "        set %s %" PRIu32, word, value);
}

static void write_suite(struct pen *pen, const char *encr, const char *hash, const char *group)
{
	if (encr && hash)
		pen_line(pen, "        set proposal %s%s%s", encr, *hash ? "-" : "", hash);
	if (group && *group)
		set(pen, "dhgrp", group);
}

static void write_ids(struct pen *pen, const struct peerconf_tunnel *t)
{
	static const char *const type[] = {
		[IKE_ID_IPV4] = "address",
		[IKE_ID_FQDN] = "fqdn",
		[IKE_ID_RFC822] = "user-fqdn",
		[IKE_ID_KEY_ID] = "keyid",
	};
	char text[IKE_ID_TEXT];

	if (t->local_id.type != IKE_ID_ANY && vendor_id_word(&t->local_id, text)) {
		set(pen, "localid-type", type[t->local_id.type]);
		pen_line(pen, "        set localid \"%s\"", text);
	} else if (t->local_id.type != IKE_ID_ANY) {
		pen_say(pen, "This device cannot say that it is %s.",
			vendor_id_show(&t->local_id, text));
	}
	if (t->remote_id.type == IKE_ID_IPV4 || !vendor_id_word(&t->remote_id, text)) {
		set(pen, "peertype", "any");
	} else {
		set(pen, "peertype", "one");
		pen_line(pen, "        set peerid \"%s\"", text);
	}
}

static void write_phase1(struct pen *pen, const struct peerconf_tunnel *t, const char *name)
{
	char text[ADDR_TEXT];

	pen_line(pen, "config vpn ipsec phase1-interface");
	pen_line(pen, "    edit \"%s\"", name);
	set(pen, "interface", "\"OUTSIDE-INTERFACE\"");
	set(pen, "ike-version", t->v1 ? "1" : "2");
	if (t->v1)
		set(pen, "mode", t->aggressive ? "aggressive" : "main");
	write_ids(pen, t);
	set(pen, "net-device", "disable");
	write_suite(pen, pen_ike(pen, t, t->ike.encr),
		t->ike.integ ? pen_ike(pen, t, t->ike.integ) : pen_ike(pen, t, t->ike.prf),
		pen_ike(pen, t, t->ike.ke));
	set_number(pen, "keylife", t->ike_life_s < 120 ? 120 : t->ike_life_s);
	if (t->dpd) {
		set(pen, "dpd", "on-idle");
		set_number(pen, "dpd-retrycount", 3);
		set_number(pen, "dpd-retryinterval", t->dpd_delay_s);
	} else {
		set(pen, "dpd", "disable");
	}
	set(pen, "nattraversal", t->nat_traversal ? "enable" : "disable");
	if (t->local.family)
		set(pen, "local-gw", addr_show(&t->local, text));
	set(pen, "remote-gw", addr_show(&t->remote, text));
	pen_psk(pen, t, "        set psksecret ");
	pen_line(pen, "    next");
	pen_line(pen, "end");
}

static void write_phase2(struct pen *pen, const struct peerconf *p, const struct peerconf_tunnel *t,
	const char *name)
{
	char net[CISCO_NET];

	pen_line(pen, "config vpn ipsec phase2-interface");
	for (size_t i = 0; i < p->local_count * p->remote_count; i++) {
		pen_line(pen, "    edit \"%s-%zu\"", name, i + 1);
		pen_line(pen, "        set phase1name \"%s\"", name);
		write_suite(pen, pen_esp(pen, t, t->esp.encr), pen_esp(pen, t, t->esp.integ), NULL);
		set(pen, "pfs", t->esp.ke ? "enable" : "disable");
		if (t->esp.ke && pen_esp(pen, t, t->esp.ke))
			set(pen, "dhgrp", pen_esp(pen, t, t->esp.ke));
		set(pen, "keylife-type", "seconds");
		set_number(pen, "keylifeseconds", t->esp_life_s < 120 ? 120 : t->esp_life_s);
		set(pen, "auto-negotiate", t->begins ? "enable" : "disable");
		set(pen, "src-subnet", cisco_net(&p->local[i / p->remote_count], net));
		set(pen, "dst-subnet", cisco_net(&p->remote[i % p->remote_count], net));
		pen_line(pen, "    next");
	}
	pen_line(pen, "end");
	if (t->esp.esn)
		pen_say(pen, "This device has no extended sequence numbers: noesn at the gateway.");
}

static void write_interface(struct pen *pen, const struct peerconf *p,
	const struct peerconf_tunnel *t, const char *name)
{
	char local[ADDR_TEXT], remote[ADDR_TEXT];

	pen_line(pen, "config system interface");
	pen_line(pen, "    edit \"%s\"", name);
	if (p->bgp) {
		pen_line(pen, "        set ip %s 255.255.255.255", addr_show(&t->local_bgp, local));
		pen_line(pen, "        set remote-ip %s 255.255.255.252",
			addr_show(&t->remote_bgp, remote));
	}
	set_number(pen, "tcp-mss", t->mss);
	pen_line(pen, "    next");
	pen_line(pen, "end");
}

// A route of an interface without SAs does not count.
static void write_routes(struct pen *pen, const struct peerconf *p, size_t i, const char *name)
{
	char net[CISCO_NET];

	pen_line(pen, "config router static");
	for (size_t j = 0; j < p->route_count || !j; j++) {
		pen_line(pen, "    edit 0");
		set(pen, "dst", p->route_count ? cisco_net(&p->routes[j], net) : "NETWORK MASK");
		pen_line(pen, "        set device \"%s\"", name);
		set_number(pen, "distance", i ? 20 : 10);
		pen_line(pen, "    next");
	}
	pen_line(pen, "end");
}

static void write_bgp(struct pen *pen, const struct peerconf *p)
{
	char text[CISCO_NET];

	if (p->tunnels > 1) {
		pen_line(pen, "config router route-map");
		pen_line(pen,
			"    edit \"%s-IN\"\n        config rule\n            edit 1\n"
			"                set set-local-preference 50\n            next\n"
			"        end\n    next",
			p->name);
		pen_line(pen,
			"    edit \"%s-OUT\"\n        config rule\n            edit 1\n"
			"                set set-aspath \"%" PRIu32 "\"\n            next\n"
			"        end\n    next\nend",
			p->name, p->tunnel[0].local_asn);
	}
	pen_line(pen, "config router bgp");
	pen_line(pen, "    set as %" PRIu32, p->tunnel[0].local_asn);
	pen_line(pen, "    config neighbor");
	for (size_t i = 0; i < p->tunnels; i++) {
		const struct peerconf_tunnel *t = &p->tunnel[i];

		pen_line(pen, "        edit \"%s\"", addr_show(&t->remote_bgp, text));
		pen_line(pen, "            set remote-as %" PRIu32, t->remote_asn);
		pen_line(pen, "            set keep-alive-timer 10");
		pen_line(pen, "            set holdtime-timer 30");
		pen_bgp_secret(pen, t, "            set password ");
		if (i)
			pen_line(pen, "            set route-map-in \"%s-IN\"", p->name);
		if (i)
			pen_line(pen, "            set route-map-out \"%s-OUT\"", p->name);
		pen_line(pen, "        next");
	}
	pen_line(pen, "    end");
	pen_line(pen, "    config network");
	for (size_t i = 0; i < p->local_count; i++)
		pen_line(pen, "        edit %zu\n            set prefix %s\n        next", i + 1,
			p->any ? "LOCAL-NETWORK LOCAL-MASK" : cisco_net(&p->local[i], text));
	pen_line(pen, "    end");
	pen_line(pen, "end");
}

static void write_all(const struct peerconf *p, struct pen *pen)
{
	char name[PEERCONF_NAME + 24];

	pen_say(pen,
		"Firewall policies between your networks and the tunnel interfaces are needed, "
		"both ways.");
	if (!p->any)
		pen_pairs(pen, p);
	for (size_t i = 0; i < p->tunnels; i++) {
		snprintf(name, sizeof(name), "%s-%zu", p->name, i + 1);
		pen_tunnel(pen, p, i);
		write_phase1(pen, &p->tunnel[i], name);
		write_phase2(pen, p, &p->tunnel[i], name);
		write_interface(pen, p, &p->tunnel[i], name);
		if (!p->bgp)
			write_routes(pen, p, i, name);
	}
	if (p->bgp)
		write_bgp(pen, p);
}

const struct vendor vendor_fortigate = {
	.name = "fortigate",
	.device = "FortiGate",
	.comment = "#",
	.psk = {.open = "\"",
		.close = "\"",
		.escape = "\"\\'",
		.never = "?",
		.taken = "0x ENC",
		.max = 128,
		.hex = "0x"},
	.ike = {&ike_names, &ike_names},
	.esp = {&ike_names, &ike_names},
	.renewal = "shortly before the end",
	.write = write_all,
};
