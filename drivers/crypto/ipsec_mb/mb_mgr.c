#include "crypto/ipsec_mb/mb_mgr.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/secret.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static IMB_MGR *shared; // writer: the first that asks

IMB_MGR *mb_mgr_new(void)
{
	const uint64_t tested = IMB_FEATURE_SELF_TEST | IMB_FEATURE_SELF_TEST_PASS;
	size_t size = (imb_get_mb_mgr_size() + 63) / 64 * 64;
	void *memory = aligned_alloc(64, size);
	IMB_MGR *mgr = memory ? imb_set_pointers_mb_mgr(memory, 0, 1) : NULL;
	IMB_ARCH arch = IMB_ARCH_NONE;

	if (mgr)
		init_mb_mgr_auto(mgr, &arch);
	if (mgr && !imb_get_errno(mgr) && arch > IMB_ARCH_NOAESNI &&
		(mgr->features & tested) != IMB_FEATURE_SELF_TEST)
		return mgr;
	free(memory);
	return NULL;
}

void mb_mgr_free(IMB_MGR *mgr)
{
	if (!mgr)
		return;
	wipe(mgr, imb_get_mb_mgr_size());
	free(mgr);
}

static void shared_init(void)
{
	shared = mb_mgr_new();
}

const IMB_MGR *mb_mgr_shared(void)
{
	pthread_once(&once, shared_init);
	return shared;
}
