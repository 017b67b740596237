// The action table as documents.
#pragma once

#include <stdio.h>

#include "ui/words.h"

// Every command with its help: a chapter of a manual page in scdoc's language.
void doc_scdoc(const struct grammar *grammar, FILE *out);

// The same as a table in markdown.
void doc_markdown(const struct grammar *grammar, FILE *out);
