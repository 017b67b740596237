#include "ctl/iketrace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utlist.h>

#include "base/log.h"
#include "ctl/ikerun.h"
#include "ctl/logbook.h"
#include "ctl/pcapng.h"
#include "ike/reveal.h"

enum { TOLD = 256, PATH_MAX_LEN = 400 };

struct iketrace {
	struct ctl *ctl;
	struct tunnel *tunnel;
	FILE *packets, *ike1, *ike, *esp; // all but the first: NULL without keys
	struct loop_timer *timer;
	unsigned int left;   // packets that may still be written
	uint64_t told[TOLD]; // our SPIs whose keys stand in the file, the last ones
	unsigned int n_told;
	struct iketrace *next;
};

// What Wireshark calls our algorithms, in the table of IKEv2 and in that of ESP; NULL: it has no
// word for it.
static const struct {
	const char *ike, *esp;
} names[ALG_COUNT] = {
	[ALG_AES128_CBC] = {"AES-CBC-128 [RFC3602]", "AES-CBC [RFC3602]"},
	[ALG_AES192_CBC] = {"AES-CBC-192 [RFC3602]", "AES-CBC [RFC3602]"},
	[ALG_AES256_CBC] = {"AES-CBC-256 [RFC3602]", "AES-CBC [RFC3602]"},
	[ALG_AES128_GCM16] = {"AES-GCM-128 with 16 octet ICV [RFC5282]",
		"AES-GCM with 16 octet ICV [RFC4106]"},
	[ALG_AES192_GCM16] = {"AES-GCM-192 with 16 octet ICV [RFC5282]",
		"AES-GCM with 16 octet ICV [RFC4106]"},
	[ALG_AES256_GCM16] = {"AES-GCM-256 with 16 octet ICV [RFC5282]",
		"AES-GCM with 16 octet ICV [RFC4106]"},
	[ALG_3DES_CBC] = {"3DES [RFC2451]", "TripleDES-CBC [RFC2451]"},
	[ALG_DES_CBC] = {NULL, "DES-CBC [RFC2405]"},
	[ALG_HMAC_MD5] = {"HMAC_MD5_96 [RFC2403]", "HMAC-MD5-96 [RFC2403]"},
	[ALG_HMAC_SHA1] = {"HMAC_SHA1_96 [RFC2404]", "HMAC-SHA-1-96 [RFC2404]"},
	[ALG_HMAC_SHA256] = {"HMAC_SHA2_256_128 [RFC4868]", "HMAC-SHA-256-128 [RFC4868]"},
	[ALG_HMAC_SHA384] = {"HMAC_SHA2_384_192 [RFC4868]", "HMAC-SHA-384-192 [RFC4868]"},
	[ALG_HMAC_SHA512] = {"HMAC_SHA2_512_256 [RFC4868]", "HMAC-SHA-512-256 [RFC4868]"},
};

static FILE *create(const char *path, struct why *why)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	if (file)
		return file;
	why_set(why, -errno, "cannot make the file", path, NULL, strerror(errno));
	if (fd >= 0)
		close(fd);
	return NULL;
}

static FILE *create_in(const char *dir, const char *name, struct why *why)
{
	char path[PATH_MAX_LEN + 64];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return create(path, why);
}

static int create_keys(struct iketrace *trace, const char *file, struct why *why)
{
	char dir[PATH_MAX_LEN + 8];

	snprintf(dir, sizeof(dir), "%s.keys", file);
	if (mkdir(dir, 0700))
		return why_set(why, -errno, "cannot make the directory of keys", dir, NULL,
			strerror(errno));
	trace->ike1 = create_in(dir, "ikev1_decryption_table", why);
	trace->ike = trace->ike1 ? create_in(dir, "ikev2_decryption_table", why) : NULL;
	trace->esp = trace->ike ? create_in(dir, "esp_sa", why) : NULL;
	return trace->esp ? 0 : -EIO;
}

static void trace_free(struct iketrace *trace)
{
	FILE *const files[] = {trace->packets, trace->ike1, trace->ike, trace->esp};

	for (unsigned int i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (files[i])
			fclose(files[i]);
	}
	loop_timer_free(trace->timer);
	free(trace);
}

static void end(struct iketrace *trace)
{
	log_warning("tunnel %s: the trace of its negotiation has ended", trace->tunnel->name);
	LL_DELETE(trace->ctl->iketraces, trace);
	trace_free(trace);
}

static void on_time(void *ctx)
{
	end(ctx);
}

static struct iketrace *find(const struct ctl *ctl, const struct tunnel *tunnel)
{
	struct iketrace *trace;

	LL_FOREACH (ctl->iketraces, trace) {
		if (trace->tunnel == tunnel)
			return trace;
	}
	return NULL;
}

static void put_hex(FILE *out, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		fprintf(out, "%02x", bytes[i]);
}

// Each pair once; the ring forgets those that are long gone.
static bool is_told(struct iketrace *trace, uint64_t spi)
{
	for (unsigned int i = 0; i < trace->n_told && i < TOLD; i++) {
		if (trace->told[i] == spi)
			return true;
	}
	trace->told[trace->n_told++ % TOLD] = spi;
	return false;
}

static void tell(void *ctx, const struct ike_secrets *s)
{
	struct iketrace *trace = ctx;
	const struct alg *encr = s->suite->encr, *integ = s->suite->integ;
	const char *integ_name = integ ? names[integ->id].ike : "NONE [RFC4306]";

	if (!encr || is_told(trace, s->spi_i ^ s->spi_r))
		return;
	if (s->v1) {
		fprintf(trace->ike1, "%016llx,", (unsigned long long)s->spi_i);
		put_hex(trace->ike1, s->encr_i, s->encr_len);
		fputc('\n', trace->ike1);
		fflush(trace->ike1);
		return;
	}
	if (!names[encr->id].ike || !integ_name) {
		fprintf(trace->ike, "# Wireshark has no word for %s\n", encr->name);
		return;
	}
	fprintf(trace->ike, "%016llx,%016llx,", (unsigned long long)s->spi_i,
		(unsigned long long)s->spi_r);
	put_hex(trace->ike, s->encr_i, s->encr_len);
	fputc(',', trace->ike);
	put_hex(trace->ike, s->encr_r, s->encr_len);
	fprintf(trace->ike, ",\"%s\",", names[encr->id].ike);
	put_hex(trace->ike, s->integ_i, s->integ_len);
	fputc(',', trace->ike);
	put_hex(trace->ike, s->integ_r, s->integ_len);
	fprintf(trace->ike, ",\"%s\"\n", integ_name);
	fflush(trace->ike);
}

void iketrace_stepped(struct ctl *ctl)
{
	struct iketrace *trace;

	LL_FOREACH (ctl->iketraces, trace) {
		if (trace->ike)
			ike_reveal(ikerun_ike(ctl), trace->tunnel->id, tell, trace);
	}
}

static void tell_esp(FILE *out, const struct ike_act_child *child, const struct addr *from,
	const struct addr *to, uint32_t spi, const struct secret *encr, const struct secret *integ)
{
	const struct alg *e = child->suite.encr, *i = child->suite.integ;
	char src[ADDR_TEXT], dst[ADDR_TEXT];

	if (!names[e->id].esp || (i && !names[i->id].esp)) {
		fprintf(out, "# Wireshark has no word for %s\n", e->name);
		return;
	}
	fprintf(out, "\"%s\",\"%s\",\"%s\",\"0x%08x\",\"%s\",\"0x",
		from->family == ADDR_V6 ? "IPv6" : "IPv4", addr_show(from, src), addr_show(to, dst),
		spi, names[e->id].esp);
	put_hex(out, encr->b, encr->len);
	fprintf(out, "\",\"%s\",\"", i ? names[i->id].esp : "NULL");
	if (i)
		fputs("0x", out);
	put_hex(out, integ->b, integ->len);
	fputs("\"\n", out);
	fflush(out);
}

void iketrace_child(struct ctl *ctl, const struct ike_act_child *child)
{
	const struct iketrace *trace;

	LL_FOREACH (ctl->iketraces, trace) {
		if (!trace->esp || trace->tunnel->id != child->tunnel)
			continue;
		tell_esp(trace->esp, child, &child->remote.addr, &child->local.addr, child->spi_in,
			&child->encr_in, &child->integ_in);
		tell_esp(trace->esp, child, &child->local.addr, &child->remote.addr, child->spi_out,
			&child->encr_out, &child->integ_out);
	}
}

// A tunnel to any address may have every peer that comes to its own.
static bool is_its(const struct tunnel *t, const struct addr *local, const struct addr *remote)
{
	return addr_eq(&t->gateway.addr, local) &&
	       (!t->peer_addr.family || addr_eq(&t->peer_addr, remote));
}

void iketrace_packet(struct ctl *ctl, const struct endpoint *local, const struct endpoint *remote,
	bool inbound, bool marker, const uint8_t *payload, size_t len)
{
	struct iketrace *trace;
	char comment[96];

	LL_FOREACH (ctl->iketraces, trace) {
		if (!trace->left || !is_its(trace->tunnel, &local->addr, &remote->addr))
			continue;
		trace->left--;
		snprintf(comment, sizeof(comment), "tunnel %s: %s", trace->tunnel->name,
			inbound ? "from the peer" : "to the peer");
		pcapng_udp(trace->packets, (uint64_t)logbook_wall_ms() * 1000 + mono_now() % 1000,
			inbound ? remote : local, inbound ? local : remote, marker, payload, len,
			comment);
		fflush(trace->packets);
	}
}

int iketrace_begin(struct ctl *ctl, struct tunnel *tunnel, const char *file, unsigned int seconds,
	bool keys, struct why *why)
{
	struct iketrace *trace;
	int err = 0;

	if (find(ctl, tunnel))
		return why_set(why, -EBUSY, "the tunnel is being traced", tunnel->name, NULL, NULL);
	if (file[0] != '/' || strlen(file) >= PATH_MAX_LEN)
		return why_set(
			why, -EINVAL, "no file to trace into", NULL, "an absolute path", file);
	trace = calloc(1, sizeof(*trace));
	if (!trace)
		return -ENOMEM;
	trace->ctl = ctl;
	trace->tunnel = tunnel;
	trace->left = IKETRACE_PACKETS;
	trace->timer = loop_timer_new(ctl->loop, on_time, trace);
	trace->packets = trace->timer ? create(file, why) : NULL;
	if (!trace->packets)
		err = trace->timer ? -EIO : -ENOMEM;
	if (!err && keys)
		err = create_keys(trace, file, why);
	if (err) {
		trace_free(trace);
		return err;
	}
	pcapng_begin(trace->packets, "culvertd", tunnel->name);
	fflush(trace->packets);
	loop_timer_after(trace->timer, MONO_S(seconds));
	LL_PREPEND(ctl->iketraces, trace);
	if (keys)
		log_warning("tunnel %s: its negotiation is traced to %s, and its KEYS to %s.keys: "
			    "whoever can read them can read the traffic",
			tunnel->name, file, file);
	else
		log_warning("tunnel %s: its negotiation is traced to %s", tunnel->name, file);
	iketrace_stepped(ctl);
	return 0;
}

int iketrace_end(struct ctl *ctl, const struct tunnel *tunnel)
{
	struct iketrace *trace = find(ctl, tunnel);

	if (!trace)
		return -ENOENT;
	end(trace);
	return 0;
}
