// N-7: whatever happens when, the state is the one before an edit or the one after it.
#include "unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctl/store.h"
#include "model/object.h"
#include "ui/conf.h"

enum { GATEWAYS = 4000, DIED = 9 }; // so many that a file is several writes

struct lab {
	char dir[64], path[80];
	int at, err; // the call that fails, or 0: dies
	int calls;
	char said[4096];
};

static int before(void *ctx, const char *call)
{
	struct lab *lab = ctx;

	if (strlen(lab->said) + strlen(call) + 2 < sizeof(lab->said))
		strcat(strcat(lab->said, call), " ");
	if (lab->calls++ != lab->at)
		return 0;
	if (!lab->err)
		_exit(DIED);
	return lab->err;
}

static struct store *open_store(struct lab *lab)
{
	const struct store_conf conf = {
		.path = lab->path,
		.read = conf_read_state,
		.write = conf_write_state,
		.before = before,
		.ctx = lab,
	};
	struct store *store;

	lab->calls = 0;
	lab->said[0] = 0;
	assert_int_equal(store_open(&conf, &store, NULL), 0);
	return store;
}

// A state that tells one serial from another.
static void make_state(struct state *s, uint64_t serial)
{
	assert_int_equal(state_init(s), 0);
	s->head.serial = serial;
	for (unsigned int i = 0; i < GATEWAYS; i++) {
		struct model_customer_gateway *g = object_add(
			schema_find(&schema_model, "customer_gateways"),
			(struct schema_list *)&s->model.customer_gateways);

		assert_non_null(g);
		free(g->name);
		assert_true(asprintf(&g->name, "cgw-%u-of-edit-%lu", i, serial) > 0);
	}
}

static int edit(struct store *store, uint64_t serial)
{
	struct state s;
	int err;

	make_state(&s, serial);
	err = store_write(store, &s, NULL);
	if (!err)
		err = store_take(store, NULL);
	state_fini(&s);
	return err;
}

// The serial of a version that is whole; 0: there is none.
static uint64_t version(struct lab *lab, unsigned int file)
{
	struct store *store = open_store(lab);
	struct report report = {};
	struct state s, same;
	uint64_t serial;
	int err = store_read(store, file, &s, &report, NULL);

	store_close(store);
	if (err == -ENOENT)
		return 0;
	assert_int_equal(err, 0);
	assert_int_equal(report.n, 0);
	serial = s.head.serial;
	make_state(&same, serial);
	for (size_t i = 0; i < schema_state.n; i++)
		assert_true(object_leaf_eq(&schema_state.leaf[i], &s, &same));
	state_fini(&s);
	state_fini(&same);
	return serial;
}

static void lab_open(struct lab *lab)
{
	*lab = (struct lab){.at = -1, .dir = "/tmp/store_test.XXXXXX"};
	assert_non_null(mkdtemp(lab->dir));
	snprintf(lab->path, sizeof(lab->path), "%s/d/state.conf", lab->dir);
}

static void lab_close(struct lab *lab)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", lab->dir);
	assert_int_equal(system(command), 0);
}

static void store_begins_empty(void **)
{
	struct lab lab;

	lab_open(&lab);
	for (unsigned int file = 0; file < STORE_FILES; file++)
		assert_int_equal(version(&lab, file), 0);
	lab_close(&lab);
}

static void store_keeps_two_versions(void **)
{
	struct lab lab;
	struct store *store;

	lab_open(&lab);
	for (uint64_t serial = 1; serial <= 4; serial++) {
		store = open_store(&lab);
		assert_int_equal(edit(store, serial), 0);
		store_close(store);
		assert_int_equal(version(&lab, 0), serial);
		assert_int_equal(version(&lab, 1), serial - 1);
		assert_int_equal(version(&lab, 2), serial > 2 ? serial - 2 : 0);
	}
	lab_close(&lab);
}

static void store_is_on_disk_before_it_is_in_force(void **)
{
	struct lab lab;
	struct store *store;
	char *sync;

	lab_open(&lab);
	store = open_store(&lab);
	assert_int_equal(edit(store, 1), 0);
	assert_int_equal(edit(store, 2), 0);
	lab.said[0] = 0;
	assert_int_equal(edit(store, 3), 0);
	store_close(store);
	sync = strstr(lab.said, "write fsync ");
	assert_non_null(sync);
	assert_string_equal(sync, "write fsync rename link rename fsync ");
	lab_close(&lab);
}

static void store_is_ours_alone(void **)
{
	struct lab lab;
	struct stat st;
	struct store *store, *other = NULL;
	struct store_conf conf = {.path = lab.path};

	lab_open(&lab);
	store = open_store(&lab);
	assert_int_equal(edit(store, 1), 0);
	assert_int_equal(stat(lab.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	*strrchr(lab.path, '/') = 0;
	assert_int_equal(stat(lab.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	lab.path[strlen(lab.path)] = '/';
	assert_int_equal(store_open(&conf, &other, NULL), -EBUSY);
	assert_null(other);
	store_close(store);
	lab_close(&lab);
}

static void store_follows_no_link(void **)
{
	struct lab lab;
	struct report report = {};
	struct store *store;
	struct state s;

	lab_open(&lab);
	store = open_store(&lab);
	assert_int_equal(symlink("/etc/passwd", lab.path), 0);
	assert_int_equal(store_read(store, 0, &s, &report, NULL), -ELOOP);
	store_close(store);
	lab_close(&lab);
}

// Every system call once more: what happens when the machine stops before it.
static void store_is_whole_wherever_it_dies(void **)
{
	int rc, died = 0;

	for (int at = 0; at == died; at++) {
		struct lab lab;
		struct store *store;
		uint64_t now;
		pid_t pid;

		lab_open(&lab);
		store = open_store(&lab);
		for (uint64_t serial = 1; serial <= 3; serial++)
			assert_int_equal(edit(store, serial), 0);
		store_close(store);
		pid = fork();
		assert_true(pid >= 0);
		if (!pid) {
			lab.at = at;
			store = open_store(&lab);
			_exit(edit(store, 4) ? 1 : 0);
		}
		assert_int_equal(waitpid(pid, &rc, 0), pid);
		assert_true(WIFEXITED(rc));
		assert_true(WEXITSTATUS(rc) == 0 || WEXITSTATUS(rc) == DIED);
		died += WEXITSTATUS(rc) == DIED;
		now = version(&lab, 0);
		assert_true(now == 4 || (now == 3 && WEXITSTATUS(rc) == DIED));
		// The next change finds nothing in its way, and no version is lost by it.
		store = open_store(&lab);
		assert_int_equal(edit(store, 5), 0);
		store_close(store);
		assert_int_equal(version(&lab, 0), 5);
		assert_int_equal(version(&lab, 1), now);
		assert_true(version(&lab, 2) < now);
		lab_close(&lab);
	}
	assert_true(died >= 10);
}

static void store_is_as_before_when_a_call_fails(void **)
{
	int failed = 0;

	for (int at = 0; at == failed; at++) {
		struct lab lab;
		struct store *store;
		int err;

		lab_open(&lab);
		store = open_store(&lab);
		for (uint64_t serial = 1; serial <= 3; serial++)
			assert_int_equal(edit(store, serial), 0);
		lab.calls = 0;
		lab.at = at;
		lab.err = -ENOSPC;
		err = edit(store, 4);
		assert_true(err == 0 || err == -ENOSPC);
		failed += err == -ENOSPC;
		store_close(store);
		lab.at = -1;
		assert_int_equal(version(&lab, 0), err ? 3 : 4);
		store = open_store(&lab);
		assert_int_equal(edit(store, 5), 0);
		store_close(store);
		assert_int_equal(version(&lab, 0), 5);
		assert_int_equal(version(&lab, 1), err ? 3 : 4);
		lab_close(&lab);
	}
	assert_true(failed >= 10);
}

static void store_first_change_that_fails_leaves_nothing(void **)
{
	struct lab lab;
	struct store *store;

	lab_open(&lab);
	store = open_store(&lab);
	assert_int_equal(edit(store, 1), 0);
	store_close(store);
	// The last call, when the directory is synced.
	for (int at = lab.calls - 1; at >= 0; at--) {
		struct lab fresh;

		lab_open(&fresh);
		store = open_store(&fresh);
		fresh.at = at;
		fresh.err = -EIO;
		assert_int_equal(edit(store, 1), -EIO);
		store_close(store);
		fresh.at = -1;
		assert_int_equal(version(&fresh, 0), 0);
		lab_close(&fresh);
	}
	lab_close(&lab);
}

static void store_keeps_what_would_come_back(void **)
{
	struct lab lab;
	struct store *store;
	struct state s;

	lab_open(&lab);
	store = open_store(&lab);
	assert_int_equal(edit(store, 1), 0);
	make_state(&s, 1);
	assert_int_equal(store_undo_set(store, &s, NULL), 0);
	assert_int_equal(edit(store, 2), 0);
	store_close(store);
	assert_int_equal(version(&lab, 0), 2);
	assert_int_equal(version(&lab, STORE_UNDO), 1);
	store = open_store(&lab);
	assert_int_equal(store_undo_clear(store, NULL), 0);
	assert_int_equal(store_undo_clear(store, NULL), 0);
	store_close(store);
	assert_int_equal(version(&lab, STORE_UNDO), 0);
	state_fini(&s);
	lab_close(&lab);
}

static void store_needs_a_place(void **)
{
	struct store *store;
	struct why why = {};

	assert_int_equal(
		store_open(&(struct store_conf){.path = "state.conf"}, &store, &why), -EINVAL);
	assert_string_equal(why.where, "system.state");
	assert_int_equal(
		store_open(&(struct store_conf){.path = "/proc/none/state.conf"}, &store, &why),
		-ENOENT);
	assert_string_equal(why.where, "/proc/none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(store_begins_empty),
		cmocka_unit_test(store_keeps_two_versions),
		cmocka_unit_test(store_is_on_disk_before_it_is_in_force),
		cmocka_unit_test(store_is_ours_alone),
		cmocka_unit_test(store_follows_no_link),
		cmocka_unit_test(store_is_whole_wherever_it_dies),
		cmocka_unit_test(store_is_as_before_when_a_call_fails),
		cmocka_unit_test(store_first_change_that_fails_leaves_nothing),
		cmocka_unit_test(store_keeps_what_would_come_back),
		cmocka_unit_test(store_needs_a_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
