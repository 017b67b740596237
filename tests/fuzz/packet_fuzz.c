// IP packets from anywhere: headers, flows, errors about them, errors about ours, and answers to
// pings.
//
// Input: kind of error (1), family of its sender (1), then the packet.
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "net/flow.h"
#include "net/icmp.h"
#include "net/ip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(bool holds)
{
	if (!holds)
		abort();
}

// What the readers accept lies within the packet.
static void headers(const uint8_t *l3, size_t len)
{
	struct selector any4 = {.first = {.family = ADDR_V4}, .port_last = UINT16_MAX};
	struct selector any6 = {.first = {.family = ADDR_V6}, .port_last = UINT16_MAX};
	struct ip_info ip;
	struct flow flow;
	char text[128];

	memset(any4.last.b, 0xff, 4);
	memset(any6.last.b, 0xff, 16);
	any4.last.family = ADDR_V4;
	any6.last.family = ADDR_V6;
	if (flow_read(l3, len, &flow, &ip))
		return;
	check(ip.total_len <= len && ip.head_len <= ip.total_len);
	check(flow_within(&flow, &any4, &any4) == (flow.family == ADDR_V4));
	check(flow_within(&flow, &any6, &any6) == (flow.family == ADDR_V6));
	check(strlen(flow_show(&flow, text)) < sizeof(text));
}

// An error that we would send is a packet that we can read, and it quotes what it is about.
static void errors(uint8_t kind, uint8_t family, const uint8_t *l3, size_t len)
{
	struct addr from = {.b = {192, 0, 2, 1}, .family = family & 1 ? ADDR_V6 : ADDR_V4};
	uint8_t out[ICMP_ERROR_ROOM];
	struct icmp_quote quote;
	struct ip_info ip;
	int n = icmp_error(kind % 4, &from, l3, len, 1400, out);

	if (n < 0)
		return;
	check((size_t)n <= sizeof(out) && !ip_read(out, (size_t)n, true, &ip));
	check(ip.total_len == (uint32_t)n && addr_eq(&ip.src, &from));
	if (!icmp_quote_read(out, (size_t)n, &quote))
		check(addr_eq(&quote.src, &ip.dst));
}

// The data of a reply lie within the packet, and asked again make a request of the same length.
static void echo(const uint8_t *l3, size_t len)
{
	uint8_t out[ICMP_ECHO_ROOM];
	struct icmp_echo reply;
	int n;

	if (icmp_echo_reply_read(l3, len, &reply))
		return;
	check(reply.data >= l3 && reply.len <= len && reply.data + reply.len <= l3 + len);
	n = icmp_echo_request(&reply, out);
	check(n < 0 || (size_t)n == (l3[0] >> 4 == 4 ? IP4_HEAD : IP6_HEAD) + 8 + reply.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct rd rd = rd_of(data, len);
	uint8_t kind = rd_u8(&rd), family = rd_u8(&rd);
	uint8_t *l3 = malloc(rd_left(&rd) + 1);
	struct icmp_quote quote;
	struct ip_info ip;

	len = rd_left(&rd);
	rd_copy(&rd, l3, len);
	headers(l3, len);
	errors(kind, family, l3, len);
	echo(l3, len);
	(void)icmp_quote_read(l3, len, &quote);
	// In place: a header that was read stays readable, and its checksum right.
	if (!ip_read(l3, len, true, &ip)) {
		ip_tos_set(l3, kind);
		if (ip_ttl_dec(l3))
			check(!ip_read(l3, len, true, &ip) && ip.tos == kind);
	}
	free(l3);
	return 0;
}
