// The cloud API's words for what the model holds, both ways (API.md 2.2). Where the words are the
// same - ikev1, aggressive, revoke_route - the schema has them.
#pragma once

#include "base/err.h"
#include "model/model.h"

// What one proposal is to the API. The texts are static or the caller's.
struct cloud_algs {
	const char *encryption;	    // IkeEncAlg, IpsecEncAlg: "aes" is AES-128 (D-2)
	const char *authentication; // IkeAuthAlg, IpsecAuthAlg; NULL: the cipher is its own
	const char *group;	    // IkePfs, IpsecPfs: "group14"; of IPsec also "disabled"
};

// The words of a proposal's first choices.
struct cloud_algs cloud_algs(const struct proposal *p);

// Change those of the three that words names, and keep the others (NULL, "") as they are. Several
// proposals become the one that the words say, unless they say nothing new. Beside a cipher that is
// its own authentication, IpsecAuthAlg is taken and means nothing.
//
// returns 0, -EINVAL with why (where: "IkeEncAlg", expected: the words), or -ENOMEM
[[nodiscard]] int cloud_set_ike(
	struct model_ike *ike, const struct cloud_algs *words, struct why *why);
[[nodiscard]] int cloud_set_ipsec(
	struct model_ipsec *ipsec, const struct cloud_algs *words, struct why *why);

// EffectImmediately: each tunnel begins at once, or when traffic wants to pass. A tunnel that only
// the peer begins stays as it is when the answer is no.
void cloud_set_effect(struct model_connection *connection, bool immediately);
bool cloud_effect(const struct model_connection *connection);

enum { CLOUD_SUBNETS = MODEL_NETWORKS * (CIDR_TEXT + 1) };

// LocalSubnet, RemoteSubnet: prefixes with commas between them, to and from a MODEL_LIST of struct
// cidr.
//
// returns 0 (list replaced), or with list as it was -EINVAL with why (what, expected, got) or
// -ENOMEM
[[nodiscard]] int cloud_set_subnets(void *list, const char *text, struct why *why);
char *cloud_subnets(const void *list, char dst[static CLOUD_SUBNETS]);

enum { CLOUD_PARAM = 96 };

// The API's name of what a complaint is about, into dst: for "connections[3].tunnels[0].bgp.
// tunnel_cidr" TunnelOptionsSpecification.1.TunnelBgpConfig.TunnelCidr. Of what the API does not
// know, the path itself. Returns dst.
char *cloud_param(const char *path, char dst[static CLOUD_PARAM]);
