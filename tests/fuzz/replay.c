// Runs a fuzz target over files and directories without a fuzzer: the corpus as a regression test,
// with any compiler. usage: NAME_replay FILE|DIRECTORY ...
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static unsigned int runs;

static void run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = NULL;
	long len = -1;

	if (file && !fseek(file, 0, SEEK_END))
		len = ftell(file);
	if (len >= 0) {
		// Exactly as long as the file, so that a sanitizer sees every step beyond.
		data = malloc(len ? (size_t)len : 1);
		rewind(file);
	}
	if (!data || fread(data, 1, (size_t)len, file) != (size_t)len) {
		fprintf(stderr, "replay: cannot read %s\n", path);
		exit(2);
	}
	fclose(file);
	LLVMFuzzerTestOneInput(data, (size_t)len);
	free(data);
	runs++;
}

static void run_path(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	char name[4096];

	if (!dir) {
		run_file(path);
		return;
	}
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		run_path(name);
	}
	closedir(dir);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		run_path(argv[i]);
	printf("replay: %u inputs\n", runs);
	return runs ? 0 : 1;
}
