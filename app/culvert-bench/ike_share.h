// How much of the time is spent in lib/crypto, and so in OpenSSL: its functions are wrapped by the
// linker (-Wl,--wrap), and each call is timed with the TSC.
#pragma once

#include <stdint.h>

// TSC cycles of this thread since the program began: all, those in key exchanges, those in the rest
// of lib/crypto.
struct ike_share {
	uint64_t all, exchange, symmetric;
};

struct ike_share ike_share_now(void);
// Add what has passed since an earlier ike_share_now.
void ike_share_add(struct ike_share *sum, const struct ike_share *since);
