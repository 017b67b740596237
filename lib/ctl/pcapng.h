// A capture file that Wireshark reads: pcapng with one interface of raw IP packets.
#pragma once

#include <stdint.h>
#include <stdio.h>

#include "net/addr.h"

// The section and its interface. program: who writes; name: of the interface.
void pcapng_begin(FILE *out, const char *program, const char *name);

// A UDP datagram, with the IP and UDP headers that it had or is going to have.
//
// wall_us  microseconds since 1970
// marker   four zero bytes stand before the payload on the wire (RFC 3948)
// comment  NULL: none
void pcapng_udp(FILE *out, uint64_t wall_us, const struct endpoint *from, const struct endpoint *to,
	bool marker, const uint8_t *payload, size_t len, const char *comment);
