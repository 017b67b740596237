// VyOS 1.4 and later: set commands, with a virtual tunnel interface each.
#include <inttypes.h>

#include "peerconf/swan.h"
#include "peerconf/vendor.h"

static vendor_names ike_names = {
	[ALG_AES128_CBC] = "aes128",
	[ALG_AES192_CBC] = "aes192",
	[ALG_AES256_CBC] = "aes256",
	[ALG_AES128_GCM16] = "aes128gcm128",
	[ALG_AES192_GCM16] = "aes192gcm128",
	[ALG_AES256_GCM16] = "aes256gcm128",
	[ALG_CHACHA20_POLY1305] = "chacha20poly1305",
	[ALG_3DES_CBC] = "3des",
	[ALG_PRF_MD5] = "prfmd5",
	[ALG_PRF_SHA1] = "prfsha1",
	[ALG_PRF_SHA256] = "prfsha256",
	[ALG_PRF_SHA384] = "prfsha384",
	[ALG_PRF_SHA512] = "prfsha512",
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

enum { OBJECT = 64 };

static void set(struct pen *pen, const char *object, const char *word, const char *value)
{
	if (value && *value)
		pen_line(pen, "set vpn ipsec %s %s '%s'", object, word, value);
}

static void set_number(struct pen *pen, const char *object, const char *word, uint32_t value)
{
	pen_line(pen, "set vpn ipsec %s %s '%" PRIu32 "'", object, word, value);
}

static void write_ike(struct pen *pen, const struct peerconf_tunnel *t, const char *name)
{
	char object[OBJECT];
	bool implied = t->ike.integ && alg_prf_of(t->ike.integ) == t->ike.prf;

	snprintf(object, sizeof(object), "ike-group %s", name);
	set(pen, object, "key-exchange", t->v1 ? "ikev1" : "ikev2");
	if (t->v1)
		set(pen, object, "mode", t->aggressive ? "aggressive" : "main");
	set_number(pen, object, "lifetime", t->ike_life_s < 30 ? 30 : t->ike_life_s);
	if (!t->v1)
		pen_line(pen, "set vpn ipsec %s disable-rekey", object);
	if (!t->v1)
		pen_line(pen, "set vpn ipsec %s disable-mobike", object);
	set(pen, object, "proposal 1 encryption", pen_ike(pen, t, t->ike.encr));
	set(pen, object, "proposal 1 hash", pen_ike(pen, t, t->ike.integ));
	if (!implied)
		set(pen, object, "proposal 1 prf", pen_ike(pen, t, t->ike.prf));
	set(pen, object, "proposal 1 dh-group", pen_ike(pen, t, t->ike.ke));
	set(pen, object, "dead-peer-detection action", t->begins ? "restart" : "clear");
	set_number(pen, object, "dead-peer-detection interval",
		t->dpd_delay_s < 2 ? 2 : t->dpd_delay_s);
	if (t->v1)
		set_number(pen, object, "dead-peer-detection timeout",
			t->dpd_delay_s + t->dpd_timeout_s);
}

static void write_esp(struct pen *pen, const struct peerconf_tunnel *t, const char *name)
{
	char object[OBJECT];

	snprintf(object, sizeof(object), "esp-group %s", name);
	set(pen, object, "mode", "tunnel");
	set_number(pen, object, "lifetime", t->esp_life_s < 30 ? 30 : t->esp_life_s);
	pen_line(pen, "set vpn ipsec %s disable-rekey", object);
	if (!t->esp.ke)
		set(pen, object, "pfs", "disable");
	else if (pen_esp(pen, t, t->esp.ke))
		pen_line(pen, "set vpn ipsec %s pfs 'dh-group%s'", object,
			pen_esp(pen, t, t->esp.ke));
	set(pen, object, "proposal 1 encryption", pen_esp(pen, t, t->esp.encr));
	set(pen, object, "proposal 1 hash", pen_esp(pen, t, t->esp.integ));
	if (t->esp.esn)
		pen_say(pen, "This device has no extended sequence numbers: noesn at the gateway.");
}

// The daemon behind it is strongSwan, and guesses types from text in the same way.
static const char *id_text(const struct ike_id *id, char dst[static SWAN_ID])
{
	char word[IKE_ID_TEXT];

	if (id->type == IKE_ID_KEY_ID || !vendor_id_word(id, word))
		return swan_id(id, dst);
	snprintf(dst, SWAN_ID, "%s", word);
	return dst;
}

static void write_secret(struct pen *pen, const struct peerconf_tunnel *t, const char *name)
{
	char object[OBJECT], id[SWAN_ID], before[OBJECT + 32];

	snprintf(object, sizeof(object), "authentication psk %s", name);
	if (t->local_id.type != IKE_ID_ANY)
		set(pen, object, "id", id_text(&t->local_id, id));
	set(pen, object, "id", id_text(&t->remote_id, id));
	snprintf(before, sizeof(before), "set vpn ipsec %s secret ", object);
	pen_psk(pen, t, before);
}

static void write_peer(struct pen *pen, const struct peerconf *p, size_t i, const char *name)
{
	const struct peerconf_tunnel *t = &p->tunnel[i];
	char object[OBJECT], text[ADDR_TEXT], id[SWAN_ID], net[CIDR_TEXT];

	snprintf(object, sizeof(object), "site-to-site peer %s", name);
	set(pen, object, "authentication mode", "pre-shared-secret");
	if (t->local_id.type != IKE_ID_ANY)
		set(pen, object, "authentication local-id", id_text(&t->local_id, id));
	set(pen, object, "authentication remote-id", id_text(&t->remote_id, id));
	set(pen, object, "connection-type", t->begins ? "initiate" : "respond");
	set(pen, object, "ike-group", name);
	set(pen, object, "local-address", t->local.family ? addr_show(&t->local, text) : "any");
	set(pen, object, "remote-address", addr_show(&t->remote, text));
	pen_line(pen, "set vpn ipsec %s vti bind 'vti%zu'", object, p->number + i + 1);
	set(pen, object, "vti esp-group", name);
	for (size_t j = 0; !p->any && j < p->local_count; j++)
		set(pen, object, "vti traffic-selector local prefix", cidr_show(&p->local[j], net));
	for (size_t j = 0; !p->any && j < p->remote_count; j++)
		set(pen, object, "vti traffic-selector remote prefix",
			cidr_show(&p->remote[j], net));
	if (t->child_per_pair && p->local_count * p->remote_count > 1)
		pen_say(pen, "One SA for all networks: one_child_per_pair = false at the gateway.");
}

static void write_interface(struct pen *pen, const struct peerconf *p, size_t i)
{
	const struct peerconf_tunnel *t = &p->tunnel[i];
	size_t number = p->number + i + 1;
	char text[ADDR_TEXT], net[CIDR_TEXT];

	pen_line(pen, "set interfaces vti vti%zu mtu '%" PRIu32 "'", number, t->mtu);
	pen_line(pen, "set interfaces vti vti%zu ip adjust-mss '%" PRIu32 "'", number, t->mss);
	if (p->bgp)
		pen_line(pen, "set interfaces vti vti%zu address '%s/%u'", number,
			addr_show(&t->local_bgp, text), t->bgp_net.bits);
	for (size_t j = 0; !p->bgp && (j < p->route_count || !j); j++)
		pen_line(pen, "set protocols static route %s interface vti%zu distance '%d'",
			p->route_count ? cidr_show(&p->routes[j], net) : "NETWORK", number,
			i ? 20 : 10);
}

static void write_bgp(struct pen *pen, const struct peerconf *p)
{
	char text[ADDR_TEXT], net[CIDR_TEXT], before[OBJECT + ADDR_TEXT];

	pen_gap(pen);
	pen_line(pen, "set protocols bgp system-as '%" PRIu32 "'", p->tunnel[0].local_asn);
	if (p->tunnels > 1) {
		pen_line(pen, "set policy route-map %s-IN rule 1 action 'permit'", p->name);
		pen_line(pen, "set policy route-map %s-IN rule 1 set local-preference '50'",
			p->name);
		pen_line(pen, "set policy route-map %s-OUT rule 1 action 'permit'", p->name);
		pen_line(pen,
			"set policy route-map %s-OUT rule 1 set as-path prepend '%" PRIu32 "'",
			p->name, p->tunnel[0].local_asn);
	}
	for (size_t i = 0; i < p->tunnels; i++) {
		const struct peerconf_tunnel *t = &p->tunnel[i];

		addr_show(&t->remote_bgp, text);
		pen_line(pen, "set protocols bgp neighbor %s remote-as '%" PRIu32 "'", text,
			t->remote_asn);
		pen_line(pen, "set protocols bgp neighbor %s timers keepalive '10'", text);
		pen_line(pen, "set protocols bgp neighbor %s timers holdtime '30'", text);
		snprintf(before, sizeof(before), "set protocols bgp neighbor %s password ", text);
		pen_bgp_secret(pen, t, before);
		pen_line(pen, "set protocols bgp neighbor %s address-family ipv4-unicast", text);
		if (!i)
			continue;
		pen_line(pen,
			"set protocols bgp neighbor %s address-family ipv4-unicast "
			"route-map import '%s-IN'",
			text, p->name);
		pen_line(pen,
			"set protocols bgp neighbor %s address-family ipv4-unicast "
			"route-map export '%s-OUT'",
			text, p->name);
	}
	for (size_t j = 0; j < p->local_count; j++)
		pen_line(pen, "set protocols bgp address-family ipv4-unicast network %s",
			p->any ? "LOCAL-NETWORK" : cidr_show(&p->local[j], net));
}

static void write_all(const struct peerconf *p, struct pen *pen)
{
	char name[PEERCONF_NAME + 24];

	pen_say(pen, "A tunnel interface is down without its SAs, and then its routes are gone.");
	swan_say_twins(pen, p);
	for (size_t i = 0; i < p->tunnels; i++) {
		snprintf(name, sizeof(name), "%s-%zu", p->name, i + 1);
		pen_tunnel(pen, p, i);
		write_secret(pen, &p->tunnel[i], name);
		write_ike(pen, &p->tunnel[i], name);
		write_esp(pen, &p->tunnel[i], name);
		write_peer(pen, p, i, name);
		write_interface(pen, p, i);
	}
	pen_gap(pen);
	pen_line(pen, "set vpn ipsec interface 'OUTSIDE-INTERFACE'");
	pen_line(pen, "set vpn ipsec options disable-route-autoinstall");
	if (p->bgp)
		write_bgp(pen, p);
}

const struct vendor vendor_vyos = {
	.name = "vyos",
	.device = "VyOS",
	.comment = "#",
	.psk = {.open = "'",
		.close = "'",
		.escape = "",
		.never = "'\"\\",
		.taken = "0x 0s",
		.max = 256,
		.hex = "0x"},
	.ike = {&ike_names, &ike_names},
	.esp = {&ike_names, &ike_names},
	.renewal = "leaves it to the gateway",
	.write = write_all,
};
