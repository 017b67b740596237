#include "ctl/reload.h"

#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "ctl/logbook.h"
#include "ctl/restart.h"
#include "model/diff.h"

static void model_free(struct model *m)
{
	model_fini(m);
	free(m);
}

static void log_changes(const struct model *before, const struct model *after)
{
	char text[DIFF_TEXT];
	struct diff d;

	if (!diff_models(before, after, &d)) {
		for (size_t i = 0; i < d.n; i++)
			log_info("%s", diff_show(&d.v[i], text));
	}
	diff_fini(&d);
}

int reload(struct ctl *ctl, struct report *report, struct reconciled *result, struct why *why)
{
	struct model *next = calloc(1, sizeof(*next));
	int err;

	*result = (struct reconciled){};
	if (!next)
		return -ENOMEM;
	err = ctl->setup.load(ctl->setup.path, next, report);
	if (err) {
		free(next);
		return why_set(why, err, "mistakes in the configuration, nothing has changed",
			ctl->setup.path, NULL, NULL);
	}
	err = restart_check(ctl->booted, next, report);
	if (!err)
		err = reconcile(ctl, next, result, why);
	if (err) {
		model_free(next);
		return err;
	}
	log_changes(ctl->model, next);
	logbook_set(ctl, next);
	// Not when it stays the same: culvertd -d asked for another one.
	if (next->system.log.level != ctl->model->system.log.level)
		log_level_set((enum log_level)next->system.log.level);
	model_free(ctl->model);
	ctl->model = next;
	return 0;
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
