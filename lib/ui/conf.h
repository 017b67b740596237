// The configuration file: libconfig's syntax, the schema's words, every complaint with its line.
#pragma once

#include <stddef.h>
#include <stdio.h>

#include "model/model.h"
#include "model/report.h"
#include "model/state.h"

// Read a whole configuration: syntax, keys, types, ranges, then what check_model asks for.
//
// text    len bytes, need not end with NUL
// dir     where pre_shared_key_file is looked up when its name has no leading '/'; NULL: such
//         files are not read
// m       filled on success, to be freed by model_fini; zero on failure
// report  zero, or holding earlier complaints; gets all complaints, in order of lines. Warnings do
//         not refuse the file. To be freed by report_fini
// returns 0, -EINVAL (refused) or -ENOMEM
[[nodiscard]] int conf_read(
	const char *text, size_t len, const char *dir, struct model *m, struct report *report);

// The same from a file. A file that cannot be read is a complaint, too.
[[nodiscard]] int conf_load(const char *file, struct model *m, struct report *report);

// culvertd --check: print every complaint and a summary. returns 0, or -EINVAL when the file would
// be refused.
int conf_check(const char *file, FILE *out);

// The complaints as conf_check prints them, one a line.
void conf_complain(const struct report *report, const char *file, FILE *out);

// The model as a file that conf_read takes, except for secrets: "<set>". With all false, leaves at
// their default are left out. returns 0 or -EIO
[[nodiscard]] int conf_write(const struct model *m, bool all, FILE *out);

// What was made by shell and API, as conf_write_state has written it. Whether it fits together is
// checked when it is merged with the operator's file, not here.
//
// s, report  as m and report of conf_read
// returns 0, -EINVAL (refused) or -ENOMEM
[[nodiscard]] int conf_read_state(
	const char *text, size_t len, struct state *s, struct report *report);

// All of it, secrets in clear: whoever owns out wipes its buffer. Leaves at their default are left
// out; another default is another STATE_VERSION. returns 0 or -EIO
[[nodiscard]] int conf_write_state(const struct state *s, FILE *out);
