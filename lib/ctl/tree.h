// Objects of the configuration as JSON, in the schema's words.
#pragma once

#include <stdbool.h>
#include <jansson.h>

#include "model/schema.h"

// Every leaf that is given, groups and lists with all below. secrets: as they are, else "<set>".
// NULL: no memory.
json_t *tree_object(const struct schema *schema, const void *o, bool secrets);
