#include "ike/frag.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "ike/wire.h"

void ike_frag_clear(struct ike_frag *frag)
{
	for (uint16_t i = 0; i < frag->total; i++) {
		if (frag->part[i])
			wipe(frag->part[i], frag->len[i]);
		free(frag->part[i]);
	}
	*frag = (struct ike_frag){};
}

int ike_frag_add(struct ike_frag *frag, uint32_t id, uint16_t number, uint16_t total, uint8_t first,
	struct rd content)
{
	size_t len = rd_left(&content);
	uint8_t *copy;

	if (!number || number > total || total > IKE_FRAGMENTS || !len || len > UINT16_MAX)
		return -EINVAL;
	// A sender that found a smaller path MTU begins again with more fragments (s2.5.2).
	if (frag->total && (frag->id != id || total > frag->total))
		ike_frag_clear(frag);
	if (frag->total && total < frag->total)
		return -EINVAL;
	if (frag->part[number - 1])
		return 0;
	if (frag->bytes + len > IKE_MESSAGE_MAX)
		return -E2BIG;
	copy = malloc(len);
	if (!copy)
		return -ENOMEM;
	rd_copy(&content, copy, len);
	frag->id = id;
	frag->total = total;
	frag->part[number - 1] = copy;
	frag->len[number - 1] = (uint16_t)len;
	frag->bytes += (uint32_t)len;
	if (number == 1)
		frag->first = first;
	return ++frag->have == total;
}

size_t ike_frag_join(struct ike_frag *frag, uint8_t *dst)
{
	struct wr wr = wr_of(dst, frag->bytes);
	size_t len;

	for (uint16_t i = 0; i < frag->total; i++)
		wr_copy(&wr, frag->part[i], frag->len[i]);
	len = wr_len(&wr);
	ike_frag_clear(frag);
	return len;
}
