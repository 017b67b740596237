#include "ctl/reload.h"

#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "ctl/edit.h"

int reload(struct ctl *ctl, struct report *report, struct reconciled *result, struct why *why)
{
	struct model *file = calloc(1, sizeof(*file));
	mono_us_t start = mono_now(), read;
	int err;

	*result = (struct reconciled){};
	if (!file)
		return -ENOMEM;
	err = ctl->setup.load(ctl->setup.path, file, report);
	if (err) {
		free(file);
		return why_set(why, err, "mistakes in the configuration, nothing has changed",
			ctl->setup.path, NULL, NULL);
	}
	read = mono_now();
	err = edit_file(ctl, file, report, result, why);
	result->read = read - start;
	result->applied = mono_now() - read;
	return err;
}

void ctl_reload(struct ctl *ctl)
{
	struct report report = {};
	struct reconciled result;
	struct why why = {};
	char text[600];
	int err = reload(ctl, &report, &result, &why);

	for (size_t i = 0; i < report.n; i++)
		log_at(report.v[i].warning ? LOG_LEVEL_WARNING : LOG_LEVEL_ERROR, "%s",
			complaint_show(&report.v[i], ctl->setup.path, text, sizeof(text)));
	if (err)
		log_error("not reloaded: %s", why_show(&why, text, sizeof(text)));
	else
		log_info("reloaded %s: %u tunnels new, %u changed, %u removed, %u untouched",
			ctl->setup.path, result.made, result.changed, result.removed, result.kept);
	report_fini(&report);
}
