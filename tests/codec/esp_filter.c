// A filter for tests: one packet per line in, one per line out, through the codec and a back end.
//
// in:   seal|open BACKEND SUITE ENCR INTEG SPI SEQ SRC DST PACKET
//       SUITE as a proposal ("aes128gcm16-esn"); keys and packets in hexadecimal, "-" for none;
//       SRC and DST "addr" for raw ESP, "addr:port" or "[addr]:port" for UDP encapsulation;
//       SEQ: seal uses it, open has accepted the one before it
// out:  the packet, or the verdict's name, or "unsupported"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "codec/backends.h"
#include "esp/decap.h"
#include "esp/encap.h"
#include "net/ip.h"

enum { ROOM = 128, PACKET = 4096, LINE = 2 * PACKET + 1024, WORDS = 10 };

enum word { HOW, BACKEND, SUITE, ENCR, INTEG, SPI, SEQ, SRC, DST, TEXT };

static const char *usage(const char *what)
{
	fprintf(stderr, "esp_filter: cannot read %s\n", what);
	exit(2);
}

static const struct crypto_driver *backend_of(const char *name)
{
	for (int i = 0; i < BACKENDS; i++)
		if (!strcmp(backends[i]->name, name))
			return backends[i];
	usage("the back end's name");
	return NULL;
}

static struct suite suite_of(const char *text)
{
	struct proposal p;

	if (proposal_read(text, PROPOSAL_ESP, &p, NULL))
		usage("the suite");
	return suite_first(&p);
}

// "addr", "addr:port" or "[addr]:port". returns whether there is a port.
static bool endpoint_of(char *text, struct endpoint *e)
{
	char *end = text[0] == '[' ? strchr(text, ']') : NULL;
	char *colon = end ? end + 1 : strchr(text, ':');
	bool port = colon && (end || !strchr(colon + 1, ':'));

	if (port) {
		e->port = (uint16_t)strtoul(colon + 1, NULL, 10);
		*(end ? end : colon) = 0;
	}
	if (addr_read(text + !!end, &e->addr))
		usage("an address");
	return port;
}

static void run(const struct crypto_driver *driver, struct crypto_op *op)
{
	struct crypto_op *ops[1] = {op};
	struct crypto_lane *lane;

	if (driver->lane_open(1, &lane))
		usage("nothing: no lane");
	driver->submit(lane, ops, 1);
	while (!driver->immediate && !driver->poll(lane, ops, 1))
		;
	driver->lane_close(lane);
}

static enum esp_verdict seal(const struct esp_sa *sa, uint64_t seq, struct pkt *pkt)
{
	struct crypto_op op = {0};
	enum esp_verdict verdict = esp_encap(sa, seq, pkt, &op);

	if (verdict)
		return verdict;
	run(sa->driver, &op);
	if (sa->finish)
		esp_encap_finish(sa, pkt);
	return op.status == CRYPTO_OK ? ESP_PASS : ESP_FAILED;
}

static enum esp_verdict open(const struct esp_sa *sa, struct pkt *pkt)
{
	struct crypto_op op = {0};
	enum esp_verdict verdict;
	uint64_t seq;

	verdict = esp_decap(sa, pkt, sa->outer_len, &seq, &op);
	if (verdict)
		return verdict;
	run(sa->driver, &op);
	return esp_decap_finish(sa, pkt, seq, &op);
}

static void answer(char *word[WORDS])
{
	static uint8_t buf[ROOM + PACKET + ROOM], encr[64], integ[64];
	static char text[2 * sizeof(buf) + 1];
	bool out = !strcmp(word[HOW], "seal");
	struct suite suite = suite_of(word[SUITE]);
	struct esp_params p = {
		.driver = backend_of(word[BACKEND]),
		.suite = &suite,
		.dir = out ? CRYPTO_ENCRYPT : CRYPTO_DECRYPT,
		.encr = encr,
		.integ = suite.integ ? integ : NULL,
		.iv_mask = {1, 2, 3, 4, 5, 6, 7, 8, 9},
		.spi = (uint32_t)strtoul(word[SPI], NULL, 0),
		.seq = strtoull(word[SEQ], NULL, 0) - 1,
		.dscp = ESP_DSCP_COPY,
		.window = 64,
	};
	struct pkt pkt = {.l3 = buf + ROOM, .head = ROOM};
	int len = hex_read(word[TEXT], pkt.l3, PACKET);
	enum esp_verdict verdict;
	struct esp_sa *sa;

	p.udp = endpoint_of(word[SRC], &p.src);
	p.udp = endpoint_of(word[DST], &p.dst) && p.udp;
	if (len < 0 || hex_read(word[ENCR], encr, sizeof(encr)) < 0 ||
		(suite.integ && hex_read(word[INTEG], integ, sizeof(integ)) < 0))
		usage("a key or the packet");
	pkt.len = (uint32_t)len;
	pkt.tail = (uint16_t)(PACKET + ROOM - len);
	if (!p.driver->can(&suite) || esp_sa_new(&p, &sa, NULL)) {
		puts("unsupported");
		return;
	}
	verdict = out ? seal(sa, p.seq + 1, &pkt) : open(sa, &pkt);
	puts(verdict ? esp_verdict_name(verdict) : hex_show(pkt.l3, pkt.len, text, sizeof(text)));
	esp_sa_free(sa);
}

int main(void)
{
	static char line[LINE];

	while (fgets(line, sizeof(line), stdin)) {
		char *word[WORDS], *rest = NULL;

		for (int i = 0; i < WORDS; i++) {
			word[i] = strtok_r(i ? NULL : line, " \n", &rest);
			if (!word[i])
				usage("a line of ten words");
		}
		answer(word);
		fflush(stdout);
	}
	return 0;
}
