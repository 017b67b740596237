#include "ike/version.h"

#include <assert.h>

#include "ike/dh.h"
#include "ike/request.h"
#include "ike/v1/dpd.h"
#include "ike/v1/next.h"
#include "ike/v1/phase1.h"
#include "ike/v1/quick.h"
#include "ike/v2/exchange.h"
#include "ike/v2/init.h"

static int v2_start(struct ike_tunnel *tunnel)
{
	return v2_init_start(tunnel, NULL);
}

static bool v2_has_next(const struct ike_sa *sa)
{
	return !sa->req && v2_next(sa);
}

static void v2_begin(struct ike_sa *sa)
{
	if (!sa->req)
		v2_begin_next(sa);
}

// The answer to a request may be the message that waits for a job.
static mono_us_t v2_repeat_at(const struct ike_sa *sa)
{
	return sa->req && !ike_dh_waits(sa) ? sa->req->again_at : 0;
}

static void v2_repeat(struct ike_sa *sa)
{
	if (sa->req && !ike_dh_waits(sa))
		ike_request_due(sa);
}

static bool v2_may_ask(const struct ike_sa *sa)
{
	return !sa->req;
}

static void v2_bye(struct ike_sa *)
{
	// v2_next sees that it closes.
}

static int v2_child_keys(const struct ike_child *child, const struct secret *shared,
	struct ike_nonces nonces, bool initiator, struct ike_child_keys *keys)
{
	const struct ike_sa *sa = child->sa;

	return ike_keymat_child(
		&child->suite, &sa->keys.d, sa->suite.prf, shared, nonces, initiator, keys);
}

const struct ike_speaks *ike_speaks(enum ike_version version)
{
	static const struct ike_speaks rows[] = {
		[IKE_V2] = {.name = "IKEv2",
			.start = v2_start,
			.has_next = v2_has_next,
			.begin_next = v2_begin,
			.repeat_at = v2_repeat_at,
			.repeat = v2_repeat,
			.may_ask = v2_may_ask,
			.bye = v2_bye,
			.drop = ike_request_end,
			.child_keys = v2_child_keys},
		[IKE_V1] = {.name = "IKEv1",
			.start = v1_phase1_start,
			.has_next = v1_has_next,
			.begin_next = v1_begin_next,
			.repeat_at = v1_repeat_at,
			.repeat = v1_repeat,
			.may_ask = v1_may_ask,
			.bye = v1_bye,
			.drop = v1_quick_drop_all,
			.child_keys = v1_quick_keys},
	};
	static_assert(sizeof(rows) / sizeof(rows[0]) == IKE_VERSIONS);

	return &rows[version];
}
