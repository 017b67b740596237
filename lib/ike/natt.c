#include "ike/natt.h"

#include <string.h>

#include "crypto/hash.h"

int ike_natt_hash(const struct alg *row, uint64_t spi_i, uint64_t spi_r,
	const struct endpoint *endpoint, uint8_t *dst)
{
	uint8_t bytes[8 + 8 + 16 + 2];
	struct wr wr = wr_of(bytes, sizeof(bytes));
	struct chunk in;

	wr_u64(&wr, spi_i);
	wr_u64(&wr, spi_r);
	wr_copy(&wr, endpoint->addr.b, addr_len(&endpoint->addr));
	wr_u16(&wr, endpoint->port);
	in = (struct chunk){.p = bytes, .len = wr_len(&wr)};
	return hash(row, &in, 1, dst);
}

int ike_natt_write(struct ike_chain *chain, uint64_t spi_i, uint64_t spi_r,
	const struct endpoint *local, const struct endpoint *remote)
{
	uint8_t sum[IKE_NATT_HASH];
	int err;

	err = ike_natt_hash(alg(ALG_PRF_SHA1), spi_i, spi_r, local, sum);
	if (err)
		return err;
	ike_payload_notify(chain, IKE_N_NAT_DETECTION_SOURCE_IP, 0, sum, sizeof(sum));
	err = ike_natt_hash(alg(ALG_PRF_SHA1), spi_i, spi_r, remote, sum);
	if (err)
		return err;
	ike_payload_notify(chain, IKE_N_NAT_DETECTION_DESTINATION_IP, 0, sum, sizeof(sum));
	return 0;
}

// A peer with several addresses sends several source hashes: one that fits is enough.
static void compare(
	const struct ike_msg *msg, uint16_t type, const uint8_t *want, bool *present, bool *same)
{
	*present = *same = false;
	for (uint8_t i = 0; i < msg->notifies; i++) {
		const struct ike_notify *n = &msg->notify[i];

		if (n->type != type)
			continue;
		*present = true;
		if (rd_left(&n->data) == IKE_NATT_HASH && !memcmp(n->data.p, want, IKE_NATT_HASH))
			*same = true;
	}
}

int ike_natt_read(const struct ike_msg *msg, const struct endpoint *local,
	const struct endpoint *remote, struct ike_natt *natt)
{
	uint8_t sum[IKE_NATT_HASH];
	bool source, destination, same;
	int err;

	*natt = (struct ike_natt){};
	err = ike_natt_hash(alg(ALG_PRF_SHA1), msg->head.spi_i, msg->head.spi_r, remote, sum);
	if (err)
		return err;
	compare(msg, IKE_N_NAT_DETECTION_SOURCE_IP, sum, &source, &same);
	natt->remote = source && !same;
	err = ike_natt_hash(alg(ALG_PRF_SHA1), msg->head.spi_i, msg->head.spi_r, local, sum);
	if (err)
		return err;
	compare(msg, IKE_N_NAT_DETECTION_DESTINATION_IP, sum, &destination, &same);
	natt->local = destination && !same;
	natt->supported = source && destination;
	if (!natt->supported)
		natt->local = natt->remote = false;
	return 0;
}
