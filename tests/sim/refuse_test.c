// Every refusal tells both operators which parameter, ours against theirs, and leaves nothing
// behind; with the mistake mended the tunnel comes up by itself.
#include "sim/scenario.h"

#include <stdio.h>
#include <string.h>

static void wrong_psk(struct pair *p)
{
	sim_conf_psk(&p->right, "Secret");
}

static void wrong_group(struct pair *p)
{
	sim_conf_ike(&p->right, "aes128-sha256-modp2048");
}

static void wrong_cipher(struct pair *p)
{
	sim_conf_ike(&p->right, "aes256gcm16-prfsha256-x25519");
}

static void wrong_esp(struct pair *p)
{
	sim_conf_esp(&p->right, "aes256-sha512");
}

static void wrong_selectors(struct pair *p)
{
	p->right.local[0].first = addr_v4(10u << 24 | 9 << 16);
	p->right.local[0].last = addr_v4(10u << 24 | 9 << 16 | 0xffff);
}

static void wrong_id(struct pair *p)
{
	assert_int_equal(ike_id_read("other.example.com", &p->left.conf.local_id, NULL), 0);
}

static void wrong_asked_id(struct pair *p)
{
	assert_int_equal(ike_id_read("east.example.com", &p->left.conf.remote_id, NULL), 0);
}

static void call_the_responder_west(struct pair *p)
{
	p->right.conf.remote_id = (struct ike_id){.type = IKE_ID_ANY};
	assert_int_equal(ike_id_read("west.example.com", &p->right.conf.local_id, NULL), 0);
}

static void no_tunnel(struct pair *p)
{
	assert_int_equal(addr_read("192.0.2.77", &p->right.conf.remote.addr), 0);
}

static const struct {
	const char *name;
	void (*spoil)(struct pair *p);
	bool child; // the IKE SA stands
	struct {
		const char *what, *where, *expected, *got;
	} a, b; // as the initiator and the responder say; "" means nothing to say there
} rows[] = {
	{"psk", wrong_psk, false,
		{"the peer refuses our identity or pre-shared key", "IKE_AUTH response",
			"192.0.2.1 accepted by 192.0.2.2", "AUTHENTICATION_FAILED"},
		{"the pre-shared keys differ", "IKE_AUTH request", "the key of tunnel lab",
			"another key from 192.0.2.1"}},
	{"group", wrong_group, false,
		{"the peer accepts none of our IKE proposals", "IKE_SA_INIT response",
			"aes128-sha256-group31", "NO_PROPOSAL_CHOSEN"},
		{"no common IKE Diffie-Hellman group", "IKE_SA_INIT request", "group14",
			"group31"}},
	{"cipher", wrong_cipher, false,
		{"the peer accepts none of our IKE proposals", "IKE_SA_INIT response",
			"aes128-sha256-group31", "NO_PROPOSAL_CHOSEN"},
		{"no common IKE encryption algorithm", "IKE_SA_INIT request", "aes256gcm16",
			"aes128"}},
	{"esp", wrong_esp, true,
		{"the peer accepts none of our ESP proposals", "IKE_AUTH response", "aes128gcm16",
			"NO_PROPOSAL_CHOSEN"},
		{"no common ESP encryption algorithm", "IKE_AUTH request", "aes256",
			"aes128gcm16"}},
	{"selectors", wrong_selectors, true,
		{"the peer accepts none of our traffic selectors", "IKE_AUTH response",
			"local 10.1.0.0/16 remote 10.2.0.0/16", "TS_UNACCEPTABLE"},
		{"traffic selectors without anything in common", "IKE_AUTH request",
			"local 10.9.0.0/16 remote 10.1.0.0/16",
			"local 10.2.0.0/16 remote 10.1.0.0/16"}},
	{"id", wrong_id, false,
		{"the peer refuses our identity or pre-shared key", "IKE_AUTH response",
			"other.example.com accepted by 192.0.2.2", "AUTHENTICATION_FAILED"},
		{"no tunnel for the peer's identity", "IKE_AUTH request", "192.0.2.1",
			"other.example.com"}},
	{"asked id", wrong_asked_id, false,
		{"the peer refuses our identity or pre-shared key", "IKE_AUTH response",
			"192.0.2.1 accepted by east.example.com", "AUTHENTICATION_FAILED"},
		{"the peer asks for another identity of ours", "IKE_AUTH request", "192.0.2.2",
			"east.example.com"}},
	{"address", no_tunnel, false,
		{"the peer accepts none of our IKE proposals", "IKE_SA_INIT response",
			"aes128-sha256-group31", "NO_PROPOSAL_CHOSEN"},
		{"no tunnel between these addresses", "IKE_SA_INIT request",
			"a tunnel at 192.0.2.2:500", "192.0.2.1:500"}},
};

static void assert_why(const struct sim_node *node, const char *what, const char *where,
	const char *expected, const char *got)
{
	assert_string_equal(node->why.what, what);
	assert_string_equal(node->why.where, where);
	assert_string_equal(node->why.expected, expected);
	assert_string_equal(node->why.got, got);
}

// Anybody may have sent such an answer: the attempt goes on.
static bool is_unsigned(size_t row)
{
	return !strcmp(rows[row].a.where, "IKE_SA_INIT response");
}

static enum ike_tunnel_state state_after(size_t row)
{
	if (rows[row].child)
		return IKE_TUNNEL_IKE_UP;
	return is_unsigned(row) ? IKE_TUNNEL_CONNECTING : IKE_TUNNEL_WAITING;
}

static void both_sides_say_why(void **)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ike_tunnel_view view;
		struct pair p;

		pair_init(&p, i);
		rows[i].spoil(&p);
		pair_start(&p);
		sim_run(&p.sim, 0.5);
		assert_int_equal(p.a->events[IKE_EVENT_REFUSED], 1);
		assert_int_equal(p.b->events[IKE_EVENT_REFUSED], 1);
		assert_why(p.a, rows[i].a.what, rows[i].a.where, rows[i].a.expected, rows[i].a.got);
		assert_why(p.b, rows[i].b.what, rows[i].b.where, rows[i].b.expected, rows[i].b.got);
		assert_int_equal(p.a->why_child_level, rows[i].child);
		assert_int_equal(p.b->why_child_level, rows[i].child);
		assert_true(ike_tunnel_view(p.a->ike, 1, &view));
		assert_string_equal(view.why->what, rows[i].a.what);
		assert_int_equal(view.state, state_after(i));
		assert_int_equal(sim_sas(p.a, "up"), rows[i].child);
		assert_int_equal(p.a->children + p.b->children, 0);
		pair_fini(&p);
	}
}

static void goes_on_trying_and_recovers(void **)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sim_conf left, right;
		struct pair p;

		pair_init(&p, i);
		rows[i].spoil(&p);
		pair_start(&p);
		sim_run(&p.sim, 120);
		// 1, 2, 4, 8, 16, 30, 30 ... seconds, give or take a quarter; or once in each
		// attempt, which lasts 48 s
		assert_in_range(p.a->events[IKE_EVENT_REFUSED], is_unsigned(i) ? 3 : 6,
			is_unsigned(i) ? 3 : 10);
		sim_conf(&left, "192.0.2.1", "192.0.2.2", 1, 2, true);
		sim_conf(&right, "192.0.2.2", "192.0.2.1", 2, 1, false);
		assert_int_equal(sim_set(p.b, &right.conf), 0);
		assert_int_equal(sim_set(p.a, &left.conf), 0);
		sim_run(&p.sim, 60);
		pair_agree(&p, 1);
		sim_conf_fini(&left);
		sim_conf_fini(&right);
		pair_fini(&p);
	}
}

static void any_identity_will_do_and_names_have_no_case(void **)
{
	struct pair p;

	pair_init(&p, 1);
	call_the_responder_west(&p);
	p.left.conf.remote_id = (struct ike_id){.type = IKE_ID_ANY};
	pair_up(&p);
	pair_fini(&p);
	pair_init(&p, 2);
	call_the_responder_west(&p);
	assert_int_equal(ike_id_read("WEST.example.com", &p.left.conf.remote_id, NULL), 0);
	pair_up(&p);
	pair_fini(&p);
}

static void says_when_nobody_answers(void **)
{
	struct pair p;

	pair_init(&p, 3);
	assert_int_equal(sim_set(p.a, &p.left.conf), 0);
	p.b->dead = true;
	sim_run(&p.sim, 60);
	assert_string_equal(p.a->why.what, "no answer from the peer");
	assert_string_equal(p.a->why.where, "IKE_SA_INIT request");
	assert_string_equal(p.a->why.got, "nothing from 192.0.2.2:500");
	assert_int_equal(sim_sas(p.b, NULL), 0);
	pair_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_sides_say_why),
		cmocka_unit_test(goes_on_trying_and_recovers),
		cmocka_unit_test(any_identity_will_do_and_names_have_no_case),
		cmocka_unit_test(says_when_nobody_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
