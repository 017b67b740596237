// culvert-bench: what the product's parts and the whole pipeline do per second on this machine.
#include <stdio.h>
#include <string.h>

#include "mode.h"

const struct bench_mode bench_modes[] = {
	{"crypto", "crypto back ends, beside intel-ipsec-mb called directly", bench_crypto},
	{"codec", "ESP encapsulation and decapsulation, without and with ciphers", bench_codec},
	{"ike", "IKE handshakes against itself, beside bare OpenSSL", bench_ike},
	{"pipe", "the worker pipeline between two ports, as in culvertd", bench_pipe},
};
const unsigned int bench_mode_count = sizeof(bench_modes) / sizeof(bench_modes[0]);

static int usage(FILE *out)
{
	fprintf(out, "usage: culvert-bench MODE [options]; culvert-bench MODE --help\n\nmodes:\n");
	for (unsigned int i = 0; i < bench_mode_count; i++)
		fprintf(out, "  %-8s %s\n", bench_modes[i].name, bench_modes[i].help);
	return out == stdout ? 0 : 2;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return usage(stderr);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return usage(stdout);
	if (!strcmp(argv[1], "--version")) {
		puts("culvert-bench " CULVERT_VERSION);
		return 0;
	}
	for (unsigned int i = 0; i < bench_mode_count; i++)
		if (!strcmp(argv[1], bench_modes[i].name))
			return bench_modes[i].run(argc - 1, argv + 1);
	fprintf(stderr, "culvert-bench: no mode \"%s\"\n", argv[1]);
	return usage(stderr);
}
