#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "dp/told.h"

int dp_conn_new(struct dp *dp, const char *name, void *user, struct dp_conn **result)
{
	struct dp_conn *conn = calloc(1, sizeof(*conn));

	if (!conn)
		return -ENOMEM;
	snprintf(conn->name, sizeof(conn->name), "%s", name);
	conn->dp = dp;
	conn->id = ++dp->next_id;
	conn->user = user;
	TAILQ_INSERT_TAIL(&dp->conns, conn, entry);
	*result = conn;
	return 0;
}

static void conn_free(struct retired *retired)
{
	free(atomic_load(&((struct dp_conn *)retired)->members));
	free(retired);
}

void dp_conn_free(struct dp_conn *conn)
{
	if (!conn)
		return;
	TAILQ_REMOVE(&conn->dp->conns, conn, entry);
	dp_changed(conn->dp);
	told_retire(conn->dp, &conn->retired, conn_free);
}

void dp_conn_switch(struct dp_conn *conn, struct dp_tunnel *tunnel)
{
	atomic_store_explicit(&conn->active, tunnel, memory_order_release);
	dp_changed(conn->dp);
}

struct dp_tunnel *dp_conn_active(const struct dp_conn *conn)
{
	return atomic_load_explicit(&conn->active, memory_order_relaxed);
}

const char *dp_conn_name(const struct dp_conn *conn)
{
	return conn->name;
}

void *dp_conn_user(const struct dp_conn *conn)
{
	return conn->user;
}
