#include "ui/complete.h"

#include <stdio.h>
#include <string.h>

enum { WORD = 256 }; // longer names are not offered

struct search {
	const struct grammar *grammar;
	const char *prefix; // what the last word holds so far
	size_t room;	    // of a line for that word
	const char *help;   // of the names being told
	void (*candidate)(void *ctx, const char *word, const char *help);
	void *ctx;
};

static void offer(const struct search *search, const char *word, const char *help)
{
	char typed[WORD];

	if (strncmp(word, search->prefix, strlen(search->prefix)) != 0 || strlen(word) >= WORD / 2)
		return;
	split_quote(word, typed, sizeof(typed));
	if (strlen(typed) < search->room)
		search->candidate(search->ctx, typed, help);
}

static void offer_name(void *ctx, const char *name)
{
	const struct search *search = ctx;

	offer(search, name, search->help);
}

// Whether an earlier row has the same next word, so that it has been offered.
static bool seen(const struct grammar *grammar, unsigned int row, const char *path,
	const char *word, size_t len)
{
	size_t other_len;

	for (unsigned int i = 0; i < row; i++) {
		const char *other = words_next(&grammar->act[i], path, &other_len);

		if (other && other_len == len && !memcmp(other, word, len))
			return true;
	}
	return false;
}

static void offer_words(const struct search *search, const char *path)
{
	const struct grammar *grammar = search->grammar;

	for (unsigned int i = 0; i < grammar->count; i++) {
		const struct act *act = &grammar->act[i];
		char word[WORDS_PATH];
		size_t len;
		const char *next = words_next(act, path, &len);

		if (!next || len >= sizeof(word) || seen(grammar, i, path, next, len))
			continue;
		memcpy(word, next, len);
		word[len] = '\0';
		// Help is of the action that this word ends; a word on the way has none.
		offer(search, word, next[len] ? "" : act->help);
	}
}

static void offer_arg(struct search *search, const struct act_param *param)
{
	if (param->type == ACT_WORD)
		for (const char *const *word = param->words; *word; word++)
			offer(search, *word, param->help);
	if (param->type == ACT_NUMBER || param->type == ACT_TEXT)
		search->candidate(search->ctx, "", param->help);
	search->help = param->help;
	if (param->type == ACT_NAME && param->names)
		param->names(search->grammar->ctl, offer_name, search);
}

struct key_search {
	const struct search *search;
	const char *key; // "tunnel1.psk="
};

static void offer_value(void *ctx, const char *value)
{
	const struct key_search *search = ctx;
	char word[WORD];

	if ((size_t)snprintf(word, sizeof(word), "%s%s", search->key, value) < sizeof(word))
		offer(search->search, word, search->search->help);
}

// The values of the key that the word has, whole with it.
static void offer_values(struct search *search, const struct act_key *key, size_t len)
{
	char name[WORD];
	struct key_search values = {search, name};

	snprintf(name, sizeof(name), "%.*s=", (int)len, search->prefix);
	search->help = key->help;
	if (key->type == ACT_WORD)
		for (const char *const *word = key->words; *word; word++)
			offer_value(&values, *word);
	else if (key->type == ACT_NAME && key->names)
		key->names(search->grammar->ctl, offer_value, &values);
	else
		search->candidate(search->ctx, "", key->help);
}

static bool is_typed(const struct act *act, const struct split *split, unsigned int from,
	unsigned int whole, const struct act_key *key, unsigned int tunnel)
{
	for (unsigned int i = from; i < whole; i++) {
		unsigned int other;
		size_t len;

		if (words_key_of(act, split->word[i], &other, &len) == key && other == tunnel)
			return true;
	}
	return false;
}

// The keys that are not there yet. "tunnel1." alone stands for all that begin so, until it is
// typed.
static void offer_keys(const struct search *search, const struct act *act,
	const struct split *split, unsigned int from, unsigned int whole)
{
	const bool dot = strchr(search->prefix, '.');

	for (const struct act_key *key = act->key; key->name; key++)
		for (unsigned int tunnel = act_key_first(key); tunnel <= act_key_last(act, key);
			tunnel++) {
			char word[ACT_KEY + 2], name[ACT_KEY];

			if (!key->repeat && is_typed(act, split, from, whole, key, tunnel))
				continue;
			if (tunnel && !act->of_tunnel && !dot) {
				if (key == act->key || !key[-1].tunnel)
					offer(search, tunnel == 1 ? "tunnel1." : "tunnel2.",
						"of this tunnel");
				continue;
			}
			snprintf(word, sizeof(word), "%s%s", act_key_show(act, key, tunnel, name),
				key->type == ACT_FLAG ? "" : "=");
			offer(search, word, key->help);
		}
}

// Names of values, or the value of one.
static void offer_named(struct search *search, const struct act *act, const struct split *split,
	unsigned int from, unsigned int whole)
{
	unsigned int tunnel;
	size_t len;
	const struct act_key *key = words_key_of(act, search->prefix, &tunnel, &len);

	if (key && search->prefix[len])
		offer_values(search, key, len);
	else
		offer_keys(search, act, split, from, whole);
}

size_t complete_line(const struct grammar *grammar, const char *line,
	void (*candidate)(void *ctx, const char *word, const char *help), void *ctx)
{
	struct search search = {.grammar = grammar, .candidate = candidate, .ctx = ctx};
	struct words_walk walk;
	struct split split;
	unsigned int whole, args, params = 0;

	// A quote that does not end yet is no mistake here.
	if (split_line(line, &split, NULL) && !split.unterminated)
		return strlen(line);
	whole = split.n - split.open;
	search.prefix = split.open ? split.word[whole] : "";
	search.room = SPLIT_LINE - split.last;
	if (whole == SPLIT_WORDS)
		return split.last;
	if (words_walk(grammar, &split, whole, &walk, NULL))
		return split.last;
	args = whole - walk.used;
	if (!args && !(split.open && split.quoted[whole]))
		offer_words(&search, walk.path);
	if (!walk.act)
		return split.last;
	while (params < ACT_PARAMS && walk.act->param[params].name)
		params++;
	if (args < params)
		offer_arg(&search, &walk.act->param[args]);
	if (walk.act->key && (args >= params || walk.act->param[args].optional))
		offer_named(&search, walk.act, &split, walk.used, whole);
	if (walk.act->shows &&
		(args == params || (args < params && walk.act->param[args].optional)) &&
		strcmp(whole ? split.word[whole - 1] : "", "json") != 0)
		offer(&search, "json", "the result as JSON");
	return split.last;
}
