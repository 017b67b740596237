// A small action table for tests of the shell: no daemon, no dataplane.
#pragma once

#include "ui/words.h"

// An operator's grammar over it. ctl is not needed.
struct grammar fake_grammar(void);

// Calls of the action "wait", which finishes only by cancelling: begun and cancelled so far.
extern unsigned int fake_begun, fake_cancelled;
extern char fake_who[64]; // who asked for the last note
