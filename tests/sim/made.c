#include "sim/made.h"

#include <stdlib.h>
#include <string.h>

#include "ike/child.h"
#include "ike/request.h"
#include "ike/sa.h"
#include "ike/step.h"
#include "ike/tunnel.h"
#include "ike/v2/exchange.h"
#include "sim/net.h"

enum { SPI_LEFT = 0x1000, SPI_RIGHT = 0x2000 };

static void fill(void *ctx, void *dst, size_t len)
{
	uint8_t *byte = dst;

	while (len--)
		*byte++ = (uint8_t)sim_random(ctx);
}

// Texts are read once, not at every execution.
static struct sim_conf *conf_of(bool right)
{
	static const char *const addr[] = {"192.0.2.1", "192.0.2.2"};
	static struct sim_conf confs[2];
	struct sim_conf *conf = &confs[right];

	if (conf->conf.tunnel)
		return conf;
	sim_conf(conf, addr[right], addr[!right], 1 + right, 2 - right, false);
	sim_conf_ike(conf, "aes128-sha256-x25519-ecp256 aes256gcm16-prfsha384-x25519");
	sim_conf_esp(conf, "aes128gcm16-x25519-noesn-esn aes128-aes256-sha1-ecp256");
	conf->conf.dpd_delay_s = 10;
	return conf;
}

void made_init(struct made *end, bool right, bool first, bool careful)
{
	struct ike_params params = {.rng = {.fill = fill, .ctx = &end->rng},
		.fragment_len = 250,
		.cookie_above = careful};

	*end = (struct made){.rng = right, .now = MONO_S(1000)};
	if (ike_new(&params, &end->ike))
		abort();
	end->conf = *conf_of(right);
	conf_of(right)->child[0].start = first ? IKE_START_NOW : IKE_START_NONE;
	if (ike_conf_set(end->ike, &end->conf.conf, end->now, &end->out, NULL))
		abort();
	ike_out_clear(&end->out);
}

void made_fini(struct made *end)
{
	ike_free(end->ike);
	ike_out_free(&end->out);
}

void made_begin(struct made *end)
{
	ike_step_begin(end->ike, end->now, &end->out);
}

void made_finish(struct made *end)
{
	if (ike_step_end(end->ike))
		abort();
	ike_out_clear(&end->out);
}

static void make_keys(struct ike_sa *sa, bool initiator)
{
	static const uint8_t zero[IKE_NONCE];
	const struct ike_nonces nonces = {rd_of(zero, sizeof(zero)), rd_of(zero, sizeof(zero))};
	struct secret shared;

	sa->suite = (struct suite){.encr = alg(ALG_AES128_CBC),
		.integ = alg(ALG_HMAC_SHA256),
		.prf = alg(ALG_PRF_SHA256),
		.ke = alg(ALG_X25519)};
	if (secret_new(&shared, 32) || ike_keymat_sa(&sa->suite, NULL, NULL, &shared, nonces,
					       sa->spi_i, sa->spi_r, initiator, &sa->keys))
		abort();
	secret_free(&shared);
}

static void make_half(struct ike_sa *sa)
{
	struct ike_half *half = calloc(1, sizeof(*half));

	if (!half)
		abort();
	half->sa = sa;
	half->candidate = 1;
	half->peer_nonce_len = IKE_NONCE;
	for (size_t i = 0; i < 2; i++) {
		half->init[i] = calloc(1, 1);
		half->init_len[i] = 1;
	}
	sa->half = half;
	sa->state = IKE_SA_PROVING;
}

// As IKE_AUTH would leave it.
static void install_child(struct ike_sa *sa, bool right)
{
	static const uint8_t zero[IKE_NONCE];
	const struct ike_child_conf *conf = &sa->tunnel->conf.child[0];
	const struct ike_choice choice = {.suite = {.encr = alg(ALG_AES128_GCM16)},
		.spi = right ? SPI_LEFT : SPI_RIGHT,
		.spi_len = 4};
	const struct ike_child_deal deal = {.choice = &choice,
		.local = conf->local,
		.remote = conf->remote,
		.local_count = 1,
		.remote_count = 1,
		.nonces = {rd_of(zero, sizeof(zero)), rd_of(zero, sizeof(zero))},
		.initiator = sa->initiator};
	struct ike_child *child = ike_child_new(sa, conf);

	if (!child)
		abort();
	HASH_DEL(sa->ike->children, child);
	child->spi_in = right ? SPI_RIGHT : SPI_LEFT;
	HASH_ADD(hh, sa->ike->children, spi_in, sizeof(child->spi_in), child);
	if (ike_child_install(child, &deal))
		abort();
	ike_child_use(child);
}

static void begin(struct ike_sa *sa, enum made_state state)
{
	static const enum v2_exchange_id row[MADE_STATES] = {
		[MADE_PROVING_INITIATOR] = V2_AUTH,
		[MADE_NEW_CHILD] = V2_NEW_CHILD,
		[MADE_REKEY_CHILD] = V2_REKEY_CHILD,
		[MADE_REKEY_IKE] = V2_REKEY_IKE,
		[MADE_DELETE_CHILD] = V2_DELETE_CHILD,
		[MADE_ALIVE] = V2_INFO,
		[MADE_CLOSING] = V2_DELETE_IKE,
	};
	struct ike_child *child = TAILQ_FIRST(&sa->children);

	if (state == MADE_UP || state == MADE_PROVING_RESPONDER)
		return;
	if (state == MADE_REKEY_CHILD)
		child->want_rekey = true;
	if (state == MADE_DELETE_CHILD)
		ike_child_close(child);
	if (state == MADE_CLOSING)
		ike_sa_close(sa);
	if (ike_request_send(sa, ike_request_new(&v2_exchanges[row[state]])))
		abort();
}

struct ike_sa *made_sa(struct made *end, bool right, enum made_state state)
{
	bool proving = state == MADE_PROVING_RESPONDER || state == MADE_PROVING_INITIATOR;
	// The left one began the IKE SA, but for the state in which the right one answers.
	bool initiator = !right;
	struct ike_tunnel *tunnel = ike_tunnel_find(end->ike, 1);
	struct ike_sa *sa = ike_sa_new(end->ike, proving && !initiator ? NULL : tunnel,
		&tunnel->conf.local, &tunnel->conf.remote, initiator);

	if (!sa)
		abort();
	HASH_DEL(end->ike->sas, sa);
	sa->spi_i = 0x1111;
	sa->spi_r = 0x2222;
	sa->spi = initiator ? sa->spi_i : sa->spi_r;
	HASH_ADD(hh, end->ike->sas, spi, sizeof(sa->spi), sa);
	sa->id_in = sa->id_out = 1;
	sa->fragmentation = true;
	make_keys(sa, initiator);
	make_half(sa);
	if (!proving) {
		sa->remote_id = calloc(1, sizeof(*sa->remote_id));
		*sa->remote_id = tunnel->conf.remote_id;
		ike_sa_up(sa);
		ike_sa_settle(sa);
		install_child(sa, right);
	}
	if (state == MADE_PROVING_RESPONDER) {
		sa->dead_at = end->ike->now + MONO_S(30);
		ike_sa_arm(sa);
	}
	begin(sa, state);
	return sa;
}
