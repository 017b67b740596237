#include "ui/redact.h"

#include <string.h>

static bool may_be_secret(const struct act *act, const char *word)
{
	const struct act_key *key;
	unsigned int tunnel;
	size_t len;

	if (!strchr(word, '=') || (act && !act->key))
		return false;
	key = act ? words_key_of(act, word, &tunnel, &len) : NULL;
	return !key || key->secret;
}

// A word as it was typed, with the spaces behind it.
static void put_word(const char *line, const struct split *split, unsigned int i, FILE *out)
{
	size_t end = i + 1 < split->n ? split->at[i + 1] : strlen(line);

	fwrite(line + split->at[i], 1, end - split->at[i], out);
}

void redact_line(const struct grammar *grammar, const char *line, FILE *out)
{
	struct words_walk walk;
	struct split split;

	if (split_line(line, &split, NULL))
		return;
	if (words_walk(grammar, &split, split.n, &walk, NULL))
		walk.act = NULL;
	for (unsigned int i = 0; i < split.n; i++) {
		const char *word = split.word[i];

		if (may_be_secret(walk.act, word))
			fprintf(out, "%.*s=<set>%s", (int)strcspn(word, "="), word,
				i + 1 < split.n ? " " : "");
		else
			put_word(line, &split, i, out);
	}
}
