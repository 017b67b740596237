#include "ui/fake.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

unsigned int fake_begun, fake_cancelled;
char fake_who[64];

static const char *const tunnels[] = {"paris-1", "paris-2", "rome-1", "new york", NULL};
static const char *const counters[] = {"all", "drops", "workers", NULL};

static void tunnel_names(struct ctl *, void (*name)(void *ctx, const char *name), void *ctx)
{
	for (const char *const *tunnel = tunnels; *tunnel; tunnel++)
		name(ctx, *tunnel);
}

static void run_version(struct ctl *, struct act_call *call)
{
	act_done(call, 0, json_pack("{s:s, s:i}", "version", "1.2.3", "uptime_s", 3723), NULL);
}

static void run_tunnels(struct ctl *, struct act_call *call)
{
	json_t *list = json_array();

	for (const char *const *tunnel = tunnels; *tunnel; tunnel++)
		if (!call->arg[0] || !strcmp(call->arg[0], *tunnel))
			json_array_append_new(list, json_pack("{s:s, s:s, s:i}", "name", *tunnel,
							    "state", "up", "rx_bytes", 2048));
	act_done(call, 0, list, NULL);
}

static void run_up(struct ctl *, struct act_call *call)
{
	struct why why;
	int err = why_set(&why, -ENOENT, "no such tunnel", "tunnel up", "paris-1, paris-2, rome-1",
		call->arg[0]);

	for (const char *const *tunnel = tunnels; *tunnel; tunnel++)
		err = strcmp(call->arg[0], *tunnel) ? err : 0;
	act_done(call, err, NULL, &why);
}

static void run_trace(struct ctl *, struct act_call *call)
{
	act_done(call, 0, json_pack("[I]", call->arg[0] ? call->number[0] : (json_int_t)1), NULL);
}

static void run_nothing(struct ctl *, struct act_call *call)
{
	snprintf(fake_who, sizeof(fake_who), "%s", call->who);
	act_done(call, 0, NULL, NULL);
}

static void cancel_wait(struct act_call *)
{
	fake_cancelled++;
}

static void run_wait(struct ctl *, struct act_call *call)
{
	fake_begun++;
	call->cancel = cancel_wait;
}

static void run_big(struct ctl *, struct act_call *call)
{
	json_t *list = json_array();

	for (int64_t i = 0; i < call->number[0]; i++)
		json_array_append_new(list, json_integer(i));
	act_done(call, 0, list, NULL);
}

static const struct act_column tunnel_columns[] = {
	{"name", NULL}, {"state", "is"}, {"rx_bytes", NULL}, {}};

static const char *const versions[] = {"ikev1", "ikev2", NULL};

static const struct act_key set_keys[] = {
	{.name = "label", .api = "Name", .type = ACT_TEXT, .help = "for people"},
	{.name = "lifetime", .type = ACT_NUMBER, .min = 0, .max = 86400, .help = "of the keys"},
	{.name = "peer", .type = ACT_NAME, .names = tunnel_names, .tunnel = true, .help = "who"},
	{.name = "version",
		.api = "TunnelIkeConfig.IkeVersion",
		.type = ACT_WORD,
		.words = versions,
		.tunnel = true,
		.help = "of IKE"},
	{.name = "yes", .type = ACT_FLAG, .help = "do not ask"},
	{},
};

// What was given, in order.
static void run_set(struct ctl *, struct act_call *call)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < call->values; i++)
		json_array_append_new(list, json_sprintf("%s/%u=%s", call->value[i].key->name,
						    call->value[i].tunnel, call->value[i].text));
	act_done(call, 0, list, NULL);
}

static const struct act table[] = {
	{.words = "show version", .shows = true, .help = "who answers", .run = run_version},
	{.words = "show tunnels",
		.shows = true,
		.help = "tunnels and their state",
		.param = {{.name = "name",
			.type = ACT_NAME,
			.optional = true,
			.help = "of one tunnel",
			.names = tunnel_names}},
		.columns = tunnel_columns,
		.run = run_tunnels},
	{.words = "show trace", .shows = true, .help = "the last journey", .run = run_nothing},
	{.words = "tunnel up",
		.role = ACT_OPERATOR,
		.help = "negotiate a tunnel",
		.param = {{.name = "name",
			.type = ACT_NAME,
			.help = "of the tunnel",
			.names = tunnel_names}},
		.run = run_up},
	{.words = "tunnel down",
		.role = ACT_OPERATOR,
		.help = "delete a tunnel's associations",
		.param = {{.name = "name",
			.type = ACT_NAME,
			.help = "of the tunnel",
			.names = tunnel_names}},
		.run = run_up},
	{.words = "tunnel set",
		.shows = true,
		.help = "change a tunnel",
		.param = {{.name = "name",
			.type = ACT_NAME,
			.help = "of the tunnel",
			.names = tunnel_names}},
		.key = set_keys,
		.run = run_set},
	{.words = "trace",
		.shows = true,
		.help = "follow the next packets",
		.param = {{.name = "count",
			.type = ACT_NUMBER,
			.optional = true,
			.help = "how many",
			.min = 1,
			.max = 100}},
		.run = run_trace},
	{.words = "clear counters",
		.role = ACT_OPERATOR,
		.help = "set counters to zero",
		.param = {{.name = "which",
			.type = ACT_WORD,
			.optional = true,
			.help = "all of them, or some",
			.words = counters}},
		.run = run_nothing},
	{.words = "note",
		.help = "write to the log",
		.param = {{.name = "text", .type = ACT_TEXT, .help = "what to write"}},
		.run = run_nothing},
	{.words = "wait", .help = "wait until interrupted", .run = run_wait},
	{.words = "big",
		.shows = true,
		.help = "a long answer",
		.param = {{.name = "lines",
			.type = ACT_NUMBER,
			.help = "how long",
			.min = 0,
			.max = 200000}},
		.run = run_big},
};

struct grammar fake_grammar(void)
{
	return (struct grammar){
		.act = table, .count = sizeof(table) / sizeof(table[0]), .role = ACT_OPERATOR};
}
