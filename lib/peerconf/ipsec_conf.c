// ipsec.conf and ipsec.secrets, in strongSwan's older dialect and in libreswan's.
#include <inttypes.h>
#include <string.h>

#include "peerconf/swan.h"
#include "peerconf/vendor.h"

// Debian's build leaves out what is too weak; group names follow swan.c's shape.
static vendor_names libreswan_names = {
	[ALG_AES128_CBC] = "aes128",
	[ALG_AES192_CBC] = "aes192",
	[ALG_AES256_CBC] = "aes256",
	[ALG_AES128_GCM16] = "aes_gcm128",
	[ALG_AES192_GCM16] = "aes_gcm192",
	[ALG_AES256_GCM16] = "aes_gcm256",
	[ALG_CHACHA20_POLY1305] = "chacha20_poly1305",
	[ALG_3DES_CBC] = "3des",
	[ALG_PRF_MD5] = "md5",
	[ALG_PRF_SHA1] = "sha1",
	[ALG_PRF_SHA256] = "sha2_256",
	[ALG_PRF_SHA384] = "sha2_384",
	[ALG_PRF_SHA512] = "sha2_512",
	[ALG_HMAC_MD5] = "md5",
	[ALG_HMAC_SHA1] = "sha1",
	[ALG_HMAC_SHA256] = "sha2_256",
	[ALG_HMAC_SHA384] = "sha2_384",
	[ALG_HMAC_SHA512] = "sha2_512",
	[ALG_MODP1536] = "modp1536",
	[ALG_MODP2048] = "modp2048",
	[ALG_MODP3072] = "modp3072",
	[ALG_MODP4096] = "modp4096",
	[ALG_MODP6144] = "modp6144",
	[ALG_MODP8192] = "modp8192",
	[ALG_ECP256] = "dh19",
	[ALG_ECP384] = "dh20",
	[ALG_ECP521] = "dh21",
	[ALG_X25519] = "dh31",
};

static bool is_libreswan(const struct pen *pen)
{
	return pen->vendor == &vendor_libreswan;
}

// In libreswan's words: "@name", "@#6b6579", "user@domain".
static char *libreswan_id(const struct ike_id *id, char dst[static SWAN_ID])
{
	char word[IKE_ID_TEXT];
	size_t at;

	if (id->type != IKE_ID_KEY_ID) {
		vendor_id_word(id, word);
		snprintf(dst, SWAN_ID, "%s%s", id->type == IKE_ID_FQDN ? "@" : "", word);
		return dst;
	}
	at = (size_t)snprintf(dst, SWAN_ID, "@#");
	for (size_t i = 0; i < id->len; i++)
		at += (size_t)snprintf(dst + at, SWAN_ID - at, "%02x", id->b[i]);
	return dst;
}

static char *id_text(const struct pen *pen, const struct ike_id *id, char dst[static SWAN_ID])
{
	return is_libreswan(pen) ? libreswan_id(id, dst) : swan_id(id, dst);
}

static void write_side(
	struct pen *pen, const char *side, const struct addr *addr, const struct ike_id *id)
{
	char text[ADDR_TEXT], who[SWAN_ID];

	pen_line(pen, "%s=%s", side,
		addr->family	    ? addr_show(addr, text)
		: is_libreswan(pen) ? "%defaultroute"
				    : "%any");
	if (id->type != IKE_ID_ANY)
		pen_line(pen, "%sid=\"%s\"", side, id_text(pen, id, who));
}

// "leftsubnet=10.1.0.0/24"; libreswan has another word for several.
static void write_networks(struct pen *pen, const char *side, const struct cidr *v, size_t n)
{
	char text[CLOUD_SUBNETS];

	vendor_networks(v, n, text);
	if (is_libreswan(pen) && n > 1)
		pen_line(pen, "%ssubnets={%s}", side, text);
	else
		pen_line(pen, "%ssubnet=%s", side, text);
}

static void write_child(
	struct pen *pen, const struct peerconf *p, const struct peerconf_tunnel *t, size_t child)
{
	const struct cidr *local = p->local, *remote = p->remote;
	size_t locals = p->local_count, remotes = p->remote_count;

	// libreswan 4 makes a child of each pair by itself, and has no other way.
	if (!is_libreswan(pen))
		vendor_child(p, t, child, &local, &locals, &remote, &remotes);
	else if (locals * remotes > 1 && !t->child_per_pair)
		pen_say(pen, "Set one_child_per_pair at the gateway: libreswan has one pair of "
			     "networks per SA.");
	write_networks(pen, "left", local, locals);
	write_networks(pen, "right", remote, remotes);
	pen_line(pen, "auto=%s", t->begins ? "start" : "add");
}

static void write_version(struct pen *pen, const struct peerconf_tunnel *t)
{
	char ike[SWAN_PROPOSAL], esp[SWAN_PROPOSAL];
	// An exclamation mark keeps strongSwan from adding its own proposals.
	const char *only = is_libreswan(pen) ? "" : "!";

	if (is_libreswan(pen))
		pen_line(pen, "ikev2=%s", t->v1 ? "no" : "yes");
	else
		pen_line(pen, "keyexchange=%s", t->v1 ? "ikev1" : "ikev2");
	if (t->v1)
		pen_line(pen, "aggressive=%s", t->aggressive ? "yes" : "no");
	pen_line(pen, "ike=%s%s", swan_ike(pen, t, ike), only);
	pen_line(pen, "esp=%s%s", swan_esp(pen, t, esp), only);
	if (is_libreswan(pen))
		pen_line(pen, "pfs=%s", t->esp.ke ? "yes" : "no");
}

static void write_times(struct pen *pen, const struct peerconf_tunnel *t)
{
	uint32_t shorter = t->esp_life_s < t->ike_life_s ? t->esp_life_s : t->ike_life_s;

	pen_line(pen, "ikelifetime=%" PRIu32 "s", t->ike_life_s);
	pen_line(pen, "%s=%" PRIu32 "s", is_libreswan(pen) ? "salifetime" : "lifetime",
		t->esp_life_s);
	// Both lives have one margin in this language.
	pen_line(pen, "rekeymargin=%" PRIu32 "s", shorter - swan_part(shorter, 97));
	pen_line(pen, "rekeyfuzz=60%%");
	pen_line(pen, "keyingtries=%s", is_libreswan(pen) ? "0" : "%forever");
	pen_line(pen, "dpddelay=%" PRIu32 "%s", t->dpd_delay_s, is_libreswan(pen) ? "" : "s");
	pen_line(pen, "dpdtimeout=%" PRIu32 "%s", t->dpd_delay_s + t->dpd_timeout_s,
		is_libreswan(pen) ? "" : "s");
	pen_line(pen, "dpdaction=%s", t->begins ? "restart" : "clear");
}

static void write_interface(struct pen *pen, const struct peerconf *p, size_t i)
{
	size_t number = p->number + i + 1;

	if (!swan_has_interfaces(p))
		return;
	if (is_libreswan(pen))
		pen_line(pen, "ipsec-interface=%zu", number);
	else
		pen_line(pen, "mark=%zu", number);
}

// A conn of all, and when there are more children, one of each that refers to it.
static void write_connection(struct pen *pen, const struct peerconf *p, size_t i)
{
	const struct peerconf_tunnel *t = &p->tunnel[i];
	size_t children = is_libreswan(pen) ? 1 : vendor_children(p, t);

	pen_tunnel(pen, p, i);
	pen_line(pen, "conn %s-%zu", p->name, i + 1);
	pen->indent = 8;
	pen_line(pen, "authby=secret");
	write_version(pen, t);
	write_side(pen, "left", &t->local, &t->local_id);
	write_side(pen, "right", &t->remote, &t->remote_id);
	write_times(pen, t);
	write_interface(pen, p, i);
	if (!t->v1)
		pen_line(pen, "mobike=no");
	if (children == 1)
		write_child(pen, p, t, 0);
	for (size_t at = 0; children > 1 && at < children; at++) {
		pen->indent = 0;
		pen_line(pen, "conn %s-%zu-%zu", p->name, i + 1, at + 1);
		pen->indent = 8;
		pen_line(pen, "also=%s-%zu", p->name, i + 1);
		write_child(pen, p, t, at);
	}
	pen->indent = 0;
}

static void write_secret(struct pen *pen, const struct peerconf_tunnel *t)
{
	char local[SWAN_ID], remote[SWAN_ID], before[2 * SWAN_ID + 16];

	snprintf(before, sizeof(before), "%s %s : PSK ",
		t->local_id.type == IKE_ID_ANY ? "%any" : id_text(pen, &t->local_id, local),
		id_text(pen, &t->remote_id, remote));
	pen_psk(pen, t, before);
}

static void say_machine(struct pen *pen, const struct peerconf *p)
{
	char local[ADDR_TEXT], remote[ADDR_TEXT];
	bool v1 = false, aggressive = false;

	for (size_t i = 0; i < p->tunnels; i++) {
		v1 = v1 || p->tunnel[i].v1;
		aggressive = aggressive || p->tunnel[i].aggressive;
	}
	if (v1 && is_libreswan(pen))
		pen_say(pen, "libreswan 4 answers IKEv1 with ikev1-policy=accept in config setup "
			     "alone.");
	if (aggressive && !is_libreswan(pen))
		pen_say(pen,
			"To answer in aggressive mode, charon wants in strongswan.conf:\n%s   "
			"i_dont_care_about_security_and_use_aggressive_mode_psk = yes",
			pen->vendor->comment);
	if (!swan_has_interfaces(p) || is_libreswan(pen))
		return;
	pen_say(pen,
		"An interface per tunnel carries its packets; charon wants install_routes = no:");
	for (size_t i = 0; i < p->tunnels; i++) {
		const struct peerconf_tunnel *t = &p->tunnel[i];

		pen_say(pen, "  ip link add %s-%zu type vti local %s remote %s key %zu", p->name,
			i + 1, vendor_local(t, local), addr_show(&t->remote, remote),
			p->number + i + 1);
		pen_say(pen, "  ip link set %s-%zu up mtu %" PRIu32, p->name, i + 1, t->mtu);
	}
}

static void write_all(const struct peerconf *p, struct pen *pen)
{
	say_machine(pen, p);
	swan_say_twins(pen, p);
	swan_interfaces(pen, p, swan_has_interfaces(p) ? SWAN_ROUTES : SWAN_POLICY);
	pen_gap(pen);
	pen_say(pen, "---- for %s",
		is_libreswan(pen) ? "/etc/ipsec.d/NAME.conf" : "/etc/ipsec.conf");
	if (swan_has_twins(p)) {
		pen_line(pen, "config setup");
		pen_line(pen, "        uniqueids=%s", is_libreswan(pen) ? "no" : "never");
	}
	for (size_t i = 0; i < p->tunnels; i++)
		write_connection(pen, p, i);
	pen_gap(pen);
	pen_say(pen, "---- for %s",
		is_libreswan(pen) ? "/etc/ipsec.d/NAME.secrets" : "/etc/ipsec.secrets");
	for (size_t i = 0; i < p->tunnels; i++)
		write_secret(pen, &p->tunnel[i]);
}

const struct vendor vendor_strongswan_ipsec = {
	.name = "strongswan-ipsec",
	.device = "strongSwan (ipsec.conf, ipsec.secrets)",
	.comment = "#",
	.ipv6 = true,
	.psk = {.open = "\"",
		.close = "\"",
		.escape = "",
		.never = "\"",
		.max = 256,
		.utf8 = true,
		.hex = "0x"},
	.ike = {&swan_names, &swan_names},
	.esp = {&swan_names, &swan_names},
	.renewal = "at 95 to 97 %",
	.write = write_all,
};

const struct vendor vendor_libreswan = {
	.name = "libreswan",
	.device = "libreswan",
	.comment = "#",
	.ipv6 = true,
	.psk = {.open = "\"",
		.close = "\"",
		.escape = "",
		.never = "\"",
		.max = 256,
		.utf8 = true,
		.hex = "0x"},
	.ike = {&libreswan_names, &libreswan_names},
	.esp = {&libreswan_names, &libreswan_names},
	.renewal = "at 95 to 97 %",
	.write = write_all,
};
