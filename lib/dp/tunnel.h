// Connections, their tunnels, and the ESP SAs inside. Included by dp/dp.h.
//
// A route or policy points at a connection, never at an SA; the connection names its active tunnel.
// A tunnel's outbound packets take the first of its children in use whose selectors hold them.
#pragma once

#include "dp/dp.h"
#include "esp/sa.h"

[[nodiscard]] int dp_conn_new(struct dp *dp, const char *name, void *user, struct dp_conn **conn);
// No tunnel is left in it; no route or policy points at it once what was told is committed.
void dp_conn_free(struct dp_conn *conn);
// All routes and policies of the connection go through this tunnel from now on; NULL: none (drop
// no_sa). One atomic store, whatever the number of routes.
void dp_conn_switch(struct dp_conn *conn, struct dp_tunnel *tunnel);
struct dp_tunnel *dp_conn_active(const struct dp_conn *conn);
const char *dp_conn_name(const struct dp_conn *conn);
void *dp_conn_user(const struct dp_conn *conn);

// A group: a connection without tunnels of its own, for routes and policies that may take several.
// Each flow takes one of its members and stays with it while it is a member; when one goes, only
// its flows move, and only they come back. A new one has no members (drop no_route).
[[nodiscard]] int dp_group_new(struct dp *dp, const char *name, void *user, struct dp_conn **group);
// These from now on, no groups among them. One atomic store, whatever the number of routes. A
// connection must have left its groups before it is freed. returns 0 or -ENOMEM (as before)
[[nodiscard]] int dp_group_set(
	struct dp_conn *group, struct dp_conn *const member[], unsigned int n);

struct dp_tunnel_conf {
	const char *name;
	struct dp_conn *conn;
	unsigned int port;     // where its ESP leaves
	struct addr next_hop;  // a neighbour on that port; none: as before, or not known yet
	bool trap;	       // a packet without an SA is held and asks for one (DP_ACQUIRE)
	unsigned int children; // that it is to have: with fewer in use, one may be missing
	bool clamp_mss;	       // TCP's MSS follows the path MTU
	void *user;
};

[[nodiscard]] int dp_tunnel_new(
	struct dp *dp, const struct dp_tunnel_conf *conf, struct dp_tunnel **tunnel);
// Change all but the connection; takes effect at once.
[[nodiscard]] int dp_tunnel_set(struct dp_tunnel *tunnel, const struct dp_tunnel_conf *conf);
// After its children and the routes to it; a connection that has it active has none then.
void dp_tunnel_free(struct dp_tunnel *tunnel);
const char *dp_tunnel_name(const struct dp_tunnel *tunnel);
void *dp_tunnel_user(const struct dp_tunnel *tunnel);
uint16_t dp_tunnel_path_mtu(const struct dp_tunnel *tunnel);  // of outer packets
unsigned int dp_tunnel_owner(const struct dp_tunnel *tunnel); // the worker of its SAs

struct dp_child_conf {
	const struct suite *suite;
	const struct crypto_driver *driver; // one of struct dp_conf's
	uint32_t spi_in, spi_out;	    // host order
	const uint8_t *encr_in, *encr_out;  // as struct esp_params
	const uint8_t *integ_in, *integ_out;
	uint8_t iv_mask[16];
	struct endpoint local, remote; // outer
	bool udp;		       // RFC 3948
	const struct selector *local_ts, *remote_ts;
	unsigned int n_local_ts, n_remote_ts;
	uint32_t window; // anti-replay, bits
	enum esp_df df;
	int dscp;
	uint64_t soft_packets, soft_bytes; // DP_SOFT_LIMIT, either direction; 0: none
	uint64_t hard_packets, hard_bytes; // DP_HARD_LIMIT; outbound, nothing leaves beyond
	void *user;
};

// A new CHILD_SA: what arrives for spi_in is decrypted at once; nothing leaves through it yet.
//
// returns 0; -EEXIST (spi_in is taken), -ENOSPC (conf.sas), or as esp_sa_new, with why
[[nodiscard]] int dp_child_add(struct dp_tunnel *tunnel, const struct dp_child_conf *conf,
	struct dp_child **child, struct why *why);
// Outbound packets of its selectors leave through it from now on, instead of through old (a child
// of the same tunnel; NULL: none). Its turn among the tunnel's children is old's, else the last.
// returns 0, -ENOMEM, or -EINVAL while the tunnel's next hop is not known
[[nodiscard]] int dp_child_use(struct dp_child *child, struct dp_child *old);
// The peer (or we) have moved behind a NAT: new outer addresses, same keys and numbers.
[[nodiscard]] int dp_child_move(struct dp_child *child, const struct endpoint *local,
	const struct endpoint *remote, bool udp);
// Nothing enters or leaves through it any more; freed and wiped when no worker can see it.
void dp_child_del(struct dp_child *child);
void *dp_child_user(const struct dp_child *child);
// The two SAs: selectors, algorithms, SPI, and counters through esp_live_get. Until dp_child_del.
const struct esp_sa *dp_child_in(const struct dp_child *child);
const struct esp_sa *dp_child_out(const struct dp_child *child);
bool dp_child_used(const struct dp_child *child); // dp_child_use has been called

// Whether an inbound SPI is free.
bool dp_spi_free(const struct dp *dp, uint32_t spi);
