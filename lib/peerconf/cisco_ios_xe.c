// Cisco IOS-XE 16.12 and later: a tunnel interface each; with networks as selectors, an access
// list.
#include <inttypes.h>
#include <string.h>

#include "peerconf/cisco.h"

static vendor_names ike_names = {
	[ALG_AES128_CBC] = "aes-cbc-128",
	[ALG_AES192_CBC] = "aes-cbc-192",
	[ALG_AES256_CBC] = "aes-cbc-256",
	[ALG_AES128_GCM16] = "aes-gcm-128",
	[ALG_AES256_GCM16] = "aes-gcm-256",
	[ALG_3DES_CBC] = "3des",
	[ALG_DES_CBC] = "des",
	[ALG_PRF_MD5] = "md5",
	[ALG_PRF_SHA1] = "sha1",
	[ALG_PRF_SHA256] = "sha256",
	[ALG_PRF_SHA384] = "sha384",
	[ALG_PRF_SHA512] = "sha512",
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
	[ALG_ECP256] = "19",
	[ALG_ECP384] = "20",
	[ALG_ECP521] = "21",
};

static vendor_names isakmp_names = {
	[ALG_AES128_CBC] = "aes",
	[ALG_AES192_CBC] = "aes 192",
	[ALG_AES256_CBC] = "aes 256",
	[ALG_3DES_CBC] = "3des",
	[ALG_DES_CBC] = "des",
	[ALG_PRF_MD5] = "md5",
	[ALG_PRF_SHA1] = "sha",
	[ALG_PRF_SHA256] = "sha256",
	[ALG_PRF_SHA384] = "sha384",
	[ALG_PRF_SHA512] = "sha512",
	[ALG_HMAC_MD5] = "md5",
	[ALG_HMAC_SHA1] = "sha",
	[ALG_HMAC_SHA256] = "sha256",
	[ALG_HMAC_SHA384] = "sha384",
	[ALG_HMAC_SHA512] = "sha512",
	[ALG_MODP768] = "1",
	[ALG_MODP1024] = "2",
	[ALG_MODP1536] = "5",
	[ALG_MODP2048] = "14",
	[ALG_MODP3072] = "15",
	[ALG_MODP4096] = "16",
	[ALG_ECP256] = "19",
	[ALG_ECP384] = "20",
	[ALG_ECP521] = "21",
};

static vendor_names esp_names = {
	[ALG_AES128_CBC] = "esp-aes",
	[ALG_AES192_CBC] = "esp-aes 192",
	[ALG_AES256_CBC] = "esp-aes 256",
	[ALG_AES128_GCM16] = "esp-gcm",
	[ALG_AES192_GCM16] = "esp-gcm 192",
	[ALG_AES256_GCM16] = "esp-gcm 256",
	[ALG_3DES_CBC] = "esp-3des",
	[ALG_DES_CBC] = "esp-des",
	[ALG_HMAC_MD5] = "esp-md5-hmac",
	[ALG_HMAC_SHA1] = "esp-sha-hmac",
	[ALG_HMAC_SHA256] = "esp-sha256-hmac",
	[ALG_HMAC_SHA384] = "esp-sha384-hmac",
	[ALG_HMAC_SHA512] = "esp-sha512-hmac",
	[ALG_MODP768] = "group1",
	[ALG_MODP1024] = "group2",
	[ALG_MODP1536] = "group5",
	[ALG_MODP2048] = "group14",
	[ALG_MODP3072] = "group15",
	[ALG_MODP4096] = "group16",
	[ALG_ECP256] = "group19",
	[ALG_ECP384] = "group20",
	[ALG_ECP521] = "group21",
};

// The word of an identity's type; NULL: there is none.
static const char *id_word(const struct ike_id *id, bool v1)
{
	static const char *const word[2][IKE_ID_KEY_ID + 1] = {
		{[IKE_ID_IPV4] = "address",
			[IKE_ID_FQDN] = "fqdn",
			[IKE_ID_RFC822] = "email",
			[IKE_ID_KEY_ID] = "key-id"},
		{[IKE_ID_IPV4] = "address", [IKE_ID_FQDN] = "host", [IKE_ID_RFC822] = "user"},
	};

	return word[v1][id->type];
}

static void write_remote_id(struct pen *pen, const struct peerconf_tunnel *t, const char *before)
{
	const char *type = id_word(&t->remote_id, t->v1);
	char word[IKE_ID_TEXT];

	if (!vendor_id_word(&t->remote_id, word) || !type)
		pen_say(pen, "This device cannot expect the gateway's identity %s.",
			vendor_id_show(&t->remote_id, word));
	else
		pen_line(pen, " %s %s %s%s", before, type, word,
			t->remote_id.type == IKE_ID_IPV4 ? " 255.255.255.255" : "");
}

static void write_ike(struct pen *pen, const struct peerconf_tunnel *t, const char *name)
{
	char text[IKE_ID_TEXT], remote[ADDR_TEXT], local[ADDR_TEXT];
	const char *type = id_word(&t->local_id, false);

	pen_line(pen, "crypto ikev2 proposal %s", name);
	pen_setting(pen, "encryption", pen_ike(pen, t, t->ike.encr));
	pen_setting(pen, "integrity", pen_ike(pen, t, t->ike.integ));
	if (!t->ike.integ || alg_prf_of(t->ike.integ) != t->ike.prf)
		pen_setting(pen, "prf", pen_ike(pen, t, t->ike.prf));
	pen_setting(pen, "group", pen_ike(pen, t, t->ike.ke));
	pen_line(pen, "crypto ikev2 policy %s", name);
	if (t->local.family)
		pen_line(pen, " match address local %s", addr_show(&t->local, local));
	pen_line(pen, " proposal %s", name);
	pen_line(pen, "crypto ikev2 keyring %s", name);
	pen_line(pen, " peer gateway");
	pen_line(pen, "  address %s", addr_show(&t->remote, remote));
	pen_psk(pen, t, "  pre-shared-key 0 ");
	pen_line(pen, "crypto ikev2 profile %s", name);
	write_remote_id(pen, t, "match identity remote");
	if (t->local_id.type == IKE_ID_ANY)
		pen_line(pen, " identity local address OUTSIDE-ADDRESS");
	else if (type && vendor_id_word(&t->local_id, text))
		pen_line(pen, " identity local %s %s", type, text);
	else
		pen_say(pen, "This device cannot say that it is %s.",
			vendor_id_show(&t->local_id, text));
	pen_line(pen, " authentication remote pre-share");
	pen_line(pen, " authentication local pre-share");
	pen_line(pen, " keyring local %s", name);
	pen_line(pen, " lifetime %" PRIu32, t->ike_life_s < 120 ? 120 : t->ike_life_s);
	if (t->dpd)
		pen_line(pen, " dpd %" PRIu32 " 5 periodic",
			t->dpd_delay_s < 10 ? 10 : t->dpd_delay_s);
}

// Its own identity in IKEv1 is its address, its host name or a mail address.
static void write_self(struct pen *pen, const struct peerconf_tunnel *t)
{
	char text[IKE_ID_TEXT];
	bool plain = vendor_id_word(&t->local_id, text);

	if (t->local_id.type == IKE_ID_FQDN) {
		pen_line(pen, " self-identity fqdn");
		pen_say(pen, "It says its host name: hostname and ip domain name must make %s.",
			text);
	} else if (t->local_id.type == IKE_ID_RFC822 && plain) {
		pen_line(pen, " self-identity user-fqdn %s", text);
	} else if (t->local_id.type == IKE_ID_KEY_ID) {
		pen_say(pen, "This device cannot say that it is %s.",
			vendor_id_show(&t->local_id, text));
	} else {
		pen_line(pen, " self-identity address");
	}
}

static void write_isakmp(
	struct pen *pen, const struct peerconf_tunnel *t, const char *name, size_t number)
{
	char remote[ADDR_TEXT], before[ADDR_TEXT + 40];

	pen_line(pen, "crypto isakmp policy %zu", number);
	pen_setting(pen, "encryption", pen_ike(pen, t, t->ike.encr));
	pen_setting(pen, "hash", pen_ike(pen, t, t->ike.integ));
	pen_line(pen, " authentication pre-share");
	pen_setting(pen, "group", pen_ike(pen, t, t->ike.ke));
	pen_line(pen, " lifetime %" PRIu32, t->ike_life_s < 60 ? 60 : t->ike_life_s);
	addr_show(&t->remote, remote);
	pen_line(pen, "crypto keyring %s", name);
	snprintf(before, sizeof(before), " pre-shared-key address %s key 0 ", remote);
	pen_psk(pen, t, before);
	pen_line(pen, "crypto isakmp profile %s", name);
	pen_line(pen, " keyring %s", name);
	write_self(pen, t);
	write_remote_id(pen, t, "match identity");
	if (t->dpd)
		pen_line(pen, " keepalive %" PRIu32 " retry 5",
			t->dpd_delay_s < 10 ? 10 : t->dpd_delay_s);
	if (t->aggressive)
		pen_line(pen, " initiate mode aggressive");
}

static void write_esp(struct pen *pen, const struct peerconf_tunnel *t, const char *name)
{
	const char *encr = pen_esp(pen, t, t->esp.encr), *integ = pen_esp(pen, t, t->esp.integ);

	if (encr && integ)
		pen_line(pen, "crypto ipsec transform-set %s %s%s%s", name, encr, *integ ? " " : "",
			integ);
	if (encr && integ)
		pen_line(pen, " mode tunnel");
	pen_line(pen, "crypto ipsec profile %s", name);
	pen_line(pen, " set transform-set %s", name);
	pen_setting(pen, "set pfs", pen_esp(pen, t, t->esp.ke));
	pen_line(pen, " set %s-profile %s", t->v1 ? "isakmp" : "ikev2", name);
	pen_line(pen, " set security-association lifetime seconds %" PRIu32,
		t->esp_life_s < 120 ? 120 : t->esp_life_s);
	pen_line(pen, " set security-association lifetime kilobytes disable");
	if (t->esp.esn)
		pen_say(pen, "This device has no extended sequence numbers: noesn at the gateway.");
}

static void write_interface(struct pen *pen, const struct peerconf *p,
	const struct peerconf_tunnel *t, size_t number, const char *name)
{
	char text[ADDR_TEXT], mask[ADDR_TEXT];

	pen_line(pen, "interface Tunnel%zu", number);
	if (p->bgp)
		pen_line(pen, " ip address %s %s", addr_show(&t->local_bgp, text),
			vendor_mask(&t->bgp_net, mask));
	else
		pen_line(pen, " ip unnumbered OUTSIDE-INTERFACE");
	pen_line(pen, " ip mtu %" PRIu32, t->mtu);
	pen_line(pen, " ip tcp adjust-mss %" PRIu32, t->mss);
	pen_line(pen, " tunnel source %s",
		t->local.family ? addr_show(&t->local, text) : "OUTSIDE-INTERFACE");
	pen_line(pen, " tunnel mode ipsec ipv4");
	pen_line(pen, " tunnel destination %s", addr_show(&t->remote, text));
	if (!p->any)
		pen_line(pen, " tunnel protection ipsec policy ipv4 %s", p->name);
	pen_line(pen, " tunnel protection ipsec profile %s", name);
	pen_line(pen, " no shutdown");
}

static void write_tunnel(struct pen *pen, const struct peerconf *p, size_t i)
{
	const struct peerconf_tunnel *t = &p->tunnel[i];
	size_t number = p->number + i + 1;
	char name[PEERCONF_NAME + 24], net[CISCO_NET];

	snprintf(name, sizeof(name), "%s-%zu", p->name, i + 1);
	pen_tunnel(pen, p, i);
	if (t->v1)
		write_isakmp(pen, t, name, number);
	else
		write_ike(pen, t, name);
	write_esp(pen, t, name);
	write_interface(pen, p, t, number, name);
	for (size_t j = 0; !p->bgp && j < p->route_count; j++)
		pen_line(pen, "ip route %s Tunnel%zu %d", cisco_net(&p->routes[j], net), number,
			i ? 200 : 100);
	if (!p->bgp && !p->route_count)
		pen_line(pen, "ip route NETWORK MASK Tunnel%zu %d", number, i ? 200 : 100);
}

static void write_all(const struct peerconf *p, struct pen *pen)
{
	pen_say(pen, "A tunnel interface is down without its SAs, and then its routes are gone.");
	pen_say(pen, "One IKEv2 policy counts per local address: add the proposal to yours if "
		     "there is one.");
	if (!p->any) {
		pen_pairs(pen, p);
		pen_line(pen, "!");
		pen_line(pen, "ip access-list extended %s", p->name);
		cisco_pairs(pen, p, " permit ip", vendor_wildcard);
	}
	for (size_t i = 0; i < p->tunnels; i++)
		write_tunnel(pen, p, i);
	if (p->bgp)
		cisco_bgp(pen, p);
}

const struct vendor vendor_cisco_ios_xe = {
	.name = "cisco-ios-xe",
	.device = "Cisco IOS-XE",
	.comment = "!",
	.psk = {.open = "", .close = "", .escape = "", .never = " \"?", .max = 127},
	.ike = {&ike_names, &isakmp_names},
	.esp = {&esp_names, &esp_names},
	.renewal = "shortly before the end",
	.write = write_all,
};
