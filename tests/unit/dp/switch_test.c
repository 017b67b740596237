#include "unit/dp/world.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

// What a connection's switch to its other tunnel costs and touches (N-2).

enum { MANY = 100000, SWITCHES = 64 };

// While this is on, memory comes from pages of its own, which can be write-protected as a whole.
static bool apart;
static uint8_t *arena;
static size_t arena_used;
static const size_t arena_size = (size_t)128 << 20;

#ifndef __SANITIZE_ADDRESS__

void *__libc_malloc(size_t size);
void *__libc_realloc(void *p, size_t size);
void *__libc_calloc(size_t n, size_t size);
void __libc_free(void *p);

static void *arena_take(size_t size)
{
	void *p = arena + arena_used;

	if (arena_used + size > arena_size)
		return NULL;
	arena_used += (size + 63) & ~(size_t)63;
	return p; // mmap gave zeroes, and nothing is used twice
}

static bool arena_has(const void *p)
{
	return arena && (const uint8_t *)p >= arena && (const uint8_t *)p < arena + arena_size;
}

void *malloc(size_t size)
{
	return apart ? arena_take(size) : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return apart ? arena_take(n * size) : __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	if (apart || arena_has(p))
		abort(); // nobody does
	return __libc_realloc(p, size);
}

void free(void *p)
{
	if (!arena_has(p))
		__libc_free(p);
}

#endif

struct pair {
	struct world *w;
	struct dp_tunnel *tunnel[2];
	struct esp_sa *sa[2][2];
};

static struct dp_tunnel *tunnel_new(struct pair *p, unsigned int i)
{
	struct dp_tunnel_conf conf = world_tunnel(p->w);
	struct dp_tunnel *t;
	struct dp_child *child;

	if (i) {
		conf.name = "t2";
		conf.port = OUT2;
		conf.next_hop = at("203.0.113.254");
	}
	assert_int_equal(dp_tunnel_new(p->w->dp, &conf, &t), 0);
	child = world_child(
		p->w, t, i + 1, "0.0.0.0/0", "0.0.0.0/0", false, &p->sa[i][0], &p->sa[i][1]);
	assert_int_equal(dp_child_use(child, NULL), 0);
	return t;
}

// Two tunnels through two ports, and so many routes into their connection: the tables' memory is
// apart.
static struct pair pair_new(unsigned int routes)
{
	struct pair p = {.w = world_open(1, "out")};

	neighbour(p.w, OUT2, "203.0.113.254", hop_mac);
	for (unsigned int i = 0; i < 2; i++)
		p.tunnel[i] = tunnel_new(&p, i);
	dp_conn_switch(p.w->conn, p.tunnel[0]);
	for (unsigned int i = 0; i < routes; i++) {
		struct cidr dst = {.addr = addr_v4(0x64000000 + 2 * i), .bits = 32};

		assert_int_equal(
			dp_route_set(p.w->dp, &dst,
				&(struct dp_next){.type = DP_NEXT_CONN, .conn = p.w->conn}),
			0);
	}
	apart = true;
	assert_int_equal(dp_commit(p.w->dp), 0);
	apart = false;
	return p;
}

static void pair_free(struct pair *p)
{
	for (unsigned int i = 0; i < 2; i++) {
		esp_sa_free(p->sa[i][0]);
		esp_sa_free(p->sa[i][1]);
	}
	world_free(p->w);
}

static void arena_open(void)
{
	arena = mmap(NULL, arena_size, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_ptr_not_equal(arena, MAP_FAILED);
	arena_used = 0;
}

static void arena_close(void)
{
	assert_int_equal(munmap(arena, arena_size), 0);
	arena = NULL;
}

// A packet to the last of MANY routes leaves through the tunnel's own port.
static void assert_leaves_by(struct pair *p, unsigned int port)
{
	unsigned int before = sents(p->w, port), other = sents(p->w, OUT + OUT2 - port);

	feed_ip(p->w, IN, (struct ip_spec){.src = "10.1.0.2", .dst = "100.3.13.62"});
	turn(p->w);
	assert_int_equal(sents(p->w, port), before + 1);
	assert_int_equal(sents(p->w, OUT + OUT2 - port), other);
}

static bool faults(uint8_t *at)
{
	int status = 0;
	pid_t child = fork();

	if (!child) {
		signal(SIGSEGV, SIG_DFL);
		*(volatile uint8_t *)at = 1;
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV;
}

static void switch_writes_no_page_of_the_tables(void **)
{
	struct pair p;

#ifdef __SANITIZE_ADDRESS__
	skip(); // its allocator cannot be replaced
#endif
	arena_open();
	p = pair_new(MANY);
	// Each route is in there.
	assert_true(arena_used > (size_t)MANY * sizeof(struct cidr));
	assert_int_equal(mprotect(arena, arena_size, PROT_READ), 0);
	assert_true(faults(arena));
	for (unsigned int i = 0; i < SWITCHES; i++) {
		unsigned int to = (i + 1) % 2;

		dp_conn_switch(p.w->conn, p.tunnel[to]);
		assert_leaves_by(&p, to ? OUT2 : OUT);
	}
	assert_int_equal(mprotect(arena, arena_size, PROT_READ | PROT_WRITE), 0);
	pair_free(&p);
	arena_close();
}

static uint64_t switch_ns(unsigned int routes)
{
	struct pair p;
	struct timespec a, b;

	arena_open();
	p = pair_new(routes);
	clock_gettime(CLOCK_MONOTONIC, &a);
	for (unsigned int i = 0; i < MANY; i++)
		dp_conn_switch(p.w->conn, p.tunnel[i % 2]);
	clock_gettime(CLOCK_MONOTONIC, &b);
	pair_free(&p);
	arena_close();
	return (uint64_t)(b.tv_sec - a.tv_sec) * 1000000000 + (uint64_t)b.tv_nsec -
	       (uint64_t)a.tv_nsec;
}

static void switch_costs_the_same_with_100000_routes(void **)
{
	double one = (double)switch_ns(1) / MANY, many = (double)switch_ns(MANY) / MANY;

	print_message("a switch: %.1f ns with 1 route, %.1f ns with %d\n", one, many, MANY);
	// Per route it would be a thousandfold of this; a busy machine is not.
	assert_true(many < 20 * one + 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(switch_writes_no_page_of_the_tables),
		cmocka_unit_test(switch_costs_the_same_with_100000_routes),
	};

	return cmocka_run_group_tests(tests, eal_up, eal_down);
}
