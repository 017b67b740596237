#include "model/near.h"

#include <string.h>

enum { LONGEST = 63 };

static unsigned int least(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int ab = a < b ? a : b;

	return ab < c ? ab : c;
}

// Levenshtein's distance: insertions, deletions and exchanges of one letter.
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[LONGEST + 1];
	size_t an = strlen(a), bn = strlen(b);

	if (an > LONGEST || bn > LONGEST)
		return LONGEST;
	for (size_t j = 0; j <= bn; j++)
		row[j] = (unsigned int)j;
	for (size_t i = 1; i <= an; i++) {
		unsigned int diagonal = row[0];

		row[0] = (unsigned int)i;
		for (size_t j = 1; j <= bn; j++) {
			unsigned int above = row[j];

			row[j] = least(
				above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[bn];
}

void near_offer(struct near *near, const char *word)
{
	unsigned int cost = distance(near->text, word);

	if (cost > strlen(word) / 3 + 1 || cost >= strlen(word))
		return;
	if (near->best && near->cost <= cost)
		return;
	near->best = word;
	near->cost = cost;
}
