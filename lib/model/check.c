#include "model/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/check_part.h"
#include "model/near.h"
#include "model/object.h"
#include "model/schema.h"
#include "model/value.h"

// What must be given, in an object and in all below it.
static void check_given(
	struct check *c, const struct schema *schema, const void *o, const struct path *parent)
{
	for (size_t i = 0; i < schema->n; i++) {
		const struct schema_leaf *leaf = &schema->leaf[i];
		const struct schema_list *list = schema_at(leaf, o);
		const bool missing = leaf->required && !object_leaf_given(leaf, o);
		char choices[VALUE_TEXT];
		struct path where;

		// Paths are long to write, and there are a hundred leaves in a connection.
		if (!missing && !leaf->sub)
			continue;
		where = path_leaf(parent, leaf->name);
		if (missing)
			report_add(c->report, "missing", &where, "must be given",
				leaf->sub ? "one at least" : value_choices(leaf, choices), NULL);
		if (leaf->type == SCHEMA_GROUP)
			check_given(c, leaf->sub, schema_at(leaf, o), &where);
		if (leaf->type != SCHEMA_OBJECTS)
			continue;
		for (size_t j = 0; j < list->n; j++) {
			const struct path at = path_at(&where, j);

			check_given(c, leaf->sub, (char *)list->v + j * leaf->sub->size, &at);
		}
	}
}

// Keys that stand twice in one list. Each but the first is a complaint, which names the first.
static int check_unique(struct check *c, const struct schema_leaf *leaf)
{
	const struct path list = {}, root = path_leaf(&list, leaf->name);
	struct names names;
	const struct names_row *first;
	int err = names_init(&names, leaf->sub, schema_at(leaf, c->m));

	if (err)
		return err;
	first = names.row;
	for (const struct names_row *row = names.row; row < names.row + names.n; row++) {
		struct path at, where, other;

		if (row == first || strcmp(row->key, first->key)) {
			first = row;
			continue;
		}
		if (!*row->key)
			continue;
		at = path_at(&root, row->at);
		where = path_leaf(&at, leaf->sub->leaf[0].name);
		other = path_at(&root, first->at);
		report_add(c->report, "duplicate", &where, "there is another one already",
			other.text, row->key);
	}
	names_fini(&names);
	return 0;
}

enum { OFFERED = 20 }; // complaints that look for what may have been meant: they read all names

static void unknown_name(struct check *c, const struct path *where, const char *name,
	const struct names *names, const char *what)
{
	struct near near = {.text = name};

	for (size_t i = 0; i < names->n && c->report->errors < OFFERED; i++)
		near_offer(&near, names->row[i].key);
	report_add(c->report, "unknown-name", where, what, near.best, name);
}

// One body for all lists.
#define NAMED_AT(list, where, what)                                             \
	do {                                                                    \
		const struct names_row *row = names_find(&c->names.list, name); \
                                                                                \
		if (row)                                                        \
			return *name ? &c->m->list.v[row->at] : NULL;           \
		if (*name)                                                      \
			unknown_name(c, where, name, &c->names.list, what);     \
		return NULL;                                                    \
	} while (0)
#define NAMED(list, what)                                           \
	do {                                                        \
		const struct path where_ = path_leaf(parent, leaf); \
                                                                    \
		NAMED_AT(list, &where_, what);                      \
	} while (0)
#define NO_GATEWAY_ADDRESS "no gateway address has this name"

const struct model_port *check_port(
	struct check *c, const struct path *parent, const char *leaf, const char *name)
{
	NAMED(ports, "no port has this name");
}

const struct model_gateway_address *check_gateway_address(
	struct check *c, const struct path *parent, const char *leaf, const char *name)
{
	NAMED(gateway_addresses, NO_GATEWAY_ADDRESS);
}

const struct model_gateway_address *check_gateway_address_at(
	struct check *c, const struct path *where, const char *name)
{
	NAMED_AT(gateway_addresses, where, NO_GATEWAY_ADDRESS);
}

const struct model_customer_gateway *check_customer_gateway(
	struct check *c, const struct path *parent, const char *leaf, const char *name)
{
	NAMED(customer_gateways, "no customer gateway has this name");
}

const struct model_vpn_gateway *check_vpn_gateway(
	struct check *c, const struct path *parent, const char *leaf, const char *name)
{
	NAMED(vpn_gateways, "no VPN gateway has this name");
}

const struct model_connection *check_connection(
	struct check *c, const struct path *parent, const char *leaf, const char *name)
{
	NAMED(connections, "no connection has this name");
}

static void check_system(struct check *c)
{
	const struct model_system *system = &c->m->system;
	const struct path root = {"system"}, list = path_leaf(&root, "worker_lcores");
	const struct path logbook = path_leaf(&root, "logbook");
	const struct path directory = path_leaf(&logbook, "directory");

	if (*system->logbook.directory && *system->logbook.directory != '/')
		report_add(c->report, "not-absolute", &directory, "must be an absolute path",
			"/var/log/culvert", system->logbook.directory);
	for (size_t i = 0; i < system->worker_lcores.n; i++) {
		const struct path where = path_at(&list, i);
		uint32_t lcore = system->worker_lcores.v[i];
		char got[16];

		snprintf(got, sizeof(got), "%u", lcore);
		if (lcore == system->control_lcore && system->idle == MODEL_IDLE_POLL)
			report_add(c->report, "lcore-shared", &where,
				"a worker that polls needs an lcore of its own",
				"other than control_lcore, or idle = \"sleep\"", got);
		for (size_t j = 0; j < i; j++) {
			if (system->worker_lcores.v[j] != lcore)
				continue;
			report_add(c->report, "duplicate", &where,
				"this lcore is in the list twice", NULL, got);
			break;
		}
	}
}

int check_model(const struct model *m, struct report *report)
{
	struct check c = {.m = m, .report = report};
	const struct path root = {};
	size_t errors = report->errors;
	int err = directory_init(&c.names, m);

	for (size_t i = 0; i < schema_model.n && !err; i++) {
		if (schema_model.leaf[i].type == SCHEMA_OBJECTS)
			err = check_unique(&c, &schema_model.leaf[i]);
	}
	if (!err) {
		check_given(&c, &schema_model, m, &root);
		check_system(&c);
		check_ports(&c);
		check_gateway_addresses(&c);
		check_customer_gateways(&c);
		err = check_vpn_gateways(&c);
	}
	if (!err)
		err = check_connections(&c);
	if (!err)
		err = check_bgp(&c);
	if (!err)
		err = check_gateway_routes(&c);
	if (!err) {
		check_routes(&c);
		check_policies(&c);
	}
	directory_fini(&c.names);
	if (err)
		return err;
	return report->errors > errors ? -EINVAL : 0;
}
