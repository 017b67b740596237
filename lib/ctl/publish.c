#include "ctl/publish.h"

#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "ctl/failover.h"
#include "ctl/kernel.h"

// A connection wants a prefix to be told.
struct want {
	struct cidr prefix;
	uint32_t conn;
};

struct wants {
	struct want *v; // by prefix
	size_t n;
};

struct publish {
	struct wants want;
	struct failover_listener listener;
};

// The first inside port, the one that stands for the cloud's network; -1: there is none.
static int inside(const struct ctl *ctl)
{
	for (unsigned int port = 0; port < dp_ports(ctl->dp); port++) {
		if (dp_port_role(ctl->dp, port) == DP_INSIDE)
			return (int)port;
	}
	return -1;
}

static int by_prefix(const void *a, const void *b)
{
	const struct cidr *x = &((const struct want *)a)->prefix;
	const struct cidr *y = &((const struct want *)b)->prefix;
	int cmp = addr_cmp(&x->addr, &y->addr);

	return cmp ? cmp : x->bits - y->bits;
}

static bool revoked(const struct ctl *ctl, uint32_t id)
{
	const struct conn *conn = ctl_conn(ctl, id);

	return !conn || conn->revoked;
}

// Where the next prefix begins; *wanted: whether this one is to be told.
static size_t next(const struct ctl *ctl, const struct wants *p, size_t i, bool *wanted)
{
	size_t first = i;

	*wanted = false;
	for (; i < p->n && !by_prefix(&p->v[first], &p->v[i]); i++)
		*wanted |= !revoked(ctl, p->v[i].conn);
	return i;
}

static bool is_wanted(const struct ctl *ctl, const struct wants *p, const struct cidr *prefix)
{
	const struct want key = {.prefix = *prefix};
	size_t low = 0, high = p->n;
	bool wanted = false;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (by_prefix(&p->v[mid], &key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < p->n && !by_prefix(&p->v[low], &key))
		next(ctl, p, low, &wanted);
	return wanted;
}

static void tell_port(struct ctl *ctl, unsigned int port, const struct cidr *prefix, bool on)
{
	struct why why = {};
	char text[512];

	if (kernel_publish(ctl, port, prefix, on, &why))
		log_error("%s", why_show(&why, text, sizeof(text)));
}

static void tell(struct ctl *ctl, const struct cidr *prefix, bool on)
{
	int port = inside(ctl);

	if (port >= 0)
		tell_port(ctl, (unsigned int)port, prefix, on);
}

// Tell the kernel, on or off, what a wants and b does not.
static void tell_each(struct ctl *ctl, const struct wants *a, const struct wants *b, bool on)
{
	bool wanted;

	for (size_t i = 0, first = 0; i < a->n; first = i) {
		i = next(ctl, a, i, &wanted);
		if (wanted && !is_wanted(ctl, b, &a->v[first].prefix))
			tell(ctl, &a->v[first].prefix, on);
	}
}

int publish_set(struct ctl *ctl, const struct gwroutes *routes)
{
	struct wants old = ctl->publish->want, new = {};

	new.v = calloc(routes->n + 1, sizeof(new.v[0]));
	if (!new.v)
		return -ENOMEM;
	for (size_t i = 0; i < routes->n; i++) {
		const struct gwroute *r = &routes->v[i];

		if (r->published)
			new.v[new.n++] = (struct want){.prefix = r->destination,
				.conn = idmap_find(ctl->conn_ids, r->connection->name)};
	}
	qsort(new.v, new.n, sizeof(new.v[0]), by_prefix);
	ctl->publish->want = new;
	tell_each(ctl, &old, &new, false);
	tell_each(ctl, &new, &old, true);
	free(old.v);
	return 0;
}

static bool has(const struct wants *p, size_t from, size_t to, uint32_t conn)
{
	for (size_t i = from; i < to; i++) {
		if (p->v[i].conn == conn)
			return true;
	}
	return false;
}

// A connection's routes were revoked, or are back.
static void follow(void *ctx, struct conn *conn)
{
	struct ctl *ctl = ctx;
	const struct wants *p = &ctl->publish->want;
	bool wanted;

	if (conn->withdrawn == conn->revoked)
		return;
	conn->withdrawn = conn->revoked;
	for (size_t i = 0, first = 0; i < p->n; first = i) {
		i = next(ctl, p, i, &wanted);
		if (has(p, first, i, conn->id))
			tell(ctl, &p->v[first].prefix, wanted);
	}
}

void publish_heard(struct ctl *ctl, unsigned int port, const struct cidr *prefix, bool gone)
{
	bool wanted = (int)port == inside(ctl) && is_wanted(ctl, &ctl->publish->want, prefix);

	if (wanted == gone)
		tell_port(ctl, port, prefix, wanted);
}

void publish_again(struct ctl *ctl, unsigned int port)
{
	if ((int)port == inside(ctl))
		tell_each(ctl, &ctl->publish->want, &(struct wants){}, true);
}

int publish_start(struct ctl *ctl)
{
	ctl->publish = calloc(1, sizeof(*ctl->publish));
	if (!ctl->publish)
		return -ENOMEM;
	ctl->publish->listener = (struct failover_listener){.changed = follow, .ctx = ctl};
	failover_listen(ctl, &ctl->publish->listener);
	return 0;
}

void publish_stop(struct ctl *ctl)
{
	struct wants none = {};

	if (!ctl->publish)
		return;
	tell_each(ctl, &ctl->publish->want, &none, false);
	free(ctl->publish->want.v);
	ctl->publish->want = none;
}

void publish_free(struct ctl *ctl)
{
	free(ctl->publish);
	ctl->publish = NULL;
}
