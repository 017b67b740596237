// Rekeys and deletes that meet, message by message. The rows answer, one by one, to the published
// cases of strongSwan's child and IKE rekeying suites; each is run with the two sides exchanged and
// with many nonces, so that each of the four is the lowest one now and then.
#include "ike/tunnel.h"
#include "sim/scenario.h"

enum { SEEDS = 24, EVENTS = 3, FATES = 4 };

struct collision {
	const char *name;
	bool other_group; // what is asked for first is not what the other side takes
	bool ends;	  // the IKE SA goes down on purpose
	bool loses;	  // packets may be lost: an SA is deleted, not replaced
	struct {
		uint32_t at_ms;
		char who; // 'a', 'b'; 0: no more
		enum ike_in_type what;
		uint32_t child; // of IKE_IN_TERMINATE
	} event[EVENTS];
	// What becomes of the n-th datagram (from 1) that a side sends after the first event.
	struct {
		char who; // 0: no more
		unsigned int nth;
		int more_ms;
	} fate[FATES];
};

static const struct collision rows[] = {
	// Children.
	{"regular", .event = {{0, 'a', IKE_IN_REKEY_CHILD}}},
	{"another group", .other_group = true, .event = {{0, 'a', IKE_IN_REKEY_CHILD}}},
	{"a limit at the side that answered",
		.event = {{0, 'a', IKE_IN_REKEY_CHILD}, {300, 'b', IKE_IN_REKEY_CHILD}},
		.fate = {{'a', 2, 500}}},
	{"both", .event = {{0, 'a', IKE_IN_REKEY_CHILD}, {0, 'b', IKE_IN_REKEY_CHILD}}},
	{"both, one answer late",
		.event = {{0, 'a', IKE_IN_REKEY_CHILD}, {0, 'b', IKE_IN_REKEY_CHILD}},
		.fate = {{'b', 2, 400}}},
	{"both, one answer lost",
		.event = {{0, 'a', IKE_IN_REKEY_CHILD}, {0, 'b', IKE_IN_REKEY_CHILD}},
		.fate = {{'b', 2, SIM_LOST}}},
	{"both, one request late",
		.event = {{0, 'a', IKE_IN_REKEY_CHILD}, {0, 'b', IKE_IN_REKEY_CHILD}},
		.fate = {{'a', 1, 12}}},
	{"both, one request after the delete",
		.event = {{0, 'a', IKE_IN_REKEY_CHILD}, {0, 'b', IKE_IN_REKEY_CHILD}},
		.fate = {{'a', 1, 400}}},
	{"both, one request lost",
		.event = {{0, 'a', IKE_IN_REKEY_CHILD}, {0, 'b', IKE_IN_REKEY_CHILD}},
		.fate = {{'a', 1, SIM_LOST}}},
	{"both, another group", .other_group = true,
		.event = {{0, 'a', IKE_IN_REKEY_CHILD}, {0, 'b', IKE_IN_REKEY_CHILD}}},
	{"both, another group, the second request late", .other_group = true,
		.event = {{0, 'a', IKE_IN_REKEY_CHILD}, {0, 'b', IKE_IN_REKEY_CHILD}},
		.fate = {{'a', 3, 400}}},
	{"rekey, delete", .loses = true,
		.event = {{0, 'a', IKE_IN_REKEY_CHILD}, {0, 'b', IKE_IN_TERMINATE, 1}}},
	{"rekey, delete that is lost", .loses = true,
		.event = {{0, 'a', IKE_IN_REKEY_CHILD}, {0, 'b', IKE_IN_TERMINATE, 1}},
		.fate = {{'b', 1, SIM_LOST}}},
	{"rekey that is lost, delete", .loses = true,
		.event = {{0, 'a', IKE_IN_REKEY_CHILD}, {0, 'b', IKE_IN_TERMINATE, 1}},
		.fate = {{'a', 1, SIM_LOST}}},
	{"child rekey, IKE rekey",
		.event = {{0, 'a', IKE_IN_REKEY_CHILD}, {0, 'b', IKE_IN_REKEY_IKE}}},
	{"child rekey, IKE rekey that is lost",
		.event = {{0, 'a', IKE_IN_REKEY_CHILD}, {0, 'b', IKE_IN_REKEY_IKE}},
		.fate = {{'b', 1, SIM_LOST}}},
	{"child rekey, IKE delete", .ends = true,
		.event = {{0, 'a', IKE_IN_REKEY_CHILD}, {0, 'b', IKE_IN_TERMINATE, 0}}},
	// IKE SAs.
	{"IKE: regular", .event = {{0, 'a', IKE_IN_REKEY_IKE}}},
	{"IKE: another group", .other_group = true, .event = {{0, 'a', IKE_IN_REKEY_IKE}}},
	{"IKE: both", .event = {{0, 'a', IKE_IN_REKEY_IKE}, {0, 'b', IKE_IN_REKEY_IKE}}},
	{"IKE: both, another group", .other_group = true,
		.event = {{0, 'a', IKE_IN_REKEY_IKE}, {0, 'b', IKE_IN_REKEY_IKE}}},
	{"IKE: both, another group, the second request late", .other_group = true,
		.event = {{0, 'a', IKE_IN_REKEY_IKE}, {0, 'b', IKE_IN_REKEY_IKE}},
		.fate = {{'a', 3, 400}}},
	{"IKE: both, one answer late",
		.event = {{0, 'a', IKE_IN_REKEY_IKE}, {0, 'b', IKE_IN_REKEY_IKE}},
		.fate = {{'b', 2, 400}}},
	{"IKE: both, one answer lost",
		.event = {{0, 'a', IKE_IN_REKEY_IKE}, {0, 'b', IKE_IN_REKEY_IKE}},
		.fate = {{'b', 2, SIM_LOST}}},
	{"IKE: both, one request lost",
		.event = {{0, 'a', IKE_IN_REKEY_IKE}, {0, 'b', IKE_IN_REKEY_IKE}},
		.fate = {{'a', 1, SIM_LOST}}},
	{"IKE: both, one request late",
		.event = {{0, 'a', IKE_IN_REKEY_IKE}, {0, 'b', IKE_IN_REKEY_IKE}},
		.fate = {{'a', 1, 12}}},
	{"IKE: both, one request after the delete",
		.event = {{0, 'a', IKE_IN_REKEY_IKE}, {0, 'b', IKE_IN_REKEY_IKE}},
		.fate = {{'a', 1, 400}}},
	{"IKE: rekey, delete", .ends = true,
		.event = {{0, 'a', IKE_IN_REKEY_IKE}, {0, 'b', IKE_IN_TERMINATE, 0}}},
	{"IKE: rekey, delete that is lost", .ends = true,
		.event = {{0, 'a', IKE_IN_REKEY_IKE}, {0, 'b', IKE_IN_TERMINATE, 0}},
		.fate = {{'b', 1, SIM_LOST}}},
	{"IKE: rekey, delete of the child", .loses = true,
		.event = {{0, 'a', IKE_IN_REKEY_IKE}, {0, 'b', IKE_IN_TERMINATE, 1}}},
};

struct meeting {
	struct pair p;
	const struct collision *row;
	bool swapped;
	unsigned int sent[2];
};

static bool is_left(const struct meeting *m, char who)
{
	return (who == 'a') != m->swapped;
}

static int fate(void *ctx, const struct sim_node *from)
{
	struct meeting *m = ctx;
	bool left = from == m->p.a;
	unsigned int nth = ++m->sent[left];

	for (size_t i = 0; i < FATES && m->row->fate[i].who; i++) {
		if (m->row->fate[i].nth == nth && is_left(m, m->row->fate[i].who) == left)
			return m->row->fate[i].more_ms;
	}
	return 0;
}

// Each side begins with a group that the other does not take. IKE_AUTH needs none, and the IKE SA
// would begin with the one that worked before.
static void prefer_other_groups(struct pair *p)
{
	sim_conf_ike(&p->left, "aes128-sha256-x25519-ecp256");
	sim_conf_ike(&p->right, "aes128-sha256-x25519-ecp384");
	sim_conf_esp(&p->left, "aes128gcm16-ecp256 aes256-sha256-x25519");
	sim_conf_esp(&p->right, "aes192gcm16-ecp384 aes256-sha256-x25519");
}

static void begin_with_another_group(struct meeting *m)
{
	ike_tunnel_sa(ike_tunnel_find(m->p.a->ike, 1))->group_hint = alg(ALG_ECP256)->v2_id;
	ike_tunnel_sa(ike_tunnel_find(m->p.b->ike, 1))->group_hint = alg(ALG_ECP384)->v2_id;
}

static void begin(struct meeting *m, uint64_t seed)
{
	pair_init(&m->p, seed);
	if (m->row->other_group)
		prefer_other_groups(&m->p);
	pair_up(&m->p);
	m->p.sim.esp_every = MONO_MS(20);
	sim_run(&m->p.sim, 1);
	if (m->row->other_group && m->row->event[0].what == IKE_IN_REKEY_IKE)
		begin_with_another_group(m);
	m->p.sim.fate = fate;
	m->p.sim.fate_ctx = m;
}

static void happen(struct meeting *m)
{
	uint32_t at_ms = 0;

	for (size_t i = 0; i < EVENTS && m->row->event[i].who; i++) {
		struct sim_node *node = is_left(m, m->row->event[i].who) ? m->p.a : m->p.b;

		sim_run(&m->p.sim, (double)(m->row->event[i].at_ms - at_ms) / 1000);
		at_ms = m->row->event[i].at_ms;
		(void)sim_command(node, m->row->event[i].what, 1, m->row->event[i].child, 0);
	}
}

// What was closed on purpose comes back when it is asked for.
static void bring_back(struct meeting *m)
{
	for (size_t i = 0; i < EVENTS && m->row->event[i].who; i++) {
		if (m->row->event[i].what == IKE_IN_TERMINATE)
			(void)sim_command(is_left(m, m->row->event[i].who) ? m->p.a : m->p.b,
				IKE_IN_INITIATE, 1, 0, 0);
	}
	sim_run(&m->p.sim, 90);
}

static void one_stays(struct meeting *m)
{
	const char *wrong;

	sim_run(&m->p.sim, 90); // longer than what was replaced is kept
	if (m->row->ends || m->row->loses)
		bring_back(m);
	wrong = sim_agree(m->p.a, m->p.b, 1);
	if (!wrong && !m->row->ends && !m->row->loses &&
		m->p.a->events[IKE_EVENT_CHILD_DOWN] + m->p.b->events[IKE_EVENT_CHILD_DOWN])
		wrong = "the tunnel was down for a moment";
	if (!wrong && !m->row->ends && !m->row->loses && m->p.a->esp_lost + m->p.b->esp_lost)
		wrong = "packets were lost";
	if (!wrong)
		return;
	sim_print(m->p.a, "a");
	sim_print(m->p.b, "b");
	fail_msg("%s%s, seed %lu: %s", m->row->name, m->swapped ? ", sides exchanged" : "",
		(unsigned long)m->p.seed, wrong);
}

static void exactly_one_sa_stays(void **state)
{
	for (uint64_t i = 0; i < 2 * SEEDS; i++) {
		struct meeting m = {.row = *state, .swapped = i % 2};

		begin(&m, sim_first() + i / 2);
		happen(&m);
		one_stays(&m);
		pair_fini(&m.p);
	}
}

int main(void)
{
	enum { ROWS = sizeof(rows) / sizeof(rows[0]) };
	struct CMUnitTest tests[ROWS];

	for (size_t i = 0; i < ROWS; i++)
		tests[i] = (struct CMUnitTest){.name = rows[i].name,
			.test_func = exactly_one_sa_stays,
			.initial_state = (void *)&rows[i]};
	return cmocka_run_group_tests_name("collide", tests, NULL, NULL);
}
