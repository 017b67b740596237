#include "ui/words.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Append "text" or ", text" to a list in a field of struct why; what does not fit becomes "...".
static void list_add(char *list, size_t size, const char *text, size_t len)
{
	size_t at = strlen(list);
	const char *sep = at ? ", " : "";

	if (at + strlen(sep) + len + sizeof(", ...") <= size)
		snprintf(list + at, size - at, "%s%.*s", sep, (int)len, text);
	else if (at >= 3 && strcmp(list + at - 3, "...") != 0)
		snprintf(list + at, size - at, ", ...");
}

static bool list_has(const char *list, const char *text, size_t len)
{
	for (const char *p = list; *p; p += strcspn(p, ","), p += strspn(p, ", "))
		if (strcspn(p, ",") == len && !memcmp(p, text, len))
			return true;
	return false;
}

// The first n words of a line, as typed, to the field that says where.
static void say_where(const struct split *split, unsigned int n, struct why *why)
{
	size_t at = 0;

	if (!why)
		return;
	why->where[0] = '\0';
	for (unsigned int i = 0; i < n && i < split->n && at < sizeof(why->where); i++)
		at += (size_t)snprintf(why->where + at, sizeof(why->where) - at, "%s%s",
			i ? " " : "", split->word[i]);
}

const char *words_next(const struct act *act, const char *path, size_t *len)
{
	size_t at = strlen(path);
	const char *next = act->words + at;

	if (strncmp(act->words, path, at) != 0 || (at && *next != ' '))
		return NULL;
	next += at ? 1 : 0;
	*len = strcspn(next, " ");
	return next;
}

static const struct act *act_find(const struct grammar *grammar, const char *path)
{
	for (unsigned int i = 0; i < grammar->count; i++)
		if (!strcmp(grammar->act[i].words, path))
			return &grammar->act[i];
	return NULL;
}

// The words that may follow a path and begin like a word: their list to the field expected.
//
// returns how many different ones; the word itself, when it is one of them, counts alone
static unsigned int follow(const struct grammar *grammar, const char *path, const char *word,
	const char **only, size_t *only_len, struct why *why)
{
	size_t typed = strlen(word), len;
	unsigned int n = 0;

	why->expected[0] = '\0';
	for (unsigned int i = 0; i < grammar->count; i++) {
		const char *next = words_next(&grammar->act[i], path, &len);

		if (!next || len < typed || strncmp(next, word, typed) != 0)
			continue;
		if (len == typed || !n) {
			*only = next;
			*only_len = len;
		}
		if (len == typed)
			return 1;
		if (list_has(why->expected, next, len))
			continue;
		list_add(why->expected, sizeof(why->expected), next, len);
		n++;
	}
	return n;
}

int words_walk(const struct grammar *grammar, const struct split *split, unsigned int n,
	struct words_walk *walk, struct why *why)
{
	struct why here = {};
	const char *next = NULL;
	size_t len = 0, at = 0;

	*walk = (struct words_walk){};
	for (; walk->used < n && walk->used < split->n; walk->used++) {
		const char *word = split->word[walk->used];
		unsigned int meanings =
			split->quoted[walk->used] || !word[0]
				? 0
				: follow(grammar, walk->path, word, &next, &len, &here);

		// Behind a whole action, only a full word goes on; anything else is an argument.
		if (walk->act && (meanings != 1 || len != strlen(word)))
			return 0;
		if (meanings != 1) {
			if (!meanings)
				(void)follow(grammar, walk->path, "", &next, &len, &here);
			if (why)
				*why = here;
			say_where(split, walk->used, why);
			why_fmt(why, what, "%s", meanings ? "several meanings" : "no such command");
			why_fmt(why, got, "%s", word);
			return -EINVAL;
		}
		at += (size_t)snprintf(walk->path + at, sizeof(walk->path) - at, "%s%.*s",
			at ? " " : "", (int)len, next);
		if (at >= sizeof(walk->path))
			return why_set(why, -EINVAL, "no such command", "", "", word);
		walk->act = act_find(grammar, walk->path);
	}
	return 0;
}

static int take_number(int64_t min, int64_t max, const char *text, int64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoll(text, &end, 10);
	return errno || !*text || *end || *number < min || *number > max ? -EINVAL : 0;
}

// One of the words, or its unambiguous beginning. NULL: none, or several.
static const char *take_word(const char *const *words, const char *text)
{
	const char *found = NULL;

	for (const char *const *word = words; *word; word++) {
		if (!strcmp(*word, text))
			return *word;
		if (strncmp(*word, text, strlen(text)) != 0)
			continue;
		if (found)
			return NULL;
		found = *word;
	}
	return found;
}

// What a parameter may be, to the field expected.
static void say_expected(const struct act_param *param, struct why *why)
{
	if (!why)
		return;
	why->expected[0] = '\0';
	if (param->type == ACT_NUMBER)
		why_fmt(why, expected, "a number from %" PRId64 " to %" PRId64, param->min,
			param->max);
	else if (param->type == ACT_WORD)
		for (const char *const *word = param->words; *word; word++)
			list_add(why->expected, sizeof(why->expected), *word, strlen(*word));
	else
		why_fmt(why, expected, "%s: %s", param->name, param->help);
}

static int take_arg(
	const struct act_param *param, const char *word, unsigned int i, struct words_match *match)
{
	switch (param->type) {
	case ACT_NUMBER:
		match->arg[i] = word;
		return take_number(param->min, param->max, word, &match->number[i]);
	case ACT_WORD:
		match->arg[i] = *word ? take_word(param->words, word) : NULL;
		return match->arg[i] ? 0 : -EINVAL;
	case ACT_NAME:
	case ACT_TEXT:
		match->arg[i] = word;
		return param->type == ACT_TEXT || *word ? 0 : -EINVAL;
	case ACT_FLAG:
		break;
	}
	return -EINVAL;
}

enum { API_NAME = 96 };

static bool is_key(const char *name, const char *word, size_t len)
{
	return name && strlen(name) == len && !memcmp(name, word, len);
}

// The API's name of a key. returns false when there is none
static bool api_name(const struct act *act, const struct act_key *key, unsigned int tunnel,
	char dst[static API_NAME])
{
	if (!key->api)
		return false;
	if (!key->tunnel)
		snprintf(dst, API_NAME, "%s", key->api);
	else if (act->of_tunnel)
		snprintf(dst, API_NAME, "TunnelOptionsSpecification.%s", key->api);
	else
		snprintf(dst, API_NAME, "TunnelOptionsSpecification.%u.%s", tunnel, key->api);
	return true;
}

const struct act_key *words_key_of(
	const struct act *act, const char *word, unsigned int *tunnel, size_t *len)
{
	char api[API_NAME], name[ACT_KEY];

	*len = strcspn(word, "=");
	for (const struct act_key *key = act->key; key && key->name; key++) {
		if ((key->type == ACT_FLAG) == (word[*len] == '='))
			continue;
		for (*tunnel = act_key_first(key); *tunnel <= act_key_last(act, key); ++*tunnel) {
			if (is_key(act_key_show(act, key, *tunnel, name), word, *len) ||
				(api_name(act, key, *tunnel, api) && is_key(api, word, *len)))
				return key;
		}
	}
	return NULL;
}

// The keys of an action that begin like a word, to the field expected.
static void say_keys(const struct act *act, const char *word, struct why *why)
{
	size_t typed = strcspn(word, "=");
	char name[ACT_KEY];

	if (!why)
		return;
	why->expected[0] = '\0';
	for (const struct act_key *key = act->key; key && key->name; key++)
		for (unsigned int tunnel = act_key_first(key); tunnel <= act_key_last(act, key);
			tunnel++) {
			act_key_show(act, key, tunnel, name);
			if (!strncmp(name, word, typed))
				list_add(why->expected, sizeof(why->expected), name, strlen(name));
		}
	if (!why->expected[0] && typed)
		say_keys(act, "", why);
}

static void say_value(const struct act_key *key, struct why *why)
{
	const struct act_param param = {.name = key->name,
		.type = key->type,
		.help = key->help,
		.words = key->words,
		.min = key->min,
		.max = key->max};

	say_expected(&param, why);
}

static bool is_given(
	const struct words_match *match, const struct act_key *key, unsigned int tunnel)
{
	for (unsigned int i = 0; i < match->values; i++) {
		if (match->value[i].key == key && match->value[i].tunnel == tunnel)
			return true;
	}
	return false;
}

// An empty text stands for "as if it were not said" or for a new default: it is the action's.
static int read_value(struct act_value *v)
{
	const char *found = NULL;

	const bool later = v->key->leaf || v->key->set; // all that is wrong is said at once

	if (v->key->type == ACT_NUMBER && *v->text)
		return take_number(v->key->min, v->key->max, v->text, &v->number);
	if (v->key->type != ACT_WORD || !*v->text)
		return 0;
	found = take_word(v->key->words, v->text);
	v->text = found ? found : v->text;
	return found || later ? 0 : -EINVAL;
}

// What stands behind '=' may be a secret: it is repeated only where it has to be one of words, or a
// number.
static int take_value(
	const struct split *split, unsigned int at, struct words_match *match, struct why *why)
{
	const char *word = split->word[at];
	struct act_value *v = &match->value[match->values];
	unsigned int tunnel = 0;
	size_t len;
	const struct act_key *key = words_key_of(match->act, word, &tunnel, &len);

	why_fmt(why, where, "%s", match->act->words);
	why_fmt(why, got, "%.*s", (int)len, word);
	if (!key) {
		say_keys(match->act, word, why);
		why_fmt(why, what, "no such name of a value");
		return -EINVAL;
	}
	if (!key->repeat && is_given(match, key, tunnel)) {
		why_fmt(why, what, "given twice");
		return -EINVAL;
	}
	*v = (struct act_value){
		.key = key, .tunnel = tunnel, .text = word[len] ? word + len + 1 : ""};
	if (read_value(v)) {
		say_value(key, why);
		why_fmt(why, got, "%s", v->text);
		why_fmt(why, what, "not a valid %.*s", (int)len, word);
		return -EINVAL;
	}
	match->values++;
	if (why)
		*why = (struct why){};
	return 0;
}

static int take_values(const struct split *split, unsigned int used, unsigned int n,
	struct words_match *match, struct why *why)
{
	for (; used < n; used++) {
		int err = match->values < ACT_VALUES
				  ? take_value(split, used, match, why)
				  : why_set(why, -EINVAL, "too many values", "", "", "");

		if (err)
			return err;
	}
	return 0;
}

static bool begins_values(const struct act *act, const char *word)
{
	unsigned int tunnel;
	size_t len;

	return words_key_of(act, word, &tunnel, &len);
}

// The arguments: the words from `used` up to n.
static int take_args(const struct split *split, unsigned int used, unsigned int n,
	struct words_match *match, struct why *why)
{
	unsigned int i;

	for (i = 0; i < ACT_PARAMS && match->act->param[i].name; i++) {
		const struct act_param *param = &match->act->param[i];

		if (used == n && param->optional)
			return 0;
		if (param->optional && begins_values(match->act, split->word[used]))
			break;
		if (used < n && !take_arg(param, split->word[used], i, match)) {
			used++;
			continue;
		}
		say_where(split, used, why);
		say_expected(param, why);
		why_fmt(why, got, "%s", used < n ? split->word[used] : "");
		why_fmt(why, what, used < n ? "not a valid %s" : "%s is missing", param->name);
		return -EINVAL;
	}
	if (match->act->key)
		return take_values(split, used, n, match, why);
	if (used == n)
		return 0;
	say_where(split, used, why);
	why_fmt(why, what, "too many words");
	why_fmt(why, expected, "%s", match->act->shows ? "json, or nothing more" : "nothing more");
	why_fmt(why, got, "%s", split->word[used]);
	return -EINVAL;
}

int words_match(const struct grammar *grammar, const struct split *split, struct words_match *match,
	struct why *why)
{
	unsigned int n = split->n;
	struct words_walk walk;
	const char *next;
	size_t len;
	int err = words_walk(grammar, split, n, &walk, why);

	*match = (struct words_match){.act = walk.act};
	if (why && !err)
		*why = (struct why){};
	if (err)
		return err;
	if (!walk.act) {
		struct why here = {};

		(void)follow(grammar, walk.path, "", &next, &len, &here);
		return why_set(
			why, -EINVAL, "the command is incomplete", walk.path, here.expected, "");
	}
	if (walk.act->role > grammar->role)
		return why_set(why, -EPERM, "an operator's command", walk.path, "", "");
	match->json = walk.act->shows && n > walk.used && !split->quoted[n - 1] &&
		      !strcmp(split->word[n - 1], "json");
	return take_args(split, walk.used, n - match->json, match, why);
}
