#include "sim/v1.h"

static void set(struct sim_conf *c, bool aggressive)
{
	c->conf.version = IKE_V1;
	c->conf.aggressive = aggressive;
	sim_conf_ike(c, "aes128-sha256-x25519");
	sim_conf_esp(c, "aes128-sha256-x25519");
}

void v1_pair(struct pair *p, bool aggressive)
{
	p->sim.tells_unknown = true;
	set(&p->left, aggressive);
	set(&p->right, aggressive);
	if (!aggressive)
		return;
	assert_int_equal(ike_id_read("left.example", &p->left.conf.local_id, NULL), 0);
	assert_int_equal(ike_id_read("right.example", &p->right.conf.local_id, NULL), 0);
	p->left.conf.remote_id = p->right.conf.local_id;
	p->right.conf.remote_id = p->left.conf.local_id;
}
