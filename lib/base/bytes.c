#include "base/bytes.h"

#include <ctype.h>
#include <errno.h>

uint8_t *wr_room(struct wr *wr, size_t len)
{
	uint8_t *at = wr->p;

	if (wr->bad || wr_left(wr) < len) {
		wr->bad = true;
		return NULL;
	}
	wr->p += len;
	return at;
}

void wr_u8(struct wr *wr, uint8_t v)
{
	wr_copy(wr, &v, 1);
}

void wr_u16(struct wr *wr, uint16_t v)
{
	const uint8_t wire[] = {(uint8_t)(v >> 8), (uint8_t)v};

	wr_copy(wr, wire, sizeof(wire));
}

void wr_u32(struct wr *wr, uint32_t v)
{
	const uint8_t wire[] = {
		(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v};

	wr_copy(wr, wire, sizeof(wire));
}

void wr_u64(struct wr *wr, uint64_t v)
{
	uint32_t half[] = {(uint32_t)(v >> 32), (uint32_t)v};

	if (wr_left(wr) < sizeof(v)) {
		wr->bad = true;
		return;
	}
	wr_u32(wr, half[0]);
	wr_u32(wr, half[1]);
}

void wr_copy(struct wr *wr, const void *src, size_t len)
{
	uint8_t *at = wr_room(wr, len);

	if (at && len)
		memcpy(at, src, len);
}

void wr_zero(struct wr *wr, size_t len)
{
	uint8_t *at = wr_room(wr, len);

	if (at && len)
		memset(at, 0, len);
}

void wr_patch_u8(struct wr *wr, size_t at, uint8_t v)
{
	if (wr->bad || at + 1 > wr_len(wr)) {
		wr->bad = true;
		return;
	}
	wr->base[at] = v;
}

void wr_patch_u16(struct wr *wr, size_t at, uint16_t v)
{
	wr_patch_u8(wr, at + 1, (uint8_t)v);
	wr_patch_u8(wr, at, (uint8_t)(v >> 8));
}

void wr_patch_u32(struct wr *wr, size_t at, uint32_t v)
{
	wr_patch_u16(wr, at + 2, (uint16_t)v);
	wr_patch_u16(wr, at, (uint16_t)(v >> 16));
}

char *hex_show(const void *data, size_t len, char *dst, size_t size)
{
	static const char digit[16] = "0123456789abcdef";
	const uint8_t *byte = data;
	size_t at = 0;

	if (!size)
		return dst;
	for (size_t i = 0; i < len && at + 2 < size; i++) {
		dst[at++] = digit[byte[i] >> 4];
		dst[at++] = digit[byte[i] & 15];
	}
	dst[at] = 0;
	return dst;
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int hex_read(const char *text, void *dst, size_t size)
{
	uint8_t *byte = dst;
	size_t len = strlen(text);

	if (len % 2)
		return -EINVAL;
	if (len / 2 > size)
		return -ENOSPC;
	for (size_t i = 0; i < len; i += 2) {
		int high = digit_value(text[i]), low = digit_value(text[i + 1]);

		if (high < 0 || low < 0)
			return -EINVAL;
		byte[i / 2] = (uint8_t)(high << 4 | low);
	}
	return (int)(len / 2);
}
