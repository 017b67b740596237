#include "ike/v1/payload.h"

static void notify(struct ike_chain *chain, uint16_t type, uint8_t proto, uint8_t spi_len)
{
	ike_payload_begin(chain, V1_PAYLOAD_NOTIFY);
	wr_u32(&chain->wr, V1_DOI);
	wr_u8(&chain->wr, proto);
	wr_u8(&chain->wr, spi_len);
	wr_u16(&chain->wr, type);
}

void v1_payload_notify(struct ike_chain *chain, uint16_t type, uint64_t spi_i, uint64_t spi_r,
	const void *data, size_t len)
{
	notify(chain, type, V1_PROTO_ISAKMP, V1_COOKIES);
	wr_u64(&chain->wr, spi_i);
	wr_u64(&chain->wr, spi_r);
	wr_copy(&chain->wr, data, len);
	ike_payload_end(chain);
}

void v1_payload_notify_esp(
	struct ike_chain *chain, uint16_t type, uint32_t spi, const void *data, size_t len)
{
	notify(chain, type, V1_PROTO_ESP, spi ? 4 : 0);
	if (spi)
		wr_u32(&chain->wr, spi);
	wr_copy(&chain->wr, data, len);
	ike_payload_end(chain);
}

void v1_payload_dpd(
	struct ike_chain *chain, uint16_t type, uint64_t spi_i, uint64_t spi_r, uint32_t sequence)
{
	uint8_t data[4];
	struct wr wr = wr_of(data, sizeof(data));

	wr_u32(&wr, sequence);
	v1_payload_notify(chain, type, spi_i, spi_r, data, sizeof(data));
}

void v1_payload_delete(struct ike_chain *chain, uint64_t spi_i, uint64_t spi_r)
{
	ike_payload_begin(chain, V1_PAYLOAD_DELETE);
	wr_u32(&chain->wr, V1_DOI);
	wr_u8(&chain->wr, V1_PROTO_ISAKMP);
	wr_u8(&chain->wr, V1_COOKIES);
	wr_u16(&chain->wr, 1);
	wr_u64(&chain->wr, spi_i);
	wr_u64(&chain->wr, spi_r);
	ike_payload_end(chain);
}

void v1_payload_delete_esp(struct ike_chain *chain, uint32_t spi)
{
	ike_payload_begin(chain, V1_PAYLOAD_DELETE);
	wr_u32(&chain->wr, V1_DOI);
	wr_u8(&chain->wr, V1_PROTO_ESP);
	wr_u8(&chain->wr, 4);
	wr_u16(&chain->wr, 1);
	wr_u32(&chain->wr, spi);
	ike_payload_end(chain);
}

void v1_payload_hash_room(struct ike_chain *chain, size_t len)
{
	ike_payload_begin(chain, V1_PAYLOAD_HASH);
	wr_zero(&chain->wr, len);
	ike_payload_end(chain);
}
