#include "dp/stage.h"
#include "esp/sa.h"

// One submit per back end for the whole burst. Lanes are immediate (dp_new refuses others): all
// that submit takes is finished when it returns, so that packets keep their places.
//
// A back end that finishes later would park the burst here and go on with it after poll.
static void submit(struct worker *w, struct burst *b, unsigned int d)
{
	const struct crypto_driver *driver = w->dp->driver[d];
	struct crypto_op *op[BURST];
	unsigned int n = 0, taken;

	for (unsigned int i = 0; i < b->n; i++) {
		if (b->sa[i]->driver != driver)
			continue;
		b->op[i].slot = (uint16_t)i;
		op[n++] = &b->op[i];
	}
	if (!n)
		return;
	taken = driver->submit(w->lane[d], op, n);
	for (; taken < n; taken++)
		burst_stop(b, op[taken]->slot, V_CRYPTO_FULL);
}

void crypto_run(struct worker *w, struct burst *b)
{
	for (unsigned int d = 0; d < w->dp->n_drivers; d++)
		submit(w, b, d);
	for (unsigned int i = 0; i < b->n; i++) {
		const struct esp_sa *sa = b->sa[i];

		// Inbound, esp_decap_finish judges.
		if (sa->dir == CRYPTO_ENCRYPT && __builtin_expect(b->op[i].status, 0) &&
			b->verdict[i] == V_GO) {
			esp_live_add(&sa->live->drop[ESP_FAILED], 1);
			burst_stop(b, i, verdict_of_esp(ESP_FAILED));
		}
	}
}
