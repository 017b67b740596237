// A configuration in a file, and what is said about it.
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "ui/conf.h"
#include "ui/conf_file.h"

int conf_load(const char *file, struct model *m, struct report *report)
{
	char dir[PATH_MAX];
	struct conf_file f;
	const struct path whole = {};
	const char *slash = strrchr(file, '/');
	int err = conf_file_read(file, &f);

	*m = (struct model){};
	if (err) {
		report_add(report, "unreadable", &whole, "cannot be read", NULL, strerror(-err));
		return -EINVAL;
	}
	snprintf(dir, sizeof(dir), "%.*s", slash ? (int)(slash - file) : 1, slash ? file : ".");
	err = conf_read(f.text, f.len, dir, m, report);
	if (!err)
		conf_file_private(&f, m, report);
	conf_file_fini(&f);
	return err;
}

void conf_complain(const struct report *report, const char *file, FILE *out)
{
	char text[1024];

	for (size_t i = 0; i < report->n; i++)
		fprintf(out, "%s\n", complaint_show(&report->v[i], file, text, sizeof(text)));
	if (report->errors + report->warnings > report->n)
		fprintf(out, "%s: ... and %zu more\n", file,
			report->errors + report->warnings - report->n);
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

int conf_check(const char *file, FILE *out)
{
	struct report report = {};
	struct model m;
	int err = conf_load(file, &m, &report);

	conf_complain(&report, file, out);
	if (err)
		fprintf(out, "%s: refused: %zu mistake%s", file, report.errors,
			plural(report.errors));
	else
		fprintf(out, "%s: accepted: %zu connection%s", file, m.connections.n,
			plural(m.connections.n));
	fprintf(out, ", %zu warning%s\n", report.warnings, plural(report.warnings));
	model_fini(&m);
	report_fini(&report);
	return err;
}
