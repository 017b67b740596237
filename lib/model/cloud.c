#include "model/cloud.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/object.h"
#include "model/report.h"
#include "model/value.h"

#define AES128	 "aes"
#define DISABLED "disabled"

// D-1; what a cipher that needs one gets when it had none before.
#define AUTHENTICATION "sha1"

// The words of the algorithm table serve, but for one (D-2, D-13).
static const char *word_of(const struct alg *alg)
{
	if (!alg)
		return NULL;
	return alg->id == ALG_AES128_CBC ? AES128 : alg->name;
}

static const struct alg *find(enum alg_kind kind, const char *word)
{
	for (size_t i = 0; i < ALG_COUNT; i++) {
		const struct alg *alg = &alg_table[i];

		if (alg->kind == kind && (!strcmp(word, alg->name) || !strcmp(word, word_of(alg))))
			return alg;
	}
	return NULL;
}

static int unknown_word(
	struct why *why, enum alg_kind kind, bool disabled, const char *where, const char *got)
{
	char words[sizeof(why->expected)] = "";
	size_t len = 0;

	if (disabled)
		len = (size_t)snprintf(words, sizeof(words), DISABLED);
	for (size_t i = 0; i < ALG_COUNT && len < sizeof(words); i++) {
		if (alg_table[i].kind == kind)
			len += (size_t)snprintf(words + len, sizeof(words) - len, "%s%s",
				len ? ", " : "", word_of(&alg_table[i]));
	}
	return why_set(why, -EINVAL, "not one of the words for it", where, words, got);
}

struct cloud_algs cloud_algs(const struct proposal *p)
{
	const struct suite suite = suite_first(p);
	const struct alg *hash = suite.integ;

	if (!hash && suite.prf)
		hash = alg_integ_of(suite.prf);
	return (struct cloud_algs){
		.encryption = word_of(suite.encr),
		.authentication = word_of(hash),
		.group = suite.ke ? word_of(suite.ke) : DISABLED,
	};
}

// Each word that is given must be one; what is not given comes from before.
static int merge(const struct cloud_algs *words, const struct cloud_algs *before,
	enum proposal_for purpose, struct cloud_algs *merged, struct why *why)
{
	const struct {
		enum alg_kind kind;
		const char *word, *before, *where[2];
		const char **to;
	} rows[] = {
		{ALG_ENCR, words->encryption, before->encryption, {"IkeEncAlg", "IpsecEncAlg"},
			&merged->encryption},
		{ALG_INTEG, words->authentication, before->authentication,
			{"IkeAuthAlg", "IpsecAuthAlg"}, &merged->authentication},
		{ALG_KE, words->group, before->group, {"IkePfs", "IpsecPfs"}, &merged->group},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const bool none = rows[i].kind == ALG_KE && purpose == PROPOSAL_ESP;
		const bool given = rows[i].word && *rows[i].word;

		*rows[i].to = given ? rows[i].word : rows[i].before;
		if (given && !find(rows[i].kind, rows[i].word) &&
			!(none && !strcmp(rows[i].word, DISABLED)))
			return unknown_word(
				why, rows[i].kind, none, rows[i].where[purpose], rows[i].word);
	}
	return 0;
}

static void put(struct proposal *p, enum alg_kind kind, const struct alg *alg)
{
	p->n[kind] = 0;
	memset(p->choice[kind], 0, sizeof(p->choice[kind]));
	if (alg)
		p->choice[kind][p->n[kind]++] = alg;
}

// What the words do not speak of - sequence numbers - stays.
static void build(struct proposal *p, const struct cloud_algs *words)
{
	const struct alg *encr = find(ALG_ENCR, words->encryption);
	const struct alg *hash = find(
		ALG_INTEG, words->authentication ? words->authentication : AUTHENTICATION);

	put(p, ALG_ENCR, encr);
	put(p, ALG_INTEG, encr->aead ? NULL : hash);
	put(p, ALG_KE, find(ALG_KE, words->group));
	if (p->purpose == PROPOSAL_IKE)
		put(p, ALG_PRF, alg_prf_of(hash));
}

static int set(struct proposal **v, size_t *n, const struct cloud_algs *words, struct why *why)
{
	const struct cloud_algs before = cloud_algs(*v);
	struct cloud_algs merged;
	struct proposal p = **v;
	int err = merge(words, &before, p.purpose, &merged, why);

	if (err)
		return err;
	build(&p, &merged);
	if (find(ALG_ENCR, merged.encryption) == (*v)->choice[ALG_ENCR][0] &&
		p.choice[ALG_INTEG][0] == (*v)->choice[ALG_INTEG][0] &&
		p.choice[ALG_PRF][0] == (*v)->choice[ALG_PRF][0] &&
		p.choice[ALG_KE][0] == (*v)->choice[ALG_KE][0])
		return 0;
	(*v)[0] = p;
	*n = 1;
	return 0;
}

int cloud_set_ike(struct model_ike *ike, const struct cloud_algs *words, struct why *why)
{
	return set(&ike->proposals.v, &ike->proposals.n, words, why);
}

int cloud_set_ipsec(struct model_ipsec *ipsec, const struct cloud_algs *words, struct why *why)
{
	return set(&ipsec->proposals.v, &ipsec->proposals.n, words, why);
}

void cloud_set_effect(struct model_connection *connection, bool immediately)
{
	for (size_t i = 0; i < connection->tunnels.n; i++) {
		enum model_start *start = &connection->tunnels.v[i].start;

		if (immediately)
			*start = MODEL_START_IMMEDIATE;
		else if (*start == MODEL_START_IMMEDIATE)
			*start = MODEL_START_TRAFFIC;
	}
}

bool cloud_effect(const struct model_connection *connection)
{
	for (size_t i = 0; i < connection->tunnels.n; i++) {
		if (connection->tunnels.v[i].start == MODEL_START_IMMEDIATE)
			return true;
	}
	return false;
}

static const struct schema_leaf *networks(void)
{
	return schema_find(schema_find(&schema_model, "connections")->sub, "local_networks");
}

// One prefix of the list, with the spaces around it. returns 0, -EINVAL with why or -ENOMEM
static int add_subnet(struct schema_list *list, const char *text, size_t len, struct why *why)
{
	const struct schema_leaf *leaf = networks();
	char word[VALUE_TEXT];
	int err;
	void *v;

	for (; len && *text == ' '; len--)
		text++;
	while (len && text[len - 1] == ' ')
		len--;
	snprintf(word, sizeof(word), "%.*s", (int)len, text);
	if (list->n == leaf->count)
		return why_set(why, -EINVAL, "too many networks", NULL, "32 at most", word);
	v = object_add(leaf, list);
	if (!v)
		return -ENOMEM;
	err = value_read(leaf, word, v, why);
	return err == -ERANGE ? -EINVAL : err;
}

int cloud_set_subnets(void *list, const char *text, struct why *why)
{
	struct schema_list *to = list, read = {};
	int err;

	do {
		size_t len = strcspn(text, ",");

		err = add_subnet(&read, text, len, why);
		text += len;
	} while (!err && *text++);
	if (err) {
		object_clear(networks(), &read);
		return err;
	}
	object_clear(networks(), to);
	*to = read;
	return 0;
}

char *cloud_subnets(const void *list, char dst[static CLOUD_SUBNETS])
{
	const struct schema_list *from = list;
	const struct cidr *v = from->v;
	size_t len = 0;

	dst[0] = 0;
	for (size_t i = 0; i < from->n; i++) {
		char text[CIDR_TEXT];

		len += (size_t)snprintf(dst + len, CLOUD_SUBNETS - len, "%s%s", i ? "," : "",
			cidr_show(&v[i], text));
	}
	return dst;
}

// Paths without their indices, as the API says it. Where the API has three parameters for one leaf,
// what they lie in.
struct param {
	const char *path, *param;
};

static const struct param params[] = {
	{"vpn_gateways.name", "VpnGatewayId"},
	{"vpn_gateways.bandwidth_mbps", "Bandwidth"},
	{"vpn_gateways.auto_propagate", "AutoPropagate"},
	{"customer_gateways.name", "CustomerGatewayId"},
	{"customer_gateways.address", "IpAddress"},
	{"customer_gateways.asn", "Asn"},
	{"customer_gateways.bgp_secret", "AuthKey"},
	{"connections.name", "VpnConnectionId"},
	{"connections.vpn_gateway", "VpnGatewayId"},
	{"connections.local_networks", "LocalSubnet"},
	{"connections.remote_networks", "RemoteSubnet"},
	{"connections.auto_config_route", "AutoConfigRoute"},
	{"connections.bgp", "EnableTunnelsBgp"},
	{"connections.health_check", "HealthCheckConfig"},
	{"connections.health_check.enabled", "HealthCheckConfig.enable"},
	{"connections.health_check.destination", "HealthCheckConfig.dip"},
	{"connections.health_check.source", "HealthCheckConfig.sip"},
	{"connections.health_check.interval_s", "HealthCheckConfig.interval"},
	{"connections.health_check.retry", "HealthCheckConfig.retry"},
	{"connections.health_check.policy", "HealthCheckConfig.Policy"},
	{"connections.tunnels", "TunnelOptionsSpecification"},
	{"connections.tunnels.start", "EffectImmediately"},
	{"destination_routes.destination", "RouteDest"},
	{"destination_routes.connection", "NextHop"},
	{"destination_routes.weight", "Weight"},
	{"destination_routes.published", "PublishVpc"},
	{"destination_routes.description", "Description"},
	{"policy_routes.source", "RouteSource"},
	{"policy_routes.destination", "RouteDest"},
	{"policy_routes.connection", "NextHop"},
	{"policy_routes.priority", "Priority"},
	{"policy_routes.weight", "Weight"},
	{"policy_routes.published", "PublishVpc"},
	{"policy_routes.description", "Description"},
	{"*.about.label", "Name"},
	{"*.about.description", "Description"},
	{"*.about.tags", "Tags"},
};

// In an element of TunnelOptionsSpecification.
static const struct param tunnel_params[] = {
	{"connections.tunnels.name", "TunnelId"},
	{"connections.tunnels.customer_gateway", "CustomerGatewayId"},
	{"connections.tunnels.pre_shared_key", "TunnelIkeConfig.Psk"},
	{"connections.tunnels.local_id", "TunnelIkeConfig.LocalId"},
	{"connections.tunnels.remote_id", "TunnelIkeConfig.RemoteId"},
	{"connections.tunnels.version", "TunnelIkeConfig.IkeVersion"},
	{"connections.tunnels.mode", "TunnelIkeConfig.IkeMode"},
	{"connections.tunnels.ike.proposals", "TunnelIkeConfig"},
	{"connections.tunnels.ike.lifetime_s", "TunnelIkeConfig.IkeLifetime"},
	{"connections.tunnels.ipsec.proposals", "TunnelIpsecConfig"},
	{"connections.tunnels.ipsec.lifetime_s", "TunnelIpsecConfig.IpsecLifetime"},
	{"connections.tunnels.dpd.enabled", "EnableDpd"},
	{"connections.tunnels.nat_traversal", "EnableNatTraversal"},
	{"connections.tunnels.bgp", "TunnelBgpConfig"},
	{"connections.tunnels.bgp.local_asn", "TunnelBgpConfig.LocalAsn"},
	{"connections.tunnels.bgp.tunnel_cidr", "TunnelBgpConfig.TunnelCidr"},
	{"connections.tunnels.bgp.local_address", "TunnelBgpConfig.LocalBgpIp"},
};

static bool is_param(const char *pattern, const char *path)
{
	const char *about = strstr(path, ".about.");

	return *pattern == '*' ? about && !strcmp(about, pattern + 1) : !strcmp(pattern, path);
}

static const char *param_of(const struct param *v, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++) {
		if (is_param(v[i].path, path))
			return v[i].param;
	}
	return NULL;
}

char *cloud_param(const char *path, char dst[static CLOUD_PARAM])
{
	const struct path plain = path_plain(path);
	const char *param = param_of(params, sizeof(params) / sizeof(params[0]), plain.text);
	const char *tunnel = strstr(path, "tunnels[");

	snprintf(dst, CLOUD_PARAM, "%s", param ? param : path);
	if (param || !tunnel)
		return dst;
	param = param_of(
		tunnel_params, sizeof(tunnel_params) / sizeof(tunnel_params[0]), plain.text);
	if (param)
		snprintf(dst, CLOUD_PARAM, "TunnelOptionsSpecification.%lu.%s",
			strtoul(tunnel + strlen("tunnels["), NULL, 10) + 1, param);
	return dst;
}
