#include "ctl/helper.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
	NICE = 5,
	BATCH = 32, // given back in one turn of the loop: others are due, too
};

// Oldest first. Never full: no more than HELPER_QUEUE is out at a time.
struct queue {
	void *slot[HELPER_QUEUE];
	size_t first, count;
};

struct helpers {
	struct helper_work what;
	struct loop_watch *watch;
	int event; // eventfd: something is done
	// A lock and no ring: helpers sleep, and the work takes a thousand times as long as the
	// lock is held. It guards the queues and stop.
	pthread_mutex_t lock;
	pthread_cond_t given;
	struct queue urgent, other, done;
	bool stop;
	size_t out; // given and not taken back; writer: control thread
	unsigned int count;
	pthread_t thread[];
};

static void queue_put(struct queue *q, void *work)
{
	q->slot[(q->first + q->count++) % HELPER_QUEUE] = work;
}

// NULL: empty.
static void *queue_take(struct queue *q)
{
	void *work;

	if (!q->count)
		return NULL;
	work = q->slot[q->first];
	q->first = (q->first + 1) % HELPER_QUEUE;
	q->count--;
	return work;
}

// The next piece of work; NULL: stop.
static void *wait_for_work(struct helpers *h)
{
	void *work = NULL;

	pthread_mutex_lock(&h->lock);
	while (!h->stop) {
		work = queue_take(&h->urgent);
		if (!work)
			work = queue_take(&h->other);
		if (work)
			break;
		pthread_cond_wait(&h->given, &h->lock);
	}
	pthread_mutex_unlock(&h->lock);
	return work;
}

static void give_back(struct helpers *h, void *work)
{
	pthread_mutex_lock(&h->lock);
	queue_put(&h->done, work);
	pthread_mutex_unlock(&h->lock);
	(void)eventfd_write(h->event, 1);
}

static void *serve(void *arg)
{
	struct helpers *h = arg;
	void *work;

	// On Linux, of this thread alone.
	(void)setpriority(PRIO_PROCESS, 0, NICE);
	while ((work = wait_for_work(h))) {
		h->what.run(work);
		give_back(h, work);
	}
	return NULL;
}

static void on_done(void *ctx, int fd)
{
	struct helpers *h = ctx;
	void *work[BATCH];
	size_t n = 0;
	eventfd_t ignored;
	bool more;

	(void)eventfd_read(fd, &ignored);
	pthread_mutex_lock(&h->lock);
	while (n < BATCH && h->done.count)
		work[n++] = queue_take(&h->done);
	more = h->done.count;
	pthread_mutex_unlock(&h->lock);
	if (more)
		(void)eventfd_write(h->event, 1);
	h->out -= n;
	for (size_t i = 0; i < n; i++)
		h->what.done(h->what.ctx, work[i]);
}

// Signals are the control thread's.
static int start(struct helpers *h, unsigned int n)
{
	sigset_t all, before;
	int err = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (!err && h->count < n) {
		err = -pthread_create(&h->thread[h->count], NULL, serve, h);
		if (!err)
			h->count++;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return err;
}

int helpers_new(
	struct loop *loop, unsigned int n, const struct helper_work *what, struct helpers **helpers)
{
	struct helpers *h = calloc(1, sizeof(*h) + n * sizeof(h->thread[0]));
	int err = -ENOMEM;

	*helpers = NULL;
	if (!h)
		return -ENOMEM;
	h->what = *what;
	pthread_mutex_init(&h->lock, NULL);
	pthread_cond_init(&h->given, NULL);
	h->event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (h->event >= 0)
		h->watch = loop_read(loop, h->event, on_done, h);
	if (h->watch)
		err = start(h, n);
	if (err) {
		helpers_free(h);
		return err;
	}
	*helpers = h;
	return 0;
}

void helpers_free(struct helpers *h)
{
	if (!h)
		return;
	pthread_mutex_lock(&h->lock);
	h->stop = true;
	pthread_cond_broadcast(&h->given);
	pthread_mutex_unlock(&h->lock);
	while (h->count)
		pthread_join(h->thread[--h->count], NULL);
	loop_unwatch(h->watch);
	if (h->event >= 0)
		close(h->event);
	pthread_cond_destroy(&h->given);
	pthread_mutex_destroy(&h->lock);
	free(h);
}

int helpers_give(struct helpers *h, void *work, bool urgent)
{
	if (h->out == HELPER_QUEUE)
		return -EAGAIN;
	h->out++;
	pthread_mutex_lock(&h->lock);
	queue_put(urgent ? &h->urgent : &h->other, work);
	pthread_cond_signal(&h->given);
	pthread_mutex_unlock(&h->lock);
	return 0;
}
