#include "peerconf/peerconf.h"

#include "model/cloud.h"
#include "peerconf/vendor.h"

static const char *show_addr(const struct addr *a, char text[static ADDR_TEXT])
{
	return a->family ? addr_show(a, text) : "";
}

// "": the cipher is its own authentication.
static const char *given(const char *word)
{
	return word ? word : "";
}

static json_t *ike_tree(const struct peerconf_tunnel *t)
{
	const struct cloud_algs words = cloud_algs(&t->ike_list[0]);
	char local[IKE_ID_TEXT], remote[IKE_ID_TEXT];

	return json_pack("{s:s%, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I}", "Psk",
		(const char *)t->psk->b, t->psk->len, "IkeVersion", t->v1 ? "ikev1" : "ikev2",
		"IkeMode", t->aggressive ? "aggressive" : "main", "IkeEncAlg", words.encryption,
		"IkeAuthAlg", given(words.authentication), "IkePfs", words.group, "LocalId",
		vendor_id_show(&t->local_id, local), "RemoteId",
		vendor_id_show(&t->remote_id, remote), "IkeLifetime", (json_int_t)t->ike_life_s);
}

static json_t *ipsec_tree(const struct peerconf_tunnel *t)
{
	const struct cloud_algs words = cloud_algs(&t->esp_list[0]);

	return json_pack("{s:s, s:s, s:s, s:I}", "IpsecEncAlg", words.encryption, "IpsecAuthAlg",
		given(words.authentication), "IpsecPfs", words.group, "IpsecLifetime",
		(json_int_t)t->esp_life_s);
}

static json_t *tunnel_tree(const struct peerconf_tunnel *t)
{
	char local[ADDR_TEXT], remote[ADDR_TEXT];

	return json_pack("{s:s, s:s, s:s, s:o, s:o}", "TunnelId", t->id, "Local",
		show_addr(&t->local, local), "Remote", show_addr(&t->remote, remote), "IkeConfig",
		ike_tree(t), "IpsecConfig", ipsec_tree(t));
}

// Numbers of autonomous systems are strings in this answer.
static json_t *bgp_tree(const struct peerconf_tunnel *t)
{
	char local[ADDR_TEXT], remote[ADDR_TEXT], net[CIDR_TEXT], ours[16], theirs[16];

	snprintf(ours, sizeof(ours), "%u", t->local_asn);
	snprintf(theirs, sizeof(theirs), "%u", t->remote_asn);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "TunnelId", t->id, "LocalAsn", ours,
		"PeerAsn", theirs, "LocalBgpIp", addr_show(&t->local_bgp, local), "PeerBgpIp",
		addr_show(&t->remote_bgp, remote), "TunnelCidr", cidr_show(&t->bgp_net, net));
}

json_t *peerconf_tree(const struct peerconf *p)
{
	json_t *tunnels = json_array(), *bgp = json_array();
	const struct peerconf_tunnel *first = &p->tunnel[0];
	char local[ADDR_TEXT], remote[ADDR_TEXT], mine[CLOUD_SUBNETS], theirs[CLOUD_SUBNETS];

	for (size_t i = 0; i < p->tunnels; i++) {
		json_array_append_new(tunnels, tunnel_tree(&p->tunnel[i]));
		if (p->bgp)
			json_array_append_new(bgp, bgp_tree(&p->tunnel[i]));
	}
	// Beside the tunnels stands what a client that knows but one of them reads.
	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:{s:o}, s:{s:o}}", "Local",
		show_addr(&first->local, local), "Remote", show_addr(&first->remote, remote),
		"LocalSubnet", vendor_networks(p->local, p->local_count, mine), "RemoteSubnet",
		vendor_networks(p->remote, p->remote_count, theirs), "IkeConfig", ike_tree(first),
		"IpsecConfig", ipsec_tree(first), "TunnelsConfig", "TunnelConfig", tunnels,
		"BgpConfigs", "BgpConfig", bgp);
}
