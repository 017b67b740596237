#include "dp/verdict.h"

#define DROP DP_FATE_DROP
#define PASS DP_FATE_PASS
#define PUNT DP_FATE_PUNT

const struct dp_verdict dp_verdict_table[] = {
	[V_GO] = {"none", "no verdict", DP_FATE_NONE},

	[V_ESP_OUT] = {"esp_out", "encrypted and sent to a peer", PASS},
	[V_ESP_IN] = {"esp_in", "decrypted and sent to the inside", PASS},
	[V_FORWARD] = {"forward", "routed in clear from inside to inside", PASS},
	[V_BYPASS] = {"bypass", "passed in clear by an explicit bypass policy", PASS},
	[V_DIRECT] = {"direct", "sent by the gateway itself, from a port's own address", PASS},
	[V_HANDED] = {"handed_over", "handed to the worker that owns its SA", PASS},
	[V_HUB] = {"hub", "decrypted, then sent to Outward for another tunnel", PASS},
	[V_FRAGMENTED] = {"fragmented", "replaced by its fragments", PASS},

	[V_IKE] = {"punt_ike", "IKE message of a known IKE SA, to the control core", PUNT},
	[V_IKE_NEW] = {"punt_ike_new", "IKE message of an unknown IKE SA, to the control core",
		PUNT},
	[V_IKE_FRAGMENT] = {"punt_fragment",
		"fragment of a UDP datagram to a gateway address, to be put together", PUNT},
	[V_HOST] = {"punt_host", "addressed to the gateway itself, to the kernel's mirror", PUNT},
	[V_TUN] = {"punt_tun", "decrypted, addressed to the tunnel's inside address", PUNT},
	[V_ACQUIRE] = {"acquire", "held until its tunnel has an SA", PUNT},
	[V_AWAIT] = {"await_neighbour", "held until the next hop's MAC address is known", PUNT},
	[V_PMTU] = {"icmp_about_esp", "ICMP \"too big\" about our ESP, to be validated", PUNT},

	[V_ETHERTYPE] = {"ethertype", "neither IP nor ARP", DROP},
	[V_NOT_OURS] = {"not_ours", "for another station's MAC address", DROP},
	[V_MALFORMED] = {"malformed", "IP header or lengths are wrong", DROP},
	[V_CHECKSUM] = {"ip_checksum", "IPv4 header checksum is wrong", DROP},
	[V_KEEPALIVE] = {"nat_keepalive", "NAT keepalive: has done its work", DROP},
	[V_CLEAR_FROM_OUTSIDE] = {"clear_from_outside",
		"clear packet from outside that no bypass policy admits", DROP},
	[V_MARTIAN] = {"martian", "source is no unicast address, or one of our own", DROP},
	[V_RPF] = {"rpf", "the route to its source does not lead to the inside port it came from",
		DROP},
	[V_NOT_UNICAST] = {"not_unicast", "multicast and broadcast are not forwarded", DROP},

	[V_DISCARD] = {"discard", "a discard policy matches", DROP},
	[V_NO_ROUTE] = {"no_route", "neither policy nor route", DROP},
	[V_BLACKHOLE] = {"blackhole", "its route says drop", DROP},
	[V_CLEAR_TO_OUTSIDE] = {"clear_to_outside",
		"would leave an outside port in clear without a bypass policy", DROP},
	[V_NO_SA] = {"no_sa", "its connection has no tunnel, or the tunnel no SA", DROP},
	[V_TS_OUT] = {"ts_out", "outside the selectors of every outbound SA of its tunnel", DROP},
	[V_TS_IN] = {"ts_in", "decrypted, but outside the selectors of its SA", DROP},
	[V_TTL] = {"ttl", "TTL or hop limit is used up", DROP},
	[V_TOO_BIG] = {"too_big", "longer than the path's MTU and must not be fragmented", DROP},
	[V_NEIGH] = {"no_neighbour", "the next hop's MAC address is not known yet", DROP},

	[V_NO_SPI] = {"no_spi", "ESP to a gateway address with an unknown SPI", DROP},
	[V_SPI_ADDRESS] = {"spi_address",
		"ESP with a known SPI, but not to that SA's address or encapsulation", DROP},
	[V_ESP_FRAGMENT] = {"esp_fragment", "fragment of an ESP packet", DROP},
	[V_SEQ_USED_UP] = {"seq_used_up", "the SA has no sequence number left", DROP},
	[V_CRYPTO_FULL] = {"crypto_full", "the crypto back end took no more", DROP},
	[V_ESP] = {"esp_pass", "no verdict", DP_FATE_NONE},
	[V_ESP + ESP_NO_ROOM] = {"esp_no_room", "too little room around the packet", DROP},
	[V_ESP + ESP_SHORT] = {"esp_short", "shorter than ESP's own fields", DROP},
	[V_ESP + ESP_UNALIGNED] = {"esp_unaligned", "no multiple of the cipher's block", DROP},
	[V_ESP + ESP_OLD] = {"esp_old", "left of the replay window", DROP},
	[V_ESP + ESP_REPLAYED] = {"esp_replayed", "sequence number seen before", DROP},
	[V_ESP + ESP_BAD_TAG] = {"esp_bad_tag", "integrity check failed", DROP},
	[V_ESP + ESP_FAILED] = {"esp_failed", "the crypto back end failed", DROP},
	[V_ESP + ESP_PADDING] = {"esp_padding", "wrong padding", DROP},
	[V_ESP + ESP_NEXT] = {"esp_next", "next header is no IP version", DROP},
	[V_ESP + ESP_INNER] = {"esp_inner", "inner header's length does not fit", DROP},
	[V_ESP + ESP_ECN] = {"esp_ecn", "congestion mark on a packet that cannot carry it", DROP},
	[V_ESP + ESP_DUMMY] = {"esp_dummy", "dummy packet: discarded without complaint", DROP},

	[V_REASSEMBLY] = {"reassembly",
		"fragments of a datagram to the gateway that overlap or do not add up", DROP},
	[V_NO_BUFFER] = {"no_buffer", "the packet pool is empty", DROP},
	[V_AGAIN_FULL] = {"again_full", "too many packets to run again in one burst", DROP},
	[V_HAND_FULL] = {"hand_full", "the ring to the owning worker is full", DROP},
	[V_PUNT_POLICED] = {"punt_policed", "over the rate of its punt class", DROP},
	[V_PUNT_FULL] = {"punt_full", "the punt ring is full", DROP},
	[V_ICMP_POLICED] = {"icmp_policed", "over the rate of ICMP errors", DROP},
	[V_TX_FULL] = {"tx_full", "the port took no more packets", DROP},
};

const unsigned int dp_verdict_count = sizeof(dp_verdict_table) / sizeof(dp_verdict_table[0]);
static_assert(sizeof(dp_verdict_table) / sizeof(dp_verdict_table[0]) == VERDICTS);
