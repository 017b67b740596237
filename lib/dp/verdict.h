// Why a packet leaves the pipeline: one row each, in verdict.c, and every row a counter.
#pragma once

#include <assert.h>
#include <stdint.h>

#include "dp/dp.h"
#include "dp/stats.h"
#include "esp/verdict.h"

enum verdict {
	V_GO, // still on its way

	// passed
	V_ESP_OUT,
	V_ESP_IN,
	V_FORWARD,
	V_BYPASS,
	V_DIRECT,
	V_HANDED,
	V_HUB,
	V_FRAGMENTED,

	// given to the control core
	V_IKE,
	V_IKE_NEW,
	V_IKE_FRAGMENT,
	V_HOST,
	V_ECHO,
	V_TUN,
	V_ACQUIRE,
	V_AWAIT,
	V_PMTU,

	// dropped on arrival
	V_ETHERTYPE,
	V_NOT_OURS,
	V_MALFORMED,
	V_CHECKSUM,
	V_KEEPALIVE,
	V_CLEAR_FROM_OUTSIDE,
	V_MARTIAN,
	V_RPF,
	V_NOT_UNICAST,

	// dropped by policy or route
	V_DISCARD,
	V_NO_ROUTE,
	V_BLACKHOLE,
	V_CLEAR_TO_OUTSIDE,
	V_NO_SA,
	V_TS_OUT,
	V_TS_IN,
	V_TTL,
	V_TOO_BIG,
	V_NEIGH,

	// dropped by ESP
	V_NO_SPI,
	V_SPI_ADDRESS,
	V_ESP_FRAGMENT,
	V_SEQ_USED_UP,
	V_SA_LIMIT,
	V_CRYPTO_FULL,
	V_ESP, // + enum esp_verdict: rows ESP_NO_ROOM and on
	V_ESP_LAST = V_ESP + ESP_VERDICTS - 1,

	// dropped for want of room or rate
	V_REASSEMBLY,
	V_NO_BUFFER,
	V_AGAIN_FULL,
	V_HAND_FULL,
	V_POLICED, // + enum dp_class
	V_POLICED_LAST = V_POLICED + DP_CLASSES - 1,
	V_FULL, // + enum dp_class
	V_FULL_LAST = V_FULL + DP_CLASSES - 1,
	V_ICMP_POLICED,
	V_TX_FULL,

	VERDICTS,
};
static_assert(VERDICTS < 256);

// The verdict of what lib/esp found.
static inline uint8_t verdict_of_esp(enum esp_verdict esp)
{
	return esp ? (uint8_t)(V_ESP + esp) : V_GO;
}
