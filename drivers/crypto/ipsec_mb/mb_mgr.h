// Managers of intel-ipsec-mb: its functions for this CPU, and the lanes' state.
#pragma once

#include <intel-ipsec-mb.h>

// A manager for the best instruction set that this CPU has. returns NULL without memory, without
// AES-NI, or when the library's self test fails.
IMB_MGR *mb_mgr_new(void);
// Wipe and free; NULL is allowed.
void mb_mgr_free(IMB_MGR *mgr);

// The one whose functions expand keys, which keep nothing in it; NULL as above. Never freed. Any
// thread.
const IMB_MGR *mb_mgr_shared(void);
