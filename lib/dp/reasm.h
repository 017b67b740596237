// Fragmented IPv4 datagrams to a gateway address put together again (RFC 791 s3.2, RFC 815), for
// IKE messages with certificates. A few at a time, bounded, on the control core.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mono.h"

struct reasm;

struct reasm *reasm_new(void); // NULL without memory
void reasm_free(struct reasm *reasm);

// One fragment, from its IP header. returns the whole datagram (an IP header that says so, with 16
// bytes free before it; valid until the next call) and its length, or NULL while any is missing.
// Overlapping fragments make the whole datagram be dropped (as RFC 5722 for IPv6).
//
// bad  set when this fragment has spoilt its datagram, or is no IPv4
uint8_t *reasm_add(struct reasm *reasm, const uint8_t *l3, size_t len, mono_us_t now,
	size_t *whole_len, bool *bad);
// Forget what stays incomplete.
void reasm_tick(struct reasm *reasm, mono_us_t now);
