// Cisco ASA 9.8 and later: a tunnel interface each when everything may pass, else a crypto map.
#include <inttypes.h>
#include <string.h>

#include "peerconf/cisco.h"

static vendor_names ikev2_names = {
	[ALG_AES128_CBC] = "aes",
	[ALG_AES192_CBC] = "aes-192",
	[ALG_AES256_CBC] = "aes-256",
	[ALG_AES128_GCM16] = "aes-gcm",
	[ALG_AES192_GCM16] = "aes-gcm-192",
	[ALG_AES256_GCM16] = "aes-gcm-256",
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
	[ALG_X25519] = "31",
};

static vendor_names ikev1_names = {
	[ALG_AES128_CBC] = "aes",
	[ALG_AES192_CBC] = "aes-192",
	[ALG_AES256_CBC] = "aes-256",
	[ALG_3DES_CBC] = "3des",
	[ALG_DES_CBC] = "des",
	[ALG_PRF_MD5] = "md5",
	[ALG_PRF_SHA1] = "sha",
	[ALG_HMAC_MD5] = "md5",
	[ALG_HMAC_SHA1] = "sha",
	[ALG_MODP768] = "1",
	[ALG_MODP1024] = "2",
	[ALG_MODP1536] = "5",
	[ALG_MODP2048] = "14",
};

static vendor_names esp_v2_names = {
	[ALG_AES128_CBC] = "aes",
	[ALG_AES192_CBC] = "aes-192",
	[ALG_AES256_CBC] = "aes-256",
	[ALG_AES128_GCM16] = "aes-gcm",
	[ALG_AES192_GCM16] = "aes-gcm-192",
	[ALG_AES256_GCM16] = "aes-gcm-256",
	[ALG_3DES_CBC] = "3des",
	[ALG_DES_CBC] = "des",
	[ALG_HMAC_MD5] = "md5",
	[ALG_HMAC_SHA1] = "sha-1",
	[ALG_HMAC_SHA256] = "sha-256",
	[ALG_HMAC_SHA384] = "sha-384",
	[ALG_HMAC_SHA512] = "sha-512",
	[ALG_MODP768] = "group1",
	[ALG_MODP1024] = "group2",
	[ALG_MODP1536] = "group5",
	[ALG_MODP2048] = "group14",
	[ALG_MODP3072] = "group15",
	[ALG_MODP4096] = "group16",
	[ALG_ECP256] = "group19",
	[ALG_ECP384] = "group20",
	[ALG_ECP521] = "group21",
	[ALG_X25519] = "group31",
};

static vendor_names esp_v1_names = {
	[ALG_AES128_CBC] = "esp-aes",
	[ALG_AES192_CBC] = "esp-aes-192",
	[ALG_AES256_CBC] = "esp-aes-256",
	[ALG_3DES_CBC] = "esp-3des",
	[ALG_DES_CBC] = "esp-des",
	[ALG_HMAC_MD5] = "esp-md5-hmac",
	[ALG_HMAC_SHA1] = "esp-sha-hmac",
	[ALG_MODP768] = "group1",
	[ALG_MODP1024] = "group2",
	[ALG_MODP1536] = "group5",
	[ALG_MODP2048] = "group14",
};

static void write_policy(struct pen *pen, const struct peerconf_tunnel *t, size_t number)
{
	pen_line(pen, "crypto %s policy %zu", t->v1 ? "ikev1" : "ikev2", number);
	if (t->v1)
		pen_line(pen, " authentication pre-share");
	pen_setting(pen, "encryption", pen_ike(pen, t, t->ike.encr));
	pen_setting(pen, t->v1 ? "hash" : "integrity",
		t->ike.integ ? pen_ike(pen, t, t->ike.integ) : "null");
	pen_setting(pen, "group", pen_ike(pen, t, t->ike.ke));
	if (!t->v1)
		pen_setting(pen, "prf", pen_ike(pen, t, t->ike.prf));
	pen_line(pen, " lifetime %s%" PRIu32, t->v1 ? "" : "seconds ",
		t->ike_life_s < 120 ? 120 : t->ike_life_s);
	pen_line(pen, "crypto %s enable OUTSIDE", t->v1 ? "ikev1" : "ikev2");
}

static void write_esp(struct pen *pen, const struct peerconf_tunnel *t, const char *name)
{
	const char *encr = pen_esp(pen, t, t->esp.encr), *integ = pen_esp(pen, t, t->esp.integ);

	if (t->v1) {
		if (encr && integ)
			pen_line(pen, "crypto ipsec ikev1 transform-set %s %s %s", name, encr,
				integ);
		return;
	}
	pen_line(pen, "crypto ipsec ikev2 ipsec-proposal %s", name);
	pen_setting(pen, "protocol esp encryption", encr);
	pen_setting(pen, "protocol esp integrity", t->esp.integ ? integ : "null");
	if (t->esp.esn)
		pen_say(pen, "This device has no extended sequence numbers: noesn at the gateway.");
}

// It looks for the group by the address when it begins, by the identity when it answers.
static void write_group(struct pen *pen, const struct peerconf_tunnel *t, const char *group)
{
	pen_line(pen, "tunnel-group %s type ipsec-l2l", group);
	pen_line(pen, "tunnel-group %s general-attributes", group);
	pen_line(pen, " default-group-policy %s", t->v1 ? "CULVERT-V1" : "CULVERT-V2");
	pen_line(pen, "tunnel-group %s ipsec-attributes", group);
	if (t->v1) {
		pen_psk(pen, t, " ikev1 pre-shared-key ");
	} else {
		pen_psk(pen, t, " ikev2 remote-authentication pre-shared-key ");
		pen_psk(pen, t, " ikev2 local-authentication pre-shared-key ");
	}
	if (t->dpd)
		pen_line(pen, " isakmp keepalive threshold %" PRIu32 " retry 5",
			t->dpd_delay_s < 10 ? 10 : t->dpd_delay_s);
}

static void write_groups(struct pen *pen, const struct peerconf_tunnel *t)
{
	char text[IKE_ID_TEXT], remote[ADDR_TEXT];
	const char *local = vendor_id_word(&t->local_id, text) ? text : NULL;

	if (t->local_id.type == IKE_ID_FQDN)
		pen_say(pen,
			"crypto isakmp identity hostname: hostname and domain-name must make %s.",
			text);
	else if (t->local_id.type == IKE_ID_KEY_ID && local)
		pen_line(pen, "crypto isakmp identity key-id %s", local);
	else if (t->local_id.type == IKE_ID_KEY_ID || t->local_id.type == IKE_ID_RFC822)
		pen_say(pen, "This device cannot say that it is %s.",
			vendor_id_show(&t->local_id, text));
	else
		pen_line(pen, "crypto isakmp identity address");
	pen_line(pen, "group-policy %s internal", t->v1 ? "CULVERT-V1" : "CULVERT-V2");
	pen_line(pen, "group-policy %s attributes", t->v1 ? "CULVERT-V1" : "CULVERT-V2");
	pen_line(pen, " vpn-tunnel-protocol %s", t->v1 ? "ikev1" : "ikev2");
	addr_show(&t->remote, remote);
	write_group(pen, t, remote);
	if (!vendor_id_word(&t->remote_id, text))
		pen_say(pen, "This device cannot expect the gateway's identity %s.",
			vendor_id_show(&t->remote_id, text));
	else if (strcmp(text, remote) != 0)
		write_group(pen, t, text);
}

static void write_interface(struct pen *pen, const struct peerconf *p, size_t i, const char *name)
{
	const struct peerconf_tunnel *t = &p->tunnel[i];
	char text[ADDR_TEXT], mask[ADDR_TEXT], net[CISCO_NET];

	pen_line(pen, "crypto ipsec profile %s", name);
	pen_line(pen, " set %s %s", t->v1 ? "ikev1 transform-set" : "ikev2 ipsec-proposal", name);
	pen_setting(pen, "set pfs", pen_esp(pen, t, t->esp.ke));
	pen_line(pen, " set security-association lifetime seconds %" PRIu32,
		t->esp_life_s < 120 ? 120 : t->esp_life_s);
	pen_line(pen, " set security-association lifetime kilobytes unlimited");
	pen_line(pen, "interface Tunnel%zu", p->number + i + 1);
	pen_line(pen, " nameif %s", name);
	if (p->bgp)
		pen_line(pen, " ip address %s %s", addr_show(&t->local_bgp, text),
			vendor_mask(&t->bgp_net, mask));
	else
		pen_line(pen, " ip address TUNNEL-ADDRESS-%zu 255.255.255.252", i + 1);
	pen_line(pen, " tunnel source interface OUTSIDE");
	pen_line(pen, " tunnel destination %s", addr_show(&t->remote, text));
	pen_line(pen, " tunnel mode ipsec ipv4");
	pen_line(pen, " tunnel protection ipsec profile %s", name);
	for (size_t j = 0; !p->bgp && j < p->route_count; j++)
		pen_line(pen, "route %s %s TUNNEL-NEIGHBOUR-%zu %d", name,
			cisco_net(&p->routes[j], net), i + 1, i ? 200 : 100);
	if (!p->bgp && !p->route_count)
		pen_line(pen, "route %s NETWORK MASK TUNNEL-NEIGHBOUR-%zu %d", name, i + 1,
			i ? 200 : 100);
}

// The second peer of an entry is asked when the first does not answer.
static void write_map(struct pen *pen, const struct peerconf *p)
{
	const struct peerconf_tunnel *t = &p->tunnel[0];
	char first[ADDR_TEXT], second[ADDR_TEXT] = "", before[PEERCONF_NAME + 48];
	unsigned int number = p->number + 1;

	snprintf(before, sizeof(before), "access-list %s extended permit ip", p->name);
	pen_line(pen, "!");
	cisco_pairs(pen, p, before, vendor_mask);
	if (p->tunnels > 1)
		addr_show(&p->tunnel[1].remote, second);
	pen_line(pen, "crypto map OUTSIDE-MAP %u match address %s", number, p->name);
	pen_line(pen, "crypto map OUTSIDE-MAP %u set peer %s %s", number,
		addr_show(&t->remote, first), second);
	pen_line(pen, "crypto map OUTSIDE-MAP %u set connection-type bi-directional", number);
	pen_line(pen, "crypto map OUTSIDE-MAP %u set %s %s-1", number,
		t->v1 ? "ikev1 transform-set" : "ikev2 ipsec-proposal", p->name);
	if (t->aggressive)
		pen_line(pen, "crypto map OUTSIDE-MAP %u set ikev1 phase1-mode aggressive", number);
	if (pen_esp(pen, t, t->esp.ke) && t->esp.ke)
		pen_line(pen, "crypto map OUTSIDE-MAP %u set pfs %s", number,
			pen_esp(pen, t, t->esp.ke));
	pen_line(pen,
		"crypto map OUTSIDE-MAP %u set security-association lifetime seconds %" PRIu32,
		number, t->esp_life_s < 120 ? 120 : t->esp_life_s);
	pen_line(pen,
		"crypto map OUTSIDE-MAP %u set security-association lifetime kilobytes unlimited",
		number);
	pen_line(pen, "crypto map OUTSIDE-MAP interface OUTSIDE");
}

static void write_all(const struct peerconf *p, struct pen *pen)
{
	char name[PEERCONF_NAME + 24];

	pen_say(pen, "OUTSIDE is the nameif of the outside interface, OUTSIDE-MAP its crypto map.");
	if (!p->any && p->tunnels > 1)
		pen_say(pen, "A crypto map brings up one tunnel at a time: the standby one when it "
			     "is needed.");
	if (p->any && p->tunnel[0].aggressive)
		pen_say(pen, "With tunnel interfaces, this device begins in main mode alone.");
	if (!p->any)
		pen_pairs(pen, p);
	for (size_t i = 0; i < p->tunnels; i++) {
		snprintf(name, sizeof(name), "%s-%zu", p->name, i + 1);
		pen_tunnel(pen, p, i);
		write_policy(pen, &p->tunnel[i], p->number + i + 1);
		write_esp(pen, &p->tunnel[i], name);
		write_groups(pen, &p->tunnel[i]);
		if (p->any)
			write_interface(pen, p, i, name);
	}
	if (!p->any)
		write_map(pen, p);
	pen_line(pen, "sysopt connection tcpmss %" PRIu32, p->tunnel[0].mss);
	if (p->bgp && p->any)
		cisco_bgp(pen, p);
	else if (p->bgp)
		pen_say(pen, "This device speaks BGP through tunnel interfaces alone: destination "
			     "mode at the gateway.");
}

const struct vendor vendor_cisco_asa = {
	.name = "cisco-asa",
	.device = "Cisco ASA",
	.comment = "!",
	.psk = {.open = "", .close = "", .escape = "", .never = " \"?", .max = 127},
	.ike = {&ikev2_names, &ikev1_names},
	.esp = {&esp_v2_names, &esp_v1_names},
	.renewal = "shortly before the end",
	.write = write_all,
};
