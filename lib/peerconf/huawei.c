// Huawei USG and AR (VRP 5): a tunnel interface each when everything may pass, else a policy each.
#include <inttypes.h>
#include <string.h>

#include "peerconf/vrp.h"

#define VRP_COMMON                                                                                \
	[ALG_AES128_CBC] = "aes-128", [ALG_AES192_CBC] = "aes-192", [ALG_AES256_CBC] = "aes-256", \
	[ALG_3DES_CBC] = "3des", [ALG_DES_CBC] = "des", [ALG_MODP768] = "group1",                 \
	[ALG_MODP1024] = "group2", [ALG_MODP1536] = "group5", [ALG_MODP2048] = "group14",         \
	[ALG_MODP3072] = "group15", [ALG_MODP4096] = "group16", [ALG_ECP256] = "group19",         \
	[ALG_ECP384] = "group20", [ALG_ECP521] = "group21"

static vendor_names ikev2_names = {
	VRP_COMMON,
	[ALG_PRF_MD5] = "hmac-md5",
	[ALG_PRF_SHA1] = "hmac-sha1",
	[ALG_PRF_SHA256] = "hmac-sha2-256",
	[ALG_PRF_SHA384] = "hmac-sha2-384",
	[ALG_PRF_SHA512] = "hmac-sha2-512",
	[ALG_HMAC_MD5] = "hmac-md5-96",
	[ALG_HMAC_SHA1] = "hmac-sha1-96",
	[ALG_HMAC_SHA256] = "hmac-sha2-256",
	[ALG_HMAC_SHA384] = "hmac-sha2-384",
	[ALG_HMAC_SHA512] = "hmac-sha2-512",
};

static vendor_names ikev1_names = {
	VRP_COMMON,
	[ALG_PRF_MD5] = "md5",
	[ALG_PRF_SHA1] = "sha1",
	[ALG_PRF_SHA256] = "sha2-256",
	[ALG_PRF_SHA384] = "sha2-384",
	[ALG_PRF_SHA512] = "sha2-512",
	[ALG_HMAC_MD5] = "md5",
	[ALG_HMAC_SHA1] = "sha1",
	[ALG_HMAC_SHA256] = "sha2-256",
	[ALG_HMAC_SHA384] = "sha2-384",
	[ALG_HMAC_SHA512] = "sha2-512",
};

static vendor_names esp_names = {
	VRP_COMMON,
	[ALG_AES128_GCM16] = "aes-128-gcm-128",
	[ALG_AES192_GCM16] = "aes-192-gcm-128",
	[ALG_AES256_GCM16] = "aes-256-gcm-128",
	[ALG_HMAC_MD5] = "md5",
	[ALG_HMAC_SHA1] = "sha1",
	[ALG_HMAC_SHA256] = "sha2-256",
	[ALG_HMAC_SHA384] = "sha2-384",
	[ALG_HMAC_SHA512] = "sha2-512",
};

static void write_proposal(struct pen *pen, const struct peerconf_tunnel *t, size_t number)
{
	pen_line(pen, "ike proposal %zu", number);
	pen_line(pen, " authentication-method pre-share");
	pen_setting(pen, "encryption-algorithm", pen_ike(pen, t, t->ike.encr));
	if (t->v1) {
		pen_setting(pen, "authentication-algorithm", pen_ike(pen, t, t->ike.integ));
	} else {
		pen_setting(pen, "integrity-algorithm", pen_ike(pen, t, t->ike.integ));
		pen_setting(pen, "prf", pen_ike(pen, t, t->ike.prf));
	}
	pen_setting(pen, "dh", pen_ike(pen, t, t->ike.ke));
	pen_line(pen, " sa duration %" PRIu32, t->ike_life_s < 60 ? 60 : t->ike_life_s);
}

static void write_id(struct pen *pen, const char *side, const struct ike_id *id)
{
	static const char *const type[] = {
		[IKE_ID_IPV4] = "ip",
		[IKE_ID_FQDN] = "fqdn",
		[IKE_ID_RFC822] = "user-fqdn",
		[IKE_ID_KEY_ID] = "key-id",
	};
	char text[IKE_ID_TEXT];

	if (id->type == IKE_ID_ANY)
		return;
	if (!vendor_id_word(id, text)) {
		pen_say(pen, "This device cannot hold the identity %s.", vendor_id_show(id, text));
		return;
	}
	pen_line(pen, " %s-id-type %s", side, type[id->type]);
	if (id->type != IKE_ID_IPV4 || !strcmp(side, "remote"))
		pen_line(pen, " %s-id %s", side, text);
}

static void write_peer(
	struct pen *pen, const struct peerconf_tunnel *t, const char *name, size_t number)
{
	char text[ADDR_TEXT];

	pen_line(pen, "ike peer %s", name);
	pen_line(pen, " undo version %d", t->v1 ? 2 : 1);
	if (t->v1)
		pen_line(pen, " exchange-mode %s", t->aggressive ? "aggressive" : "main");
	// What follows "cipher" is taken as plain text up to its length limit.
	pen_psk(pen, t, " pre-shared-key cipher ");
	pen_line(pen, " ike-proposal %zu", number);
	write_id(pen, "local", &t->local_id);
	write_id(pen, "remote", &t->remote_id);
	pen_line(pen, " remote-address %s", addr_show(&t->remote, text));
	if (t->dpd) {
		pen_line(pen, " dpd type periodic");
		pen_line(pen, " dpd idle-time %" PRIu32, t->dpd_delay_s < 10 ? 10 : t->dpd_delay_s);
		pen_line(pen, " dpd retransmit-interval 10");
		pen_line(pen, " dpd retry-limit 3");
	}
	if (t->dpd && t->v1)
		pen_line(pen, " dpd msg seq-hash-notify");
	if (!t->nat_traversal)
		pen_line(pen, " undo nat traversal");
}

static void write_esp(struct pen *pen, const struct peerconf_tunnel *t, const char *name)
{
	pen_line(pen, "ipsec proposal %s", name);
	pen_line(pen, " transform esp");
	pen_line(pen, " encapsulation-mode tunnel");
	pen_setting(pen, "esp authentication-algorithm", pen_esp(pen, t, t->esp.integ));
	pen_setting(pen, "esp encryption-algorithm", pen_esp(pen, t, t->esp.encr));
	if (t->esp.esn)
		pen_say(pen, "This device has no extended sequence numbers: noesn at the gateway.");
}

static void write_sa(struct pen *pen, const struct peerconf_tunnel *t, const char *name)
{
	pen_line(pen, " ike-peer %s", name);
	pen_line(pen, " proposal %s", name);
	if (t->esp.ke && pen_esp(pen, t, t->esp.ke))
		pen_line(pen, " pfs dh-%s", pen_esp(pen, t, t->esp.ke));
	pen_line(
		pen, " sa duration time-based %" PRIu32, t->esp_life_s < 100 ? 100 : t->esp_life_s);
	pen_line(pen, " sa duration traffic-based 0");
}

static void write_profile(struct pen *pen, const struct peerconf *p, size_t i, const char *name)
{
	const struct peerconf_tunnel *t = &p->tunnel[i];
	size_t number = p->number + i + 1;
	char text[ADDR_TEXT], mask[ADDR_TEXT];

	pen_line(pen, "ipsec profile %s", name);
	write_sa(pen, t, name);
	pen_line(pen, "interface Tunnel0/0/%zu", number);
	if (p->bgp)
		pen_line(pen, " ip address %s %s", addr_show(&t->local_bgp, text),
			vendor_mask(&t->bgp_net, mask));
	else
		pen_line(pen, " ip address unnumbered interface OUTSIDE-INTERFACE");
	pen_line(pen, " tunnel-protocol ipsec");
	pen_line(pen, " source OUTSIDE-INTERFACE");
	pen_line(pen, " destination %s", addr_show(&t->remote, text));
	pen_line(pen, " mtu %" PRIu32, t->mtu);
	pen_line(pen, " tcp adjust-mss %" PRIu32, t->mss);
	pen_line(pen, " ipsec profile %s", name);
	vrp_routes(pen, p, i, "Tunnel0/0/");
}

static void write_policy(struct pen *pen, const struct peerconf *p, size_t i, const char *name)
{
	size_t acl = 3000 + p->number % 900 + 1;

	if (!i) {
		pen_line(pen, "acl number %zu", acl);
		vrp_pairs(pen, p);
	}
	pen_line(pen, "ipsec policy %s 1 isakmp", name);
	pen_line(pen, " security acl %zu", acl);
	write_sa(pen, &p->tunnel[i], name);
	pen_line(pen, "interface OUTSIDE-INTERFACE%s", i ? "-2" : "");
	pen_line(pen, " ipsec policy %s", name);
}

static void write_all(const struct peerconf *p, struct pen *pen)
{
	char name[PEERCONF_NAME + 24];

	pen_say(pen, "On a USG tunnel interfaces are called Tunnel1; put them into a security "
		     "zone, and let");
	pen_say(pen, "security policies pass IKE and ESP to the device and the traffic of the "
		     "networks.");
	vrp_say_policy(pen, p);
	for (size_t i = 0; i < p->tunnels; i++) {
		const struct peerconf_tunnel *t = &p->tunnel[i];

		snprintf(name, sizeof(name), "%s-%zu", p->name, i + 1);
		pen_tunnel(pen, p, i);
		write_proposal(pen, t, p->number % 90 + i + 1);
		write_peer(pen, t, name, p->number % 90 + i + 1);
		write_esp(pen, t, name);
		if (p->any)
			write_profile(pen, p, i, name);
		else
			write_policy(pen, p, i, name);
	}
	if (p->bgp && p->any)
		vrp_bgp(pen, p);
}

const struct vendor vendor_huawei = {
	.name = "huawei",
	.device = "Huawei USG and AR",
	.comment = "#",
	.leave = "quit",
	.psk = {.open = "",
		.close = "",
		.escape = "",
		.never = " \"?",
		.taken = "%^%# %@%@",
		.max = 128},
	.ike = {&ikev2_names, &ikev1_names},
	.esp = {&esp_names, &esp_names},
	.renewal = "shortly before the end",
	.write = write_all,
};
