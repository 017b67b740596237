#include "sim/net.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "net/ip.h"
#include "sim/watch.h"

struct sim_packet {
	struct sim_packet *next;
	mono_us_t at;
	struct endpoint from, to; // as the receiver's side of the NAT sees them
	uint32_t spi;		  // of ESP; 0: IKE
	struct sim_node *sender;
	size_t len;
	uint8_t data[];
};

struct sim_job {
	struct sim_job *next;
	mono_us_t at;
	struct sim_node *node;
	struct ike_job *job;
	pthread_t thread; // runs it while the negotiators go on
	bool runs;	  // else it comes back as if no helper had had the time for it
};

uint64_t sim_random(uint64_t *state)
{
	// splitmix64
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static void fill(void *ctx, void *dst, size_t len)
{
	uint8_t *byte = dst;

	while (len--)
		*byte++ = (uint8_t)sim_random(ctx);
}

void sim_init(struct sim *sim, uint64_t seed)
{
	const char *job_ms = getenv("SIM_JOBS_MS");

	*sim = (struct sim){.now = MONO_S(1000),
		.rng = seed,
		.delay_min_ms = 5,
		.delay_max_ms = 5,
		.nat_shift = 20000,
		.job_max_ms = job_ms ? (unsigned int)strtoul(job_ms, NULL, 10) : 0,
		.trace = getenv("SIM_TRACE")};
	if (addr_read("198.51.100.1", &sim->nat_addr))
		abort();
}

static void forget_child(struct sim_node *node, size_t i)
{
	struct ike_act_child *sa = &node->child[i].sa;

	secret_free(&sa->encr_in);
	secret_free(&sa->integ_in);
	secret_free(&sa->encr_out);
	secret_free(&sa->integ_out);
	free(sa->local_ts);
	free(sa->remote_ts);
	node->child[i] = node->child[--node->children];
}

static void *run_job(void *job)
{
	ike_job_run(job);
	return NULL;
}

static void end_job(struct sim_job *job)
{
	if (job->runs)
		pthread_join(job->thread, NULL);
	free(job);
}

// A negotiator's jobs go with it.
static void forget_jobs(struct sim_node *node)
{
	struct sim_job **at = &node->sim->jobs, *job;

	while ((job = *at)) {
		if (job->node == node) {
			*at = job->next;
			end_job(job);
		} else {
			at = &job->next;
		}
	}
}

static void forget(struct sim_node *node)
{
	forget_jobs(node);
	while (node->children)
		forget_child(node, 0);
	ike_free(node->ike);
	ike_out_free(&node->out);
	node->ike = NULL;
}

void sim_fini(struct sim *sim)
{
	struct sim_packet *packet;

	while ((packet = sim->flying)) {
		sim->flying = packet->next;
		free(packet);
	}
	for (size_t i = 0; i < sim->nodes; i++)
		forget(&sim->node[i]);
}

static void boot(struct sim_node *node, const struct ike_params *params)
{
	struct ike_params own = params ? *params : (struct ike_params){};

	own.steps = true;
	own.rng = (struct rng){.fill = fill, .ctx = &node->rng};
	own.jobs = node->sim->job_max_ms;
	if (ike_new(&own, &node->ike))
		abort();
}

struct sim_node *sim_node(struct sim *sim, const char *addr, const struct ike_params *params)
{
	struct sim_node *node = &sim->node[sim->nodes++];

	*node = (struct sim_node){.sim = sim, .rng = sim_random(&sim->rng)};
	if (addr_read(addr, &node->addr))
		abort();
	boot(node, params);
	return node;
}

void sim_reboot(struct sim_node *node, const struct ike_params *params)
{
	forget(node);
	node->dead = false;
	boot(node, params);
}

static struct sim_child *find(struct sim_node *node, uint32_t spi_in)
{
	for (size_t i = 0; i < node->children; i++) {
		if (node->child[i].sa.spi_in == spi_in)
			return &node->child[i];
	}
	return NULL;
}

static void trace(const struct sim_node *node, const char *what, uint64_t a, uint64_t b)
{
	if (node->sim->trace)
		fprintf(stderr, "%10.3f %c %s %lx %lx\n", (double)node->sim->now / 1e6 - 1000,
			(char)('a' + (node - node->sim->node)), what, (unsigned long)a,
			(unsigned long)b);
}

static void nonsense(struct sim_node *node, uint32_t spi_in)
{
	node->broken++;
	trace(node, "makes no sense", spi_in, 0);
}

static void child_add(struct sim_node *node, struct ike_act_child *act)
{
	if (find(node, act->spi_in) || node->children == SIM_CHILDREN) {
		nonsense(node, act->spi_in);
		return;
	}
	node->child[node->children++] = (struct sim_child){.sa = *act};
	act->encr_in = act->integ_in = act->encr_out = act->integ_out = (struct secret){};
	act->local_ts = act->remote_ts = NULL;
}

static void child_use(struct sim_node *node, struct ike_act_child *act)
{
	struct sim_child *child = find(node, act->spi_in);

	if (!child) {
		nonsense(node, act->spi_in);
		return;
	}
	for (size_t i = 0; i < node->children; i++) {
		if (node->child[i].sa.tunnel == act->tunnel &&
			node->child[i].sa.child == act->child)
			node->child[i].outbound = false;
	}
	child->outbound = true;
}

static void child_move(struct sim_node *node, struct ike_act_child *act)
{
	struct sim_child *child = find(node, act->spi_in);

	if (!child) {
		nonsense(node, act->spi_in);
		return;
	}
	child->sa.local = act->local;
	child->sa.remote = act->remote;
}

static void child_del(struct sim_node *node, struct ike_act_child *act)
{
	struct sim_child *child = find(node, act->spi_in);

	if (child)
		forget_child(node, (size_t)(child - node->child));
	else
		nonsense(node, act->spi_in);
}

static void event(struct sim_node *node, struct ike_act_event *act)
{
	node->events[act->event]++;
	if (act->event == IKE_EVENT_REFUSED || act->event == IKE_EVENT_PEER_DEAD ||
		act->event == IKE_EVENT_NOTED) {
		node->why = act->why;
		node->why_child_level = act->child_level;
	}
}

static void insert(struct sim *sim, struct sim_packet *packet)
{
	struct sim_packet **at = &sim->flying;

	while (*at && (*at)->at <= packet->at)
		at = &(*at)->next;
	packet->next = *at;
	*at = packet;
}

// Nodes behind the NAT share its address, not its ports.
static unsigned int shift_of(const struct sim_node *node)
{
	return node->sim->nat_shift + (unsigned int)(node - node->sim->node) * 1000;
}

static void fly(struct sim_node *node, const struct endpoint *local, const struct endpoint *remote,
	uint32_t spi, const uint8_t *data, size_t len, int more_ms)
{
	struct sim *sim = node->sim;
	uint64_t span = MONO_MS(sim->delay_max_ms - sim->delay_min_ms) + 1;
	struct sim_packet *packet = calloc(1, sizeof(*packet) + len);

	if (!packet)
		abort();
	packet->from = *local;
	packet->to = *remote;
	packet->spi = spi;
	packet->sender = node;
	packet->len = len;
	if (len)
		memcpy(packet->data, data, len);
	if (node->natted) {
		packet->from.addr = sim->nat_addr;
		packet->from.port = (uint16_t)(local->port + shift_of(node));
	}
	packet->at = sim->now + MONO_MS(sim->delay_min_ms + (unsigned int)more_ms) +
		     sim_random(&sim->rng) % span;
	insert(sim, packet);
}

void sim_forge(struct sim *sim, const struct endpoint *from, const struct endpoint *to,
	const uint8_t *data, size_t len)
{
	struct sim_packet *packet = calloc(1, sizeof(*packet) + len);

	if (!packet)
		abort();
	*packet = (struct sim_packet){.at = sim->now, .from = *from, .to = *to, .len = len};
	if (len)
		memcpy(packet->data, data, len);
	insert(sim, packet);
}

// What the header says to a reader of a trace.
static void trace_datagram(
	const struct sim_node *node, const char *what, const uint8_t *data, size_t len)
{
	struct rd rd = rd_of(data, len);
	uint64_t spi;
	uint8_t exchange, flags;
	char text[64];

	spi = rd_u64(&rd);
	if (!(spi >> 32)) {
		rd = rd_of(data, len);
		rd_skip(&rd, 4);
		spi = rd_u64(&rd);
	}
	rd_skip(&rd, 10);
	exchange = rd_u8(&rd);
	flags = rd_u8(&rd);
	snprintf(text, sizeof(text), "%s %u%s", what, exchange, flags & 0x20 ? " answer" : "");
	trace(node, text, spi, rd_u32(&rd));
}

static void send_ike(struct sim_node *node, const struct ike_act_send *send)
{
	struct sim *sim = node->sim;
	int more_ms = sim->fate ? sim->fate(sim->fate_ctx, node) : 0;

	node->sent++;
	trace_datagram(node, more_ms == SIM_LOST ? "lose" : "send", send->data, send->len);
	if (send->len > node->largest)
		node->largest = (unsigned int)send->len;
	if (sim->tap)
		sim->tap(sim->tap_ctx, &send->local, &send->remote, send->data, send->len);
	if (more_ms == SIM_LOST)
		return;
	if (sim_random(&sim->rng) % 1000 >= sim->loss)
		fly(node, &send->local, &send->remote, 0, send->data, send->len, more_ms);
	if (sim_random(&sim->rng) % 1000 < sim->dup)
		fly(node, &send->local, &send->remote, 0, send->data, send->len, more_ms);
}

static void take_job(struct sim_node *node, struct ike_job *ike_job)
{
	struct sim *sim = node->sim;
	uint64_t span = MONO_MS(sim->job_max_ms - sim->job_min_ms) + 1;
	struct sim_job *job = calloc(1, sizeof(*job));

	if (!job)
		abort();
	*job = (struct sim_job){.next = sim->jobs,
		.at = sim->now + MONO_MS(sim->job_min_ms) + sim_random(&sim->rng) % span,
		.node = node,
		.job = ike_job,
		.runs = sim_random(&sim->rng) % 4};
	if (job->runs && pthread_create(&job->thread, NULL, run_job, ike_job))
		abort();
	sim->jobs = job;
}

static void carry_out(struct sim_node *node)
{
	for (size_t i = 0; i < node->out.count; i++) {
		struct ike_act *act = &node->out.act[i];

		switch (act->type) {
		case IKE_ACT_SEND:
			send_ike(node, &act->send);
			break;
		case IKE_ACT_CHILD_ADD:
			trace(node, "add", act->child.spi_in, act->child.spi_out);
			child_add(node, &act->child);
			break;
		case IKE_ACT_CHILD_USE:
			trace(node, "use", act->child.spi_in, act->child.spi_out);
			child_use(node, &act->child);
			break;
		case IKE_ACT_CHILD_MOVE:
			child_move(node, &act->child);
			break;
		case IKE_ACT_CHILD_DEL:
			trace(node, "del", act->child.spi_in, act->child.spi_out);
			child_del(node, &act->child);
			break;
		case IKE_ACT_EVENT:
			trace(node, ike_event_name(act->event.event), act->event.spi_i,
				act->event.spi_in);
			event(node, &act->event);
			break;
		case IKE_ACT_STEP:
			trace(node, act->step.text, 0, 0);
			break;
		case IKE_ACT_JOB:
			take_job(node, act->job.job);
			break;
		}
	}
	ike_out_clear(&node->out);
}

static int step(struct sim_node *node, struct ike_in *in)
{
	int err;

	in->now = node->sim->now;
	err = ike_step(node->ike, in, &node->out);
	carry_out(node);
	return err;
}

int sim_command(
	struct sim_node *node, enum ike_in_type type, uint32_t tunnel, uint32_t child, uint32_t spi)
{
	struct ike_in in = {.type = type, .tunnel = tunnel, .child = child, .spi = spi};

	if (type != IKE_IN_TICK && type != IKE_IN_TRAFFIC)
		trace(node, "command", type, 0);
	return step(node, &in);
}

int sim_give(struct sim_node *node, struct ike_in *in)
{
	return step(node, in);
}

static void write_spis(void *ctx, const struct ike_sa_view *view)
{
	struct wr wr = wr_of(ctx, 16);

	wr_u64(&wr, view->spi_i);
	wr_u64(&wr, view->spi_r);
}

void sim_spis(const struct sim_node *node, uint8_t dst[static 16])
{
	ike_each_sa(node->ike, write_spis, dst);
}

int sim_set(struct sim_node *node, const struct ike_conf *conf)
{
	struct why why = {};
	int err = ike_conf_set(node->ike, conf, node->sim->now, &node->out, &why);

	if (err)
		node->why = why;
	carry_out(node);
	return err;
}

int sim_del(struct sim_node *node, uint32_t tunnel)
{
	int err = ike_conf_del(node->ike, tunnel, node->sim->now, &node->out);

	carry_out(node);
	return err;
}

// The node that a packet reaches, with the NAT undone; NULL: nobody.
static struct sim_node *receiver(struct sim *sim, struct sim_packet *packet)
{
	for (size_t i = 0; i < sim->nodes; i++) {
		struct sim_node *node = &sim->node[i];

		if (!node->natted && (addr_eq(&node->addr, &packet->to.addr) ||
					     addr_eq(&node->second, &packet->to.addr)))
			return node;
		if (node->natted && addr_eq(&sim->nat_addr, &packet->to.addr)) {
			uint16_t port = (uint16_t)(packet->to.port - shift_of(node));

			// A mapping exists for what went out: the two ports of IKE.
			if (port != IKE_PORT && port != NATT_PORT)
				continue;
			packet->to = (struct endpoint){.addr = node->addr, .port = port};
			return node;
		}
	}
	return NULL;
}

static void arrive_esp(struct sim *sim, struct sim_node *node, const struct sim_packet *packet)
{
	struct sim_child *child = find(node, packet->spi);
	struct ike_in in = {.type = child ? IKE_IN_MOVED : IKE_IN_UNKNOWN_SPI,
		.spi = packet->spi,
		.local = packet->to,
		.remote = packet->from};

	if (packet->to.port != NATT_PORT)
		in.remote.port = 0; // not in UDP
	if (!child)
		packet->sender->esp_lost++;
	if (child ? child->sa.udp && !endpoint_eq(&child->sa.remote, &packet->from)
		  : sim->tells_unknown)
		(void)step(node, &in);
	if (child)
		(void)sim_command(node, IKE_IN_TRAFFIC, child->sa.tunnel, 0, packet->spi);
}

static bool has_job(const struct sim_node *node)
{
	for (const struct sim_job *job = node->sim->jobs; job; job = job->next) {
		if (job->node == node)
			return true;
	}
	return false;
}

static void arrive_ike(struct sim_node *node, struct ike_in *in)
{
	struct sim_deletes deletes;

	sim_watch(node, in, &deletes);
	// What comes while a job runs may be taken later.
	if (has_job(node))
		deletes.count = 0;
	(void)step(node, in);
	for (size_t i = 0; i < deletes.count; i++)
		node->over[node->overs++ % SIM_OVER] = deletes.spi[i];
}

static bool is_over(const struct sim_node *node, uint32_t spi)
{
	for (size_t i = 0; i < node->overs && i < SIM_OVER; i++) {
		if (node->over[i] == spi)
			return true;
	}
	return false;
}

static void arrive(struct sim *sim, struct sim_packet *packet)
{
	struct sim_node *node = receiver(sim, packet);
	struct ike_in in = {.type = IKE_IN_DATAGRAM,
		.local = packet->to,
		.remote = packet->from,
		.data = packet->data,
		.len = packet->len};

	if (!node || node->dead) {
		if (packet->spi)
			packet->sender->esp_lost++;
		return;
	}
	if (packet->spi)
		arrive_esp(sim, node, packet);
	else {
		trace_datagram(node, "hear", packet->data, packet->len);
		arrive_ike(node, &in);
	}
}

static void finish_jobs(struct sim *sim)
{
	struct sim_job **at = &sim->jobs, *job;

	while ((job = *at)) {
		struct ike_in in = {.type = IKE_IN_JOB, .job = job->job};
		struct sim_node *node = job->node;

		if (job->at > sim->now || node->dead) {
			at = &job->next;
			continue;
		}
		*at = job->next;
		end_job(job);
		(void)step(node, &in);
		at = &sim->jobs;
	}
}

static void send_esp(struct sim *sim)
{
	for (size_t n = 0; n < sim->nodes; n++) {
		struct sim_node *node = &sim->node[n];

		for (size_t i = 0; i < node->children && !node->dead; i++) {
			const struct ike_act_child *sa = &node->child[i].sa;

			if (!node->child[i].outbound)
				continue;
			node->esp_sent++;
			node->late += is_over(node, sa->spi_out);
			fly(node, &sa->local, &sa->remote, sa->spi_out, NULL, 0, 0);
		}
	}
	sim->esp_at = sim->now + sim->esp_every;
}

static void earlier(mono_us_t *at, mono_us_t other)
{
	if (other && other < *at)
		*at = other;
}

static void tick_all(struct sim *sim)
{
	for (size_t i = 0; i < sim->nodes; i++) {
		struct sim_node *node = &sim->node[i];

		if (!node->dead && node->out.deadline && node->out.deadline <= sim->now)
			(void)sim_command(node, IKE_IN_TICK, 0, 0, 0);
	}
}

void sim_run(struct sim *sim, double seconds)
{
	mono_us_t end = sim->now + (mono_us_t)(seconds * 1e6);

	for (;;) {
		mono_us_t at = end;

		if (sim->flying)
			earlier(&at, sim->flying->at);
		for (size_t i = 0; i < sim->nodes; i++) {
			if (!sim->node[i].dead)
				earlier(&at, sim->node[i].out.deadline);
		}
		for (const struct sim_job *job = sim->jobs; job; job = job->next) {
			if (!job->node->dead)
				earlier(&at, job->at);
		}
		if (sim->esp_every)
			earlier(&at, sim->esp_at ? sim->esp_at : sim->now + 1);
		if (at > sim->now)
			sim->now = at;
		if (sim->now >= end)
			return;
		tick_all(sim);
		finish_jobs(sim);
		while (sim->flying && sim->flying->at <= sim->now) {
			struct sim_packet *packet = sim->flying;

			sim->flying = packet->next;
			arrive(sim, packet);
			free(packet);
		}
		if (sim->esp_every && sim->esp_at <= sim->now)
			send_esp(sim);
	}
}

struct counting {
	const char *state;
	unsigned int count;
};

static void count_sa(void *ctx, const struct ike_sa_view *view)
{
	struct counting *c = ctx;

	if (!c->state || !strcmp(c->state, view->state))
		c->count++;
}

unsigned int sim_sas(const struct sim_node *node, const char *state)
{
	struct counting c = {.state = state};

	ike_each_sa(node->ike, count_sa, &c);
	return c.count;
}

static void count_child(void *ctx, const struct ike_child_view *)
{
	++*(unsigned int *)ctx;
}

static bool mirrors(const struct sim_child *a, const struct sim_child *b)
{
	return a->sa.spi_in == b->sa.spi_out && a->sa.spi_out == b->sa.spi_in;
}

static bool same_keys(const struct sim_child *a, const struct sim_child *b)
{
	return secret_eq(&a->sa.encr_in, &b->sa.encr_out) &&
	       secret_eq(&a->sa.encr_out, &b->sa.encr_in) &&
	       secret_eq(&a->sa.integ_in, &b->sa.integ_out) &&
	       secret_eq(&a->sa.integ_out, &b->sa.integ_in) &&
	       !memcmp(&a->sa.suite, &b->sa.suite, sizeof(a->sa.suite) - sizeof(void *)) &&
	       a->sa.local_ts_count == b->sa.remote_ts_count &&
	       selector_eq(&a->sa.local_ts[0], &b->sa.remote_ts[0]) && a->sa.encr_in.len;
}

static const char *paired(const struct sim_node *a, const struct sim_node *b)
{
	for (size_t i = 0; i < a->children; i++) {
		const struct sim_child *mine = &a->child[i], *theirs = NULL;

		for (size_t k = 0; k < b->children; k++) {
			if (mirrors(mine, &b->child[k]))
				theirs = &b->child[k];
		}
		if (!theirs)
			return "a child without its other side";
		if (!same_keys(mine, theirs))
			return "keys, suites or selectors differ";
		if (!mine->outbound)
			return "a child that carries nothing";
	}
	return NULL;
}

static void print_sa(void *ctx, const struct ike_sa_view *view)
{
	fprintf(stderr, "%s: IKE SA %lx_%lx %s, %u children, %s\n", (const char *)ctx,
		(unsigned long)view->spi_i, (unsigned long)view->spi_r, view->state, view->children,
		view->initiator ? "initiator" : "responder");
}

static void print_child(void *ctx, const struct ike_child_view *view)
{
	fprintf(stderr, "%s: child %x_%x %s%s of %lx\n", (const char *)ctx, view->spi_in,
		view->spi_out, view->state, view->outbound ? ", outbound" : "",
		(unsigned long)view->spi_i);
}

void sim_print(const struct sim_node *node, const char *name)
{
	ike_each_sa(node->ike, print_sa, (void *)name);
	ike_each_child(node->ike, print_child, (void *)name);
}

const char *sim_agree(const struct sim_node *a, const struct sim_node *b, unsigned int count)
{
	unsigned int known_a = 0, known_b = 0;
	const char *wrong;

	if (a->broken || b->broken)
		return "an order to the dataplane made no sense";
	if (a->late || b->late)
		return "a packet left under an SA whose DELETE was acknowledged";
	if (sim_sas(a, NULL) != 1 || sim_sas(b, NULL) != 1)
		return "not exactly one IKE SA";
	if (sim_sas(a, "up") != 1 || sim_sas(b, "up") != 1)
		return "the IKE SA is not up";
	if (a->children != count || b->children != count)
		return "not the right number of children";
	ike_each_child(a->ike, count_child, &known_a);
	ike_each_child(b->ike, count_child, &known_b);
	if (known_a != count || known_b != count)
		return "an SPI leaked";
	wrong = paired(a, b);
	return wrong ? wrong : paired(b, a);
}
