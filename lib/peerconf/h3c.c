// H3C (Comware 7): a tunnel interface each when everything may pass, else a policy each.
#include <inttypes.h>

#include "peerconf/vrp.h"

#define COMWARE_COMMON                                                                            \
	[ALG_AES128_CBC] = "aes-cbc-128", [ALG_AES192_CBC] = "aes-cbc-192",                       \
	[ALG_AES256_CBC] = "aes-cbc-256", [ALG_3DES_CBC] = "3des-cbc", [ALG_DES_CBC] = "des-cbc", \
	[ALG_MODP768] = "group1", [ALG_MODP1024] = "group2", [ALG_MODP1536] = "group5",           \
	[ALG_MODP2048] = "group14", [ALG_ECP256] = "group19", [ALG_ECP384] = "group20"

static vendor_names ikev2_names = {
	COMWARE_COMMON,
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
};

static vendor_names ikev1_names = {
	COMWARE_COMMON,
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
};

// GCM is there with IKEv2 alone.
static vendor_names esp_v2_names = {
	COMWARE_COMMON,
	[ALG_AES128_GCM16] = "gcm-128",
	[ALG_AES192_GCM16] = "gcm-192",
	[ALG_AES256_GCM16] = "gcm-256",
	[ALG_HMAC_MD5] = "md5",
	[ALG_HMAC_SHA1] = "sha1",
	[ALG_HMAC_SHA256] = "sha256",
	[ALG_HMAC_SHA384] = "sha384",
	[ALG_HMAC_SHA512] = "sha512",
};

static vendor_names esp_v1_names = {
	COMWARE_COMMON,
	[ALG_HMAC_MD5] = "md5",
	[ALG_HMAC_SHA1] = "sha1",
	[ALG_HMAC_SHA256] = "sha256",
	[ALG_HMAC_SHA384] = "sha384",
	[ALG_HMAC_SHA512] = "sha512",
};

// before: "identity local" or "match remote identity".
static void write_id(struct pen *pen, const struct peerconf_tunnel *t, const char *before,
	const struct ike_id *id, const char *mask)
{
	static const char *const type[2][IKE_ID_KEY_ID + 1] = {
		{[IKE_ID_IPV4] = "address",
			[IKE_ID_FQDN] = "fqdn",
			[IKE_ID_RFC822] = "email",
			[IKE_ID_KEY_ID] = "key-id"},
		{[IKE_ID_IPV4] = "address", [IKE_ID_FQDN] = "fqdn", [IKE_ID_RFC822] = "user-fqdn"},
	};
	char text[IKE_ID_TEXT];

	if (id->type == IKE_ID_ANY)
		return;
	if (!type[t->v1][id->type] || !vendor_id_word(id, text))
		pen_say(pen, "This device cannot hold the identity %s.", vendor_id_show(id, text));
	else
		pen_line(pen, " %s %s %s%s", before, type[t->v1][id->type], text,
			id->type == IKE_ID_IPV4 ? mask : "");
}

static void write_ikev2(
	struct pen *pen, const struct peerconf_tunnel *t, const char *name, size_t number)
{
	char text[ADDR_TEXT];

	pen_line(pen, "ikev2 proposal %s", name);
	pen_setting(pen, "encryption", pen_ike(pen, t, t->ike.encr));
	pen_setting(pen, "integrity", pen_ike(pen, t, t->ike.integ));
	pen_setting(pen, "prf", pen_ike(pen, t, t->ike.prf));
	pen_setting(pen, "dh", pen_ike(pen, t, t->ike.ke));
	pen_line(pen, "ikev2 policy %s", name);
	pen_line(pen, " priority %zu", number);
	pen_line(pen, " proposal %s", name);
	pen_line(pen, "ikev2 keychain %s", name);
	pen_line(pen, " peer gateway");
	pen_line(pen, "  address %s 255.255.255.255", addr_show(&t->remote, text));
	pen_psk(pen, t, "  pre-shared-key plaintext ");
	pen_line(pen, "ikev2 profile %s", name);
	pen_line(pen, " authentication-method local pre-share");
	pen_line(pen, " authentication-method remote pre-share");
	pen_line(pen, " keychain %s", name);
	write_id(pen, t, "identity local", &t->local_id, "");
	write_id(pen, t, "match remote identity", &t->remote_id, " 255.255.255.255");
	pen_line(pen, " sa duration %" PRIu32, t->ike_life_s < 120 ? 120 : t->ike_life_s);
	if (t->dpd)
		pen_line(pen, " dpd interval %" PRIu32 " retry 10 periodic",
			t->dpd_delay_s < 10 ? 10 : t->dpd_delay_s);
}

static void write_ikev1(
	struct pen *pen, const struct peerconf_tunnel *t, const char *name, size_t number)
{
	char text[ADDR_TEXT], before[ADDR_TEXT + 64];

	pen_line(pen, "ike proposal %zu", number);
	pen_line(pen, " authentication-method pre-share");
	pen_setting(pen, "encryption-algorithm", pen_ike(pen, t, t->ike.encr));
	pen_setting(pen, "authentication-algorithm", pen_ike(pen, t, t->ike.integ));
	pen_setting(pen, "dh", pen_ike(pen, t, t->ike.ke));
	pen_line(pen, " sa duration %" PRIu32, t->ike_life_s < 60 ? 60 : t->ike_life_s);
	pen_line(pen, "ike keychain %s", name);
	snprintf(before, sizeof(before), " pre-shared-key address %s 255.255.255.255 key simple ",
		addr_show(&t->remote, text));
	pen_psk(pen, t, before);
	pen_line(pen, "ike profile %s", name);
	pen_line(pen, " keychain %s", name);
	pen_line(pen, " proposal %zu", number);
	pen_line(pen, " exchange-mode %s", t->aggressive ? "aggressive" : "main");
	write_id(pen, t, "local-identity", &t->local_id, "");
	write_id(pen, t, "match remote identity", &t->remote_id, " 255.255.255.255");
	if (t->dpd)
		pen_line(pen, " dpd interval %" PRIu32 " retry 10 periodic", t->dpd_delay_s);
}

static void write_esp(struct pen *pen, const struct peerconf_tunnel *t, const char *name)
{
	pen_line(pen, "ipsec transform-set %s", name);
	pen_line(pen, " encapsulation-mode tunnel");
	pen_line(pen, " protocol esp");
	pen_setting(pen, "esp encryption-algorithm", pen_esp(pen, t, t->esp.encr));
	pen_setting(pen, "esp authentication-algorithm", pen_esp(pen, t, t->esp.integ));
	if (t->esp.ke && pen_esp(pen, t, t->esp.ke))
		pen_line(pen, " pfs dh-%s", pen_esp(pen, t, t->esp.ke));
	if (t->esp.esn)
		pen_line(pen, " esn enable");
}

static void write_sa(struct pen *pen, const struct peerconf_tunnel *t, const char *name)
{
	pen_line(pen, " transform-set %s", name);
	pen_line(pen, " %s-profile %s", t->v1 ? "ike" : "ikev2", name);
	pen_line(
		pen, " sa duration time-based %" PRIu32, t->esp_life_s < 180 ? 180 : t->esp_life_s);
}

static void write_profile(struct pen *pen, const struct peerconf *p, size_t i, const char *name)
{
	const struct peerconf_tunnel *t = &p->tunnel[i];
	char text[ADDR_TEXT], mask[ADDR_TEXT];

	pen_line(pen, "ipsec profile %s isakmp", name);
	write_sa(pen, t, name);
	pen_line(pen, "interface Tunnel%zu mode ipsec", p->number + i + 1);
	if (p->bgp)
		pen_line(pen, " ip address %s %s", addr_show(&t->local_bgp, text),
			vendor_mask(&t->bgp_net, mask));
	else
		pen_line(pen, " ip address unnumbered interface OUTSIDE-INTERFACE");
	pen_line(pen, " source %s", vendor_local(t, text));
	pen_line(pen, " destination %s", addr_show(&t->remote, text));
	pen_line(pen, " mtu %" PRIu32, t->mtu);
	pen_line(pen, " tcp mss %" PRIu32, t->mss);
	pen_line(pen, " tunnel protection ipsec profile %s", name);
	vrp_routes(pen, p, i, "Tunnel");
}

static void write_policy(struct pen *pen, const struct peerconf *p, size_t i, const char *name)
{
	const struct peerconf_tunnel *t = &p->tunnel[i];
	size_t acl = 3000 + p->number % 900 + 1;
	char text[ADDR_TEXT];

	if (!i) {
		pen_line(pen, "acl advanced %zu", acl);
		vrp_pairs(pen, p);
	}
	pen_line(pen, "ipsec policy %s 1 isakmp", name);
	pen_line(pen, " security acl %zu", acl);
	if (t->local.family)
		pen_line(pen, " local-address %s", addr_show(&t->local, text));
	pen_line(pen, " remote-address %s", addr_show(&t->remote, text));
	write_sa(pen, t, name);
	pen_line(pen, "interface OUTSIDE-INTERFACE%s", i ? "-2" : "");
	pen_line(pen, " ipsec apply policy %s", name);
}

static void write_all(const struct peerconf *p, struct pen *pen)
{
	char name[PEERCONF_NAME + 24];

	pen_say(pen, "On a firewall put tunnel interfaces into a security zone, and let its "
		     "policies pass");
	pen_say(pen, "IKE and ESP to the device and the traffic of the networks.");
	vrp_say_policy(pen, p);
	for (size_t i = 0; i < p->tunnels; i++) {
		const struct peerconf_tunnel *t = &p->tunnel[i];

		snprintf(name, sizeof(name), "%s-%zu", p->name, i + 1);
		pen_tunnel(pen, p, i);
		if (t->v1)
			write_ikev1(pen, t, name, p->number + i + 1);
		else
			write_ikev2(pen, t, name, p->number % 60000 + i + 1);
		write_esp(pen, t, name);
		if (p->any)
			write_profile(pen, p, i, name);
		else
			write_policy(pen, p, i, name);
	}
	if (p->bgp && p->any)
		vrp_bgp(pen, p);
}

const struct vendor vendor_h3c = {
	.name = "h3c",
	.device = "H3C (Comware 7)",
	.comment = "#",
	.leave = "quit",
	.psk = {.open = "", .close = "", .escape = "", .never = " \"?", .max = 128},
	.ike = {&ikev2_names, &ikev1_names},
	.esp = {&esp_v2_names, &esp_v1_names},
	.renewal = "shortly before the end",
	.write = write_all,
};
