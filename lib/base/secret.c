#include "base/secret.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

// Size classes of 32, 64 .. 4096 bytes; each free block holds the pointer to the next.
enum { CLASSES = 8, SMALLEST = 32, SLAB = 64 * 1024 };

struct block {
	struct block *next;
};

// A lock, because helper threads finish key agreements while the control thread works.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct block *idle[CLASSES];
static size_t in_use;

static size_t class_of(size_t len)
{
	size_t class = 0;

	while ((size_t)SMALLEST << class < len)
		class ++;
	return class;
}

static int slab_add(size_t class)
{
	size_t size = (size_t)SMALLEST << class;
	uint8_t *slab = mmap(NULL, SLAB, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (slab == MAP_FAILED)
		return -ENOMEM;
	// Without CAP_IPC_LOCK only a small amount can be locked; swapping is then the operator's
	// risk.
	(void)mlock(slab, SLAB);
	(void)madvise(slab, SLAB, MADV_DONTDUMP);
	(void)madvise(slab, SLAB, MADV_DONTFORK);
	for (size_t at = 0; at < SLAB; at += size) {
		struct block *block = (struct block *)(void *)(slab + at);

		block->next = idle[class];
		idle[class] = block;
	}
	return 0;
}

int secret_new(struct secret *s, size_t len)
{
	size_t class = class_of(len);
	struct block *block;
	int err = 0;

	*s = (struct secret){};
	if (!len || class >= CLASSES)
		return -EINVAL;
	pthread_mutex_lock(&lock);
	if (!idle[class])
		err = slab_add(class);
	block = idle[class];
	if (!err) {
		idle[class] = block->next;
		in_use += (size_t)SMALLEST << class;
	}
	pthread_mutex_unlock(&lock);
	if (err)
		return err;
	memset(block, 0, (size_t)SMALLEST << class);
	*s = (struct secret){.b = (uint8_t *)block, .len = len};
	return 0;
}

int secret_copy(struct secret *s, const void *src, size_t len)
{
	int err = secret_new(s, len);

	if (!err)
		memcpy(s->b, src, len);
	return err;
}

void secret_free(struct secret *s)
{
	struct block *block = (struct block *)(void *)s->b;
	size_t class = class_of(s->len);

	if (!block)
		return;
	wipe(s->b, (size_t)SMALLEST << class);
	pthread_mutex_lock(&lock);
	block->next = idle[class];
	idle[class] = block;
	in_use -= (size_t)SMALLEST << class;
	pthread_mutex_unlock(&lock);
	*s = (struct secret){};
}

size_t secret_in_use(void)
{
	size_t now;

	pthread_mutex_lock(&lock);
	now = in_use;
	pthread_mutex_unlock(&lock);
	return now;
}

bool bytes_eq_ct(const void *a, const void *b, size_t len)
{
	const volatile uint8_t *x = a, *y = b;
	uint8_t diff = 0;

	for (size_t i = 0; i < len; i++)
		diff |= x[i] ^ y[i];
	return !diff;
}

bool secret_eq(const struct secret *a, const struct secret *b)
{
	return a->len == b->len && bytes_eq_ct(a->b, b->b, a->len);
}

void wipe(void *p, size_t len)
{
	explicit_bzero(p, len);
}
