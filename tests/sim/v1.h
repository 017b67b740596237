// A pair that speaks IKEv1.
#pragma once

#include "sim/scenario.h"

// Main mode with addresses, or aggressive mode with names; both phases with a group.
void v1_pair(struct pair *p, bool aggressive);
