#include "ike/v1/natt.h"

#include <string.h>

#include "crypto/prf.h"

int v1_natt_write(struct ike_chain *chain, enum v1_vendor version, const struct alg *row,
	uint64_t spi_i, uint64_t spi_r, const struct endpoint *local, const struct endpoint *remote)
{
	uint8_t type = version == V1_VENDOR_NATT_RFC ? V1_PAYLOAD_NATD : V1_PAYLOAD_NATD_DRAFT;
	const struct endpoint *const order[] = {remote, local};
	uint8_t sum[PRF_OUT_MAX];

	for (size_t i = 0; i < 2; i++) {
		int err = ike_natt_hash(row, spi_i, spi_r, order[i], sum);

		if (err)
			return err;
		ike_payload_bytes(chain, type, sum, row->out_len);
	}
	return 0;
}

static bool is(const struct rd *natd, const struct alg *row, const uint8_t *sum)
{
	return rd_left(natd) == row->out_len && !memcmp(natd->p, sum, row->out_len);
}

// The first is where the peer sent to, the others are where it may have sent from.
int v1_natt_read(const struct v1_msg *msg, const struct alg *row, const struct endpoint *local,
	const struct endpoint *remote, struct ike_natt *natt)
{
	uint8_t sum[PRF_OUT_MAX];
	int err;

	*natt = (struct ike_natt){.supported = msg->natds >= 2};
	if (!natt->supported)
		return 0;
	err = ike_natt_hash(row, msg->head.spi_i, msg->head.spi_r, local, sum);
	if (err)
		return err;
	natt->local = !is(&msg->natd[0], row, sum);
	err = ike_natt_hash(row, msg->head.spi_i, msg->head.spi_r, remote, sum);
	if (err)
		return err;
	natt->remote = true;
	for (uint8_t i = 1; i < msg->natds; i++)
		natt->remote &= !is(&msg->natd[i], row, sum);
	return 0;
}

uint16_t v1_natt_mode(enum v1_vendor version, const struct ike_natt *natt)
{
	if (!natt->local && !natt->remote)
		return V1_MODE_TUNNEL;
	return version == V1_VENDOR_NATT_RFC ? V1_MODE_UDP_TUNNEL : V1_MODE_UDP_TUNNEL_DRAFT;
}
