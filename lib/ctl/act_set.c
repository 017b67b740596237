#include "ctl/act_set.h"

#include <stdlib.h>
#include <string.h>

#include "model/object.h"
#include "model/value.h"

enum { WORD = 512 };

#define PLACEHOLDER "<set>" // what stands where a secret is not shown

struct complaint *act_set_complain(struct report *report, const struct act_call *call,
	const struct act_key *key, unsigned int tunnel, const char *code, const char *what)
{
	struct path where = {};
	char name[ACT_KEY];

	snprintf(where.text, sizeof(where.text), "%s", act_key_show(call->act, key, tunnel, name));
	return report_add(report, code, &where, what, NULL, NULL);
}

bool act_set_has(const struct act_call *call, unsigned int tunnel)
{
	for (unsigned int i = 0; i < call->values; i++) {
		if (call->value[i].tunnel == tunnel)
			return true;
	}
	return false;
}

void act_set_required(const struct act_call *call, struct report *report)
{
	for (const struct act_key *key = call->act->key; key && key->name; key++)
		for (unsigned int tunnel = act_key_first(key);
			tunnel <= act_key_last(call->act, key); tunnel++) {
			if (key->required && !act_value(call, key->name, tunnel))
				act_set_complain(
					report, call, key, tunnel, "missing", "must be given");
		}
}

const struct act_key *act_set_key_named(
	const struct act *act, const char *name, unsigned int *tunnel)
{
	char shown[ACT_KEY];

	for (const struct act_key *key = act->key; key && key->name; key++)
		for (*tunnel = act_key_first(key); *tunnel <= act_key_last(act, key); ++*tunnel) {
			if (!strcmp(act_key_show(act, key, *tunnel, shown), name))
				return key;
		}
	return NULL;
}

const struct act_key *act_set_key_of(const struct act *act, bool tunnel, const char *place)
{
	for (const struct act_key *key = act->key; key && key->name; key++) {
		size_t len = key->leaf ? strlen(key->leaf) : 0;

		if (len && key->tunnel == tunnel && !strncmp(key->leaf, place, len) &&
			(!place[len] || place[len] == '['))
			return key;
	}
	return NULL;
}

// The leaf of a path; schema and object become those of the group that it lies in.
static const struct schema_leaf *leaf_at(
	const struct schema **schema, void **object, const char *path)
{
	for (;;) {
		size_t len = strcspn(path, ".");
		const struct schema_leaf *leaf;
		char name[ACT_KEY];

		snprintf(name, sizeof(name), "%.*s", (int)len, path);
		leaf = schema_find(*schema, name);
		if (!leaf || !path[len])
			return leaf;
		*object = schema_at(leaf, *object);
		*schema = leaf->sub;
		path += len + 1;
	}
}

// Back to the default: that of a new object, for which the old value is handed in.
static int set_default(const struct schema *schema, const struct schema_leaf *leaf, void *object)
{
	void *fresh = calloc(1, schema->size);
	char *old, *new;
	int err = fresh ? object_init(schema, fresh) : -ENOMEM;

	if (!err) {
		old = schema_at(leaf, object);
		new = schema_at(leaf, fresh);
		for (size_t i = 0; i < leaf->size; i++) {
			char byte = old[i];

			old[i] = new[i];
			new[i] = byte;
		}
	}
	if (fresh)
		object_fini(schema, fresh);
	free(fresh);
	return err;
}

static int add_word(const struct schema_leaf *leaf, struct schema_list *list, const char *text,
	size_t len, struct why *why)
{
	char word[WORD];
	void *v;
	int err;

	while (len && *text == ' ') {
		text++;
		len--;
	}
	while (len && text[len - 1] == ' ')
		len--;
	snprintf(word, sizeof(word), "%.*s", (int)len, text);
	if (leaf->count && list->n == leaf->count) {
		why_set(why, -EINVAL, "too many", NULL, NULL, word);
		why_fmt(why, expected, "%zu at most", leaf->count);
		return -EINVAL;
	}
	v = object_add(leaf, list);
	if (!v)
		return -ENOMEM;
	err = value_read(leaf, word, v, why);
	if (err)
		object_drop(leaf, list);
	return err;
}

// Words with commas between them; whole: one that may hold commas. append: to what is there.
static int set_list(const struct schema_leaf *leaf, struct schema_list *list, const char *text,
	bool whole, bool append, struct why *why)
{
	struct schema_list read = {}, old;
	int err = 0;

	if (append)
		return add_word(leaf, list, text, strlen(text), why);
	while (*text && !err) {
		size_t len = whole ? strlen(text) : strcspn(text, ",");

		err = add_word(leaf, &read, text, len, why);
		text += len;
		text += *text == ',';
	}
	old = err ? read : *list;
	if (!err)
		*list = read;
	object_clear(leaf, &old);
	return err;
}

static bool is_repeated(const struct act_call *call, unsigned int at)
{
	for (unsigned int i = 0; i < at; i++) {
		if (call->value[i].key == call->value[at].key &&
			call->value[i].tunnel == call->value[at].tunnel)
			return true;
	}
	return false;
}

static int set_leaf(struct act_set *set, unsigned int at, struct why *why)
{
	const struct act_value *v = &set->call->value[at];
	const struct schema *schema = set->schema;
	void *object = set->object;
	const struct schema_leaf *leaf = leaf_at(&schema, &object, v->key->leaf);

	if (!leaf)
		return why_set(why, -EINVAL, "not of this object", NULL, NULL, NULL);
	if (leaf->list)
		return set_list(leaf, schema_at(leaf, object), v->text, v->key->repeat,
			is_repeated(set->call, at), why);
	if (!*v->text)
		return set_default(schema, leaf, object);
	if (leaf->type == SCHEMA_SECRET && !strcmp(v->text, PLACEHOLDER))
		return why_set(why, -EINVAL, "this stands for a secret, and is none", NULL,
			"the secret itself", PLACEHOLDER);
	return value_read(leaf, v->text, schema_at(leaf, object), why);
}

static void complain(struct act_set *set, const struct act_key *key, const struct why *why,
	const char *name, const char *code)
{
	struct complaint *c;

	if (!key)
		return;
	c = act_set_complain(set->report, set->call, key, set->tunnel, code, why->what);
	if (!c)
		return;
	snprintf(c->why.expected, sizeof(c->why.expected), "%s", why->expected);
	snprintf(c->why.got, sizeof(c->why.got), "%s", why->got);
	if (!c->why.what[0])
		snprintf(c->why.what, sizeof(c->why.what), "not a valid %s", name);
}

static const struct act_key *key_named(const struct act *act, const char *name)
{
	for (const struct act_key *key = act->key; key && key->name; key++) {
		if (!strcmp(key->name, name))
			return key;
	}
	return NULL;
}

static const struct act_key *key_with_api(const struct act *act, const char *last)
{
	for (const struct act_key *key = act->key; key && key->name; key++) {
		const char *dot = key->api ? strrchr(key->api, '.') : NULL;

		if (dot && !strcmp(dot + 1, last))
			return key;
	}
	return NULL;
}

// A wrong word is complained about and left out, until the rest goes.
static int set_algs(struct act_set *set, struct cloud_algs *words, bool ike)
{
	const char **word[] = {&words->encryption, &words->authentication, &words->group};
	struct model_tunnel *tunnel = set->object;
	int err;

	do {
		struct why why = {};
		bool found = false;

		err = ike ? cloud_set_ike(&tunnel->ike, words, &why)
			  : cloud_set_ipsec(&tunnel->ipsec, words, &why);
		if (err == -EINVAL)
			complain(set, key_with_api(set->call->act, why.where), &why, why.where,
				"bad-value");
		for (unsigned int i = 0; err == -EINVAL && i < 3 && !found; i++) {
			found = *word[i] && !strcmp(*word[i], why.got);
			*word[i] = found ? NULL : *word[i];
		}
		if (!found)
			break;
	} while (err == -EINVAL);
	return err == -ENOMEM ? err : 0;
}

// In their order, whatever the order of the values. Empty: that one and those behind it are no
// more.
static int set_addresses(struct act_set *set)
{
	const struct schema_leaf *leaf = schema_find(set->schema, "addresses");

	for (unsigned int at = 0; leaf && at < MODEL_TUNNELS; at++) {
		struct schema_list *list = schema_at(leaf, set->object);
		const char *text = set->address[at];
		struct why why = {};
		int err = 0;

		if (!text || list->n < at)
			continue;
		if (!*text)
			while (list->n > at)
				value_fini(leaf, (char **)list->v + --list->n);
		else if (list->n == at)
			err = add_word(leaf, list, text, strlen(text), &why);
		else
			err = value_read(leaf, text, (char **)list->v + at, &why);
		if (err == -ENOMEM)
			return err;
		if (err)
			complain(set, key_named(set->call->act, at ? "address2" : "address1"), &why,
				"address", "bad-value");
	}
	return 0;
}

int act_set(const struct act_call *call, unsigned int tunnel, const struct schema *schema,
	void *object, struct report *report)
{
	struct act_set set = {.call = call,
		.tunnel = tunnel,
		.schema = schema,
		.object = object,
		.report = report};
	int err = 0;

	for (unsigned int i = 0; i < call->values && err != -ENOMEM; i++) {
		const struct act_value *v = &call->value[i];
		struct why why = {};

		if (v->tunnel != tunnel || (!v->key->leaf && !v->key->set))
			continue;
		err = v->key->set ? v->key->set(&set, v->text, &why) : set_leaf(&set, i, &why);
		if (err && err != -ENOMEM)
			complain(&set, v->key, &why, v->key->name,
				err == -ERANGE ? "out-of-range" : "bad-value");
	}
	err = err == -ENOMEM ? err : set_addresses(&set);
	if (err || !tunnel)
		return err;
	err = set_algs(&set, &set.ike, true);
	return err ? err : set_algs(&set, &set.ipsec, false);
}

int act_set_effect(struct act_set *set, const char *text, struct why *why)
{
	const bool yes = !strcmp(text, "true");

	if (!yes && *text && strcmp(text, "false") != 0)
		return why_set(why, -EINVAL, "not true and not false", NULL, "true or false", text);
	cloud_set_effect(set->object, yes);
	return 0;
}

int act_set_address1(struct act_set *set, const char *text, struct why *)
{
	set->address[0] = text;
	return 0;
}

int act_set_address2(struct act_set *set, const char *text, struct why *)
{
	set->address[1] = text;
	return 0;
}

int act_set_ike_enc(struct act_set *set, const char *text, struct why *)
{
	set->ike.encryption = text;
	return 0;
}

int act_set_ike_auth(struct act_set *set, const char *text, struct why *)
{
	set->ike.authentication = text;
	return 0;
}

int act_set_ike_pfs(struct act_set *set, const char *text, struct why *)
{
	set->ike.group = text;
	return 0;
}

int act_set_ipsec_enc(struct act_set *set, const char *text, struct why *)
{
	set->ipsec.encryption = text;
	return 0;
}

int act_set_ipsec_auth(struct act_set *set, const char *text, struct why *)
{
	set->ipsec.authentication = text;
	return 0;
}

int act_set_ipsec_pfs(struct act_set *set, const char *text, struct why *)
{
	set->ipsec.group = text;
	return 0;
}
