// Bounded reader and writer: the only way that wire bytes are read or written.
//
// Both carry a sticky failure: a read past the end returns zeros and sets bad, and so does every
// later read. A parser reads a whole structure, then asks once.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint16_t be16_t; // wire order
typedef uint32_t be32_t;
typedef uint64_t be64_t;

struct rd {
	const uint8_t *p;
	const uint8_t *end;
	bool bad;
};

struct wr {
	uint8_t *base;
	uint8_t *p;
	uint8_t *end;
	bool bad;
};

static inline struct rd rd_of(const void *data, size_t len)
{
	// NULL + 0 is undefined, too.
	return (struct rd){.p = data, .end = len ? (const uint8_t *)data + len : data};
}

static inline size_t rd_left(const struct rd *rd)
{
	return (size_t)(rd->end - rd->p);
}

// The next len bytes, or NULL (and bad) when there are fewer. The bytes stay the caller's.
static inline const uint8_t *rd_take(struct rd *rd, size_t len)
{
	const uint8_t *at = rd->p;

	if (rd->bad || rd_left(rd) < len) {
		rd->bad = true;
		rd->p = rd->end;
		return NULL;
	}
	// As in rd_of: there may be no bytes at all.
	rd->p = len ? at + len : at;
	return at;
}

static inline uint8_t rd_u8(struct rd *rd)
{
	const uint8_t *at = rd_take(rd, 1);

	return at ? at[0] : 0;
}

// Big-endian on the wire, host order here.
static inline uint16_t rd_u16(struct rd *rd)
{
	const uint8_t *at = rd_take(rd, 2);

	return at ? (uint16_t)(at[0] << 8 | at[1]) : 0;
}

static inline uint32_t rd_u32(struct rd *rd)
{
	const uint8_t *at = rd_take(rd, 4);

	return at ? (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]
		  : 0;
}

static inline uint64_t rd_u64(struct rd *rd)
{
	uint64_t high = rd_u32(rd);

	return high << 32 | rd_u32(rd);
}

// Copy len bytes to dst; on failure dst is zeroed.
static inline void rd_copy(struct rd *rd, void *dst, size_t len)
{
	const uint8_t *at = rd_take(rd, len);

	if (at)
		memcpy(dst, at, len);
	else
		memset(dst, 0, len);
}

static inline void rd_skip(struct rd *rd, size_t len)
{
	(void)rd_take(rd, len);
}

// A reader over the next len bytes; empty and bad when there are fewer.
static inline struct rd rd_sub(struct rd *rd, size_t len)
{
	const uint8_t *at = rd_take(rd, len);

	return at ? rd_of(at, len) : (struct rd){.bad = true};
}

static inline struct wr wr_of(void *data, size_t size)
{
	return (struct wr){.base = data, .p = data, .end = (uint8_t *)data + size};
}

static inline size_t wr_len(const struct wr *wr)
{
	return (size_t)(wr->p - wr->base);
}

static inline size_t wr_left(const struct wr *wr)
{
	return (size_t)(wr->end - wr->p);
}

// Room for len bytes, to be filled by the caller; NULL (and bad) when there is less.
uint8_t *wr_room(struct wr *wr, size_t len);

// Host order here, big-endian on the wire.
void wr_u8(struct wr *wr, uint8_t v);
void wr_u16(struct wr *wr, uint16_t v);
void wr_u32(struct wr *wr, uint32_t v);
void wr_u64(struct wr *wr, uint64_t v);
void wr_copy(struct wr *wr, const void *src, size_t len);
void wr_zero(struct wr *wr, size_t len);

// Overwrite a 16- or 32-bit value at offset at, written before (a length, a next-payload byte).
void wr_patch_u8(struct wr *wr, size_t at, uint8_t v);
void wr_patch_u16(struct wr *wr, size_t at, uint16_t v);
void wr_patch_u32(struct wr *wr, size_t at, uint32_t v);

// Lower-case hexadecimal of len bytes into dst (2 * len + 1 bytes, truncated to size). Returns dst.
char *hex_show(const void *data, size_t len, char *dst, size_t size);

// Parse hexadecimal digits (an even number, either case) into dst.
//
// returns the number of bytes, -EINVAL (not hexadecimal, or odd) or -ENOSPC (more than size bytes)
int hex_read(const char *text, void *dst, size_t size);
