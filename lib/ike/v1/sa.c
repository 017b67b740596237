#include "ike/v1/sa.h"

#include <errno.h>
#include <stdlib.h>

#include "ike/packet.h"

int v1_sa_init(struct ike_sa *sa, bool aggressive)
{
	struct v1_sa *v1 = calloc(1, sizeof(*v1));

	if (!v1)
		return -ENOMEM;
	v1->aggressive = aggressive;
	v1->natt = V1_VENDORS;
	v1->dpd.ours = ike_random(sa->ike, INT32_MAX);
	TAILQ_INIT(&v1->quicks);
	TAILQ_INIT(&v1->repeats);
	sa->v1 = v1;
	return 0;
}

// Quick modes have gone with their children before.
void v1_sa_free(struct v1_sa *v1)
{
	struct v1_again *again;

	if (!v1)
		return;
	while ((again = TAILQ_FIRST(&v1->repeats))) {
		TAILQ_REMOVE(&v1->repeats, again, link);
		ike_packets_free(&again->packets);
		free(again);
	}
	v1_keys_fini(&v1->keys);
	ike_packets_free(&v1->talk.sent);
	v1_frag_clear(&v1->frag);
	free(v1);
}
