// Values for people: the unit follows from the name of the field (ctl/act.h).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <jansson.h>

enum { SHOW_CELL = 1024 }; // a value as text, a whole sentence too; longer strings are cut

// One value, no array and no object, in human units. Returns dst; "-" for null, "" and NULL.
char *show_unit(const char *field, const json_t *value, char dst[static SHOW_CELL]);

// How much of a field's name is left without its unit: "age_s" gives 3.
size_t show_unit_name(const char *field);
