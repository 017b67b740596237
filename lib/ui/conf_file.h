// Files behind the configuration: its own, and those that hold pre-shared keys.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/model.h"
#include "model/report.h"

enum { CONF_FILE_MAX = 64 * 1024 * 1024 };

struct conf_file {
	char *text;
	size_t len;
	bool others; // somebody beside owner and group may read it
};

// returns 0, -EFBIG (more than CONF_FILE_MAX) or -errno
[[nodiscard]] int conf_file_read(const char *name, struct conf_file *f);
void conf_file_fini(struct conf_file *f); // wiped, since it may hold secrets

// Read pre_shared_key of every tunnel that names a file. returns 0 or -ENOMEM
[[nodiscard]] int conf_file_secrets(struct model *m, const char *dir, struct report *report);

// Warn when the file holds secrets and others may read it.
void conf_file_private(const struct conf_file *f, const struct model *m, struct report *report);
