#include "ike/v2/collide.h"

#include <stdlib.h>
#include <string.h>

static int compare(struct rd a, struct rd b)
{
	size_t len = rd_left(&a) < rd_left(&b) ? rd_left(&a) : rd_left(&b);
	int order = memcmp(a.p, b.p, len);

	return order ? order : rd_left(&a) < rd_left(&b) ? -1 : rd_left(&a) > rd_left(&b);
}

static struct rd lower(struct rd a, struct rd b)
{
	return compare(a, b) < 0 ? a : b;
}

struct ike_rival *v2_rival_new(struct rd nonce_i, struct rd nonce_r)
{
	struct ike_rival *rival = calloc(1, sizeof(*rival));
	struct rd low = lower(nonce_i, nonce_r);

	if (rival) {
		rival->low_len = (uint16_t)rd_left(&low);
		rd_copy(&low, rival->low, rival->low_len);
	}
	return rival;
}

bool v2_rival_wins(const struct ike_rival *rival, struct rd nonce_i, struct rd nonce_r)
{
	return compare(lower(nonce_i, nonce_r), rd_of(rival->low, rival->low_len)) < 0;
}
