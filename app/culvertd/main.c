// culvertd: the appliance.
#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "crypto/rng.h"
#include "ctl/act.h"
#include "ctl/ctl.h"
#include "drivers.h"
#include "eal.h"
#include "harden.h"
#include "model/model.h"
#include "model/report.h"
#include "options.h"
#include "sysd.h"
#include "terminal.h"
#include "ui/conf.h"
#include "ui/sock.h"

struct daemon {
	struct loop *loop;
	struct ctl *ctl;
	struct sock *sock;
	struct loop_watch *term, *intr, *hup;
	struct terminal *terminal;
	bool eal;
};

static int fail(const struct why *why, int err)
{
	char text[600];

	log_error("%s", why->what[0] ? why_show(why, text, sizeof(text)) : strerror(-err));
	return err;
}

static int load(const char *path, struct model *m)
{
	struct report report = {};
	int err = conf_load(path, m, &report);

	conf_complain(&report, path, stderr);
	report_fini(&report);
	return err;
}

static int start_eal(const struct model *m, struct why *why)
{
	struct eal_conf conf = {
		.control_cpu = m->system.control_lcore,
		.memory_mb = m->system.memory_mb,
		.hugepages = m->system.hugepages != MODEL_HUGEPAGES_OFF,
	};

	for (size_t i = 0; i < m->system.worker_lcores.n && i < EAL_WORKERS; i++)
		conf.worker_cpu[conf.n_workers++] = m->system.worker_lcores.v[i];
	for (size_t i = 0; i < m->ports.n && i < EAL_DEVICES; i++)
		conf.device[conf.n_devices++] = m->ports.v[i].device;
	return eal_start(&conf, why);
}

static void on_stop(void *ctx, int)
{
	sysd_notify("STOPPING=1");
	loop_stop(((struct daemon *)ctx)->loop);
}

static void on_hup(void *ctx, int)
{
	sysd_notify("RELOADING=1");
	ctl_reload(((struct daemon *)ctx)->ctl);
	sysd_notify("READY=1");
}

static int watch_signals(struct daemon *d, bool interactive)
{
	signal(SIGPIPE, SIG_IGN);
	d->term = loop_signal(d->loop, SIGTERM, on_stop, d);
	d->hup = loop_signal(d->loop, SIGHUP, on_hup, d);
	// At the terminal Ctrl-C belongs to the line that is edited.
	if (interactive)
		signal(SIGINT, SIG_IGN);
	else
		d->intr = loop_signal(d->loop, SIGINT, on_stop, d);
	return d->term && d->hup && (d->intr || interactive) ? 0 : -ENOMEM;
}

static int start_ctl(struct daemon *d, const char *path, struct model *m, struct why *why)
{
	unsigned int lcore[EAL_WORKERS], n = 0;
	struct ctl_setup setup = {
		.crypto = drivers_crypto,
		.port = drivers_port,
		.punt = drivers_punt,
		.route = drivers_route,
		.rng_public = rng_public,
		.rng_secret = rng_secret,
		.loop = d->loop,
		.lcore = lcore,
		.path = path,
		.load = conf_load,
		.read_state = conf_read_state,
		.write_state = conf_write_state,
	};

	while (n < m->system.worker_lcores.n && n < EAL_WORKERS) {
		lcore[n] = n + 1;
		n++;
	}
	setup.n_workers = n;
	return ctl_new(&setup, m, &d->ctl, why);
}

static int start_sock(struct daemon *d, const struct model *m, struct why *why)
{
	const struct group *group = getgrnam(m->system.user);
	struct sock_conf conf = {
		.loop = d->loop,
		.grammar = {.act = act_table,
			.count = act_count,
			.ctl = d->ctl,
			.role = ACT_OPERATOR},
		.path = m->system.socket,
		.group = group ? group->gr_gid : 0,
	};

	return sock_open(&conf, &d->sock, why);
}

// After everything that needs root.
static int become_user(const char *user, const char *path, struct why *why)
{
	int err;

	if (!user[0] || !strcmp(user, "root"))
		return 0;
	err = harden_drop(user, why);
	if (err == -ENOENT || err == -EPERM) {
		log_warning("%s: staying what I am", err == -ENOENT
							     ? "the user of system.user does not "
							       "exist (adduser --system --group)"
							     : "not started as root");
		return 0;
	}
	if (!err && access(path, R_OK))
		log_warning("%s is not readable by user %s: a reload will fail", path, user);
	return err;
}

static int start(struct daemon *d, const struct options *o, struct model *m, struct why *why)
{
	int err = start_eal(m, why);

	d->eal = !err;
	if (!err)
		err = loop_new(&d->loop);
	if (!err)
		err = watch_signals(d, o->interactive);
	if (err) {
		model_fini(m);
		free(m);
		return err;
	}
	err = start_ctl(d, o->config, m, why);
	if (!err)
		err = start_sock(d, m, why);
	if (!err)
		err = become_user(m->system.user, o->config, why);
	if (!err && o->interactive)
		err = terminal_start(d->loop, d->sock, &d->terminal, why);
	return err;
}

static void stop(struct daemon *d)
{
	terminal_stop(d->terminal);
	sock_close(d->sock);
	ctl_free(d->ctl);
	loop_unwatch(d->term);
	loop_unwatch(d->intr);
	loop_unwatch(d->hup);
	loop_free(d->loop);
	if (d->eal)
		eal_stop();
}

int main(int argc, char **argv)
{
	struct daemon d = {};
	struct options o;
	struct why why = {};
	struct model *m;
	int err;

	if (options_read(argc, argv, &o))
		return 2;
	if (o.quit)
		return EXIT_SUCCESS;
	harden_memory();
	log_init(LOG_LEVEL_INFO, false, "culvertd");
	if (o.check)
		return conf_check(o.config, stdout) ? EXIT_FAILURE : EXIT_SUCCESS;

	m = calloc(1, sizeof(*m));
	if (!m || load(o.config, m)) {
		free(m);
		return EXIT_FAILURE;
	}
	log_init(o.debug ? LOG_LEVEL_DEBUG : (enum log_level)m->system.log.level,
		m->system.log.target == MODEL_LOG_SYSLOG, "culvertd");
	err = start(&d, &o, m, &why);
	if (err) {
		fail(&why, err);
	} else {
		sysd_notify("READY=1");
		loop_run(d.loop);
	}
	stop(&d);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
