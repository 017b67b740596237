#include "crypto/avail.h"

#include "crypto/evp.h"
#include "crypto/ke.h"

bool avail_ike(const struct alg *row)
{
	switch (row->kind) {
	case ALG_ENCR:
		return evp_cipher(row);
	case ALG_PRF:
	case ALG_INTEG:
		return evp_md(row);
	case ALG_KE:
		return ke_can(row);
	default:
		return true;
	}
}
