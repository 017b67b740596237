#include "peerconf/swan.h"

#include <inttypes.h>
#include <string.h>

vendor_names swan_names = {
	[ALG_AES128_CBC] = "aes128",
	[ALG_AES192_CBC] = "aes192",
	[ALG_AES256_CBC] = "aes256",
	[ALG_AES128_GCM16] = "aes128gcm16",
	[ALG_AES192_GCM16] = "aes192gcm16",
	[ALG_AES256_GCM16] = "aes256gcm16",
	[ALG_CHACHA20_POLY1305] = "chacha20poly1305",
	[ALG_3DES_CBC] = "3des",
	[ALG_DES_CBC] = "des",
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
	[ALG_MODP768] = "modp768",
	[ALG_MODP1024] = "modp1024",
	[ALG_MODP1536] = "modp1536",
	[ALG_MODP2048] = "modp2048",
	[ALG_MODP3072] = "modp3072",
	[ALG_MODP4096] = "modp4096",
	[ALG_MODP6144] = "modp6144",
	[ALG_MODP8192] = "modp8192",
	[ALG_ECP256] = "ecp256",
	[ALG_ECP384] = "ecp384",
	[ALG_ECP521] = "ecp521",
	[ALG_X25519] = "curve25519",
};

// Join what there is with '-'.
static char *join(const char *const name[], size_t n, char dst[static SWAN_PROPOSAL])
{
	size_t at = 0;

	dst[0] = '\0';
	for (size_t i = 0; i < n; i++)
		if (name[i] && name[i][0])
			at += (size_t)snprintf(
				dst + at, SWAN_PROPOSAL - at, "%s%s", at ? "-" : "", name[i]);
	return dst;
}

// A PRF is named where integrity does not imply it.
char *swan_ike(
	const struct pen *pen, const struct peerconf_tunnel *t, char dst[static SWAN_PROPOSAL])
{
	bool implied = t->ike.integ && alg_prf_of(t->ike.integ) == t->ike.prf;
	const char *const name[] = {pen_ike(pen, t, t->ike.encr), pen_ike(pen, t, t->ike.integ),
		implied || t->v1 ? NULL : pen_ike(pen, t, t->ike.prf), pen_ike(pen, t, t->ike.ke)};

	return join(name, sizeof(name) / sizeof(name[0]), dst);
}

char *swan_esp(
	const struct pen *pen, const struct peerconf_tunnel *t, char dst[static SWAN_PROPOSAL])
{
	const char *const name[] = {pen_esp(pen, t, t->esp.encr), pen_esp(pen, t, t->esp.integ),
		pen_esp(pen, t, t->esp.ke), t->esp.esn ? "esn" : NULL};

	return join(name, sizeof(name) / sizeof(name[0]), dst);
}

char *swan_id(const struct ike_id *id, char dst[static SWAN_ID])
{
	static const char *const type[] = {
		[IKE_ID_FQDN] = "fqdn:",
		[IKE_ID_RFC822] = "email:",
		[IKE_ID_KEY_ID] = "keyid:",
	};
	char word[IKE_ID_TEXT];
	size_t at;

	if (id->type == IKE_ID_IPV4 || id->type == IKE_ID_IPV6) {
		vendor_id_word(id, word);
		return strcpy(dst, word);
	}
	if (vendor_id_word(id, word)) {
		snprintf(dst, SWAN_ID, "%s%s", type[id->type], word);
		return dst;
	}
	at = (size_t)snprintf(dst, SWAN_ID, "%s#", type[id->type]);
	for (size_t i = 0; i < id->len; i++)
		at += (size_t)snprintf(dst + at, SWAN_ID - at, "%02x", id->b[i]);
	return dst;
}

// It looks up keys by identities.
void swan_say_twins(struct pen *pen, const struct peerconf *p)
{
	if (!swan_has_twins(p) || secret_eq(p->tunnel[0].psk, p->tunnel[1].psk))
		return;
	pen_say(pen,
		"Both tunnels have the same identities: this device cannot tell their keys apart.");
	pen_say(pen, "Give them the same key, or different identities, at the gateway.");
}

// FRR's words: it runs wherever these daemons do.
static void say_bgp(struct pen *pen, const struct peerconf *p)
{
	char text[ADDR_TEXT], net[CIDR_TEXT], before[ADDR_TEXT + 32];

	pen_say(pen, "BGP, in FRR's words:");
	pen_say(pen, "  route-map STANDBY-IN permit 10");
	pen_say(pen, "   set local-preference 50");
	pen_say(pen, "  route-map STANDBY-OUT permit 10");
	pen_say(pen, "   set as-path prepend %" PRIu32, p->tunnel[0].local_asn);
	pen_say(pen, "  router bgp %" PRIu32, p->tunnel[0].local_asn);
	pen_say(pen, "   no bgp ebgp-requires-policy");
	for (size_t i = 0; i < p->tunnels; i++) {
		const struct peerconf_tunnel *t = &p->tunnel[i];
		const char *them = addr_show(&t->remote_bgp, text);

		pen_say(pen, "   neighbor %s remote-as %" PRIu32, them, t->remote_asn);
		pen_say(pen, "   neighbor %s timers 10 30", them);
		snprintf(before, sizeof(before), "%s    neighbor %s password ",
			pen->vendor->comment, them);
		pen_bgp_secret(pen, t, before);
	}
	pen_say(pen, "   address-family ipv4 unicast");
	for (size_t i = 0; i < p->local_count; i++)
		pen_say(pen, "    network %s",
			p->any ? "LOCAL-NETWORK" : cidr_show(&p->local[i], net));
	if (p->tunnels > 1) {
		const char *them = addr_show(&p->tunnel[1].remote_bgp, text);

		pen_say(pen, "    neighbor %s route-map STANDBY-IN in", them);
		pen_say(pen, "    neighbor %s route-map STANDBY-OUT out", them);
	}
}

enum { INTERFACE = 40 };

// libreswan makes its interfaces itself, and names them.
static const char *interface_name(
	const struct pen *pen, const struct peerconf *p, size_t i, char dst[static INTERFACE])
{
	if (pen->vendor == &vendor_libreswan)
		snprintf(dst, INTERFACE, "ipsec%zu", p->number + i + 1);
	else
		snprintf(dst, INTERFACE, "%s-%zu", p->name, i + 1);
	return dst;
}

static void say_interface(struct pen *pen, const struct peerconf *p, size_t i, enum swan_way way)
{
	const struct peerconf_tunnel *t = &p->tunnel[i];
	char text[ADDR_TEXT], net[CIDR_TEXT], name[INTERFACE];

	interface_name(pen, p, i, name);

	if (way == SWAN_XFRM) {
		pen_say(pen, "  ip link add %s type xfrm dev OUTSIDE-INTERFACE if_id %zu", name,
			p->number + i + 1);
		pen_say(pen, "  ip link set %s up mtu %" PRIu32, name, t->mtu);
	}
	if (p->bgp)
		pen_say(pen, "  ip address add %s/%u dev %s", addr_show(&t->local_bgp, text),
			t->bgp_net.bits, name);
	for (size_t j = 0; !p->bgp && j < p->route_count; j++)
		pen_say(pen, "  ip route add %s dev %s metric %zu", cidr_show(&p->routes[j], net),
			name, 100 * (i + 1));
	if (!p->bgp && !p->route_count)
		pen_say(pen, "  ip route add NETWORK dev %s metric %zu", name, 100 * (i + 1));
}

void swan_interfaces(struct pen *pen, const struct peerconf *p, enum swan_way way)
{
	pen_gap(pen);
	if (way == SWAN_POLICY) {
		pen_say(pen, "The selectors choose the packets: no routes are needed.");
	} else {
		pen_say(pen, way == SWAN_XFRM ? "An interface per tunnel carries its packets "
						"(Linux 4.19 or later):"
					      : "Routes to the tunnels' interfaces:");
		for (size_t i = 0; i < p->tunnels; i++)
			say_interface(pen, p, i, way);
	}
	if (way != SWAN_POLICY && !p->bgp && p->tunnels > 1)
		pen_say(pen,
			"An interface stays up when its tunnel is down: a watch (ping, updown "
			"script) "
			"must\n%s remove tunnel 1's routes then, so that tunnel 2's count.",
			pen->vendor->comment);
	pen_say(pen,
		"  nft add rule inet filter forward tcp flags syn tcp option maxseg size set "
		"%" PRIu32,
		p->tunnel[0].mss);
	if (p->bgp)
		say_bgp(pen, p);
}
