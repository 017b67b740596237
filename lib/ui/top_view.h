// `show top`: tunnels by rate on a full screen, until the operator has seen enough.
#pragma once

#include <stdbool.h>

#include "ui/line.h"

// Whether a line asks for it.
bool top_view_wanted(const char *line);

// On a terminal: the alternate screen, a new frame each second and when its size changes; keys
// left and right choose the column to sort by, up and down scroll, r turns the order round, q
// ends. Elsewhere: one frame of all tunnels, with the rates of one second.
enum line_end top_view(struct client *client, FILE *out, FILE *err);
