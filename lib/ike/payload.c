#include "ike/payload.h"

#include <errno.h>
#include <string.h>

struct ike_chain ike_chain_of(void *dst, size_t size)
{
	return (struct ike_chain){.wr = wr_of(dst, size)};
}

void ike_payload_begin(struct ike_chain *chain, uint8_t type)
{
	if (chain->first == IKE_PAYLOAD_NONE)
		chain->first = type;
	else
		wr_patch_u8(&chain->wr, chain->last_at, type);
	chain->last_at = wr_len(&chain->wr);
	wr_zero(&chain->wr, IKE_PAYLOAD_HEAD);
}

void ike_payload_end(struct ike_chain *chain)
{
	size_t len = wr_len(&chain->wr) - chain->last_at;

	if (len > UINT16_MAX)
		chain->wr.bad = true;
	wr_patch_u16(&chain->wr, chain->last_at + 2, (uint16_t)len);
}

void ike_payload_bytes(struct ike_chain *chain, uint8_t type, const void *body, size_t len)
{
	ike_payload_begin(chain, type);
	wr_copy(&chain->wr, body, len);
	ike_payload_end(chain);
}

void ike_payload_ke(struct ike_chain *chain, uint16_t group, const void *value, size_t len)
{
	ike_payload_begin(chain, IKE_PAYLOAD_KE);
	wr_u16(&chain->wr, group);
	wr_u16(&chain->wr, 0);
	wr_copy(&chain->wr, value, len);
	ike_payload_end(chain);
}

void ike_payload_id(struct ike_chain *chain, uint8_t type, const struct ike_id *id)
{
	uint8_t body[IKE_ID_MAX + 4];

	ike_payload_bytes(chain, type, body, ike_id_to_wire(id, body));
}

void ike_payload_auth(struct ike_chain *chain, uint8_t method, const void *data, size_t len)
{
	ike_payload_begin(chain, IKE_PAYLOAD_AUTH);
	wr_u8(&chain->wr, method);
	wr_zero(&chain->wr, 3);
	wr_copy(&chain->wr, data, len);
	ike_payload_end(chain);
}

void ike_payload_notify(
	struct ike_chain *chain, uint16_t type, uint32_t spi, const void *data, size_t len)
{
	ike_payload_begin(chain, IKE_PAYLOAD_NOTIFY);
	wr_u8(&chain->wr, spi ? IKE_PROTO_ESP : IKE_PROTO_NONE);
	wr_u8(&chain->wr, spi ? 4 : 0);
	wr_u16(&chain->wr, type);
	if (spi)
		wr_u32(&chain->wr, spi);
	wr_copy(&chain->wr, data, len);
	ike_payload_end(chain);
}

void ike_payload_delete(struct ike_chain *chain, uint32_t spi)
{
	ike_payload_begin(chain, IKE_PAYLOAD_DELETE);
	wr_u8(&chain->wr, spi ? IKE_PROTO_ESP : IKE_PROTO_IKE);
	wr_u8(&chain->wr, spi ? 4 : 0);
	wr_u16(&chain->wr, spi ? 1 : 0);
	if (spi)
		wr_u32(&chain->wr, spi);
	ike_payload_end(chain);
}

void ike_head_write(struct wr *wr, const struct ike_head *head)
{
	wr_u64(wr, head->spi_i);
	wr_u64(wr, head->spi_r);
	wr_u8(wr, head->next);
	wr_u8(wr, head->version);
	wr_u8(wr, head->exchange);
	wr_u8(wr, head->flags);
	wr_u32(wr, head->id);
	wr_u32(wr, head->len);
}

int ike_id_from_wire(struct rd body, struct ike_id *id)
{
	size_t len;

	*id = (struct ike_id){.type = rd_u8(&body)};
	rd_skip(&body, 3);
	len = rd_left(&body);
	if (body.bad || id->type == IKE_ID_ANY || len > IKE_ID_MAX)
		return -EINVAL;
	if ((id->type == IKE_ID_IPV4 && len != 4) || (id->type == IKE_ID_IPV6 && len != 16))
		return -EINVAL;
	id->len = (uint8_t)len;
	rd_copy(&body, id->b, len);
	return 0;
}

size_t ike_id_to_wire(const struct ike_id *id, uint8_t dst[static IKE_ID_MAX + 4])
{
	struct wr wr = wr_of(dst, IKE_ID_MAX + 4);

	wr_u8(&wr, id->type);
	wr_zero(&wr, 3);
	wr_copy(&wr, id->b, id->len);
	return wr_len(&wr);
}
