#include "ike/wire.h"

#include <stddef.h>

static const struct {
	uint16_t type;
	const char *name;
} notifies[] = {
	{IKE_N_UNSUPPORTED_CRITICAL_PAYLOAD, "UNSUPPORTED_CRITICAL_PAYLOAD"},
	{IKE_N_INVALID_IKE_SPI, "INVALID_IKE_SPI"},
	{IKE_N_INVALID_MAJOR_VERSION, "INVALID_MAJOR_VERSION"},
	{IKE_N_INVALID_SYNTAX, "INVALID_SYNTAX"},
	{IKE_N_INVALID_MESSAGE_ID, "INVALID_MESSAGE_ID"},
	{IKE_N_INVALID_SPI, "INVALID_SPI"},
	{IKE_N_NO_PROPOSAL_CHOSEN, "NO_PROPOSAL_CHOSEN"},
	{IKE_N_INVALID_KE_PAYLOAD, "INVALID_KE_PAYLOAD"},
	{IKE_N_AUTHENTICATION_FAILED, "AUTHENTICATION_FAILED"},
	{IKE_N_SINGLE_PAIR_REQUIRED, "SINGLE_PAIR_REQUIRED"},
	{IKE_N_NO_ADDITIONAL_SAS, "NO_ADDITIONAL_SAS"},
	{IKE_N_FAILED_CP_REQUIRED, "FAILED_CP_REQUIRED"},
	{IKE_N_TS_UNACCEPTABLE, "TS_UNACCEPTABLE"},
	{IKE_N_INVALID_SELECTORS, "INVALID_SELECTORS"},
	{IKE_N_TEMPORARY_FAILURE, "TEMPORARY_FAILURE"},
	{IKE_N_CHILD_SA_NOT_FOUND, "CHILD_SA_NOT_FOUND"},
};

const char *ike_notify_name(uint16_t type)
{
	for (size_t i = 0; i < sizeof(notifies) / sizeof(notifies[0]); i++) {
		if (notifies[i].type == type)
			return notifies[i].name;
	}
	return NULL;
}

const char *ike_exchange_name(uint8_t exchange)
{
	static const char *const names[] = {
		"IKE_SA_INIT", "IKE_AUTH", "CREATE_CHILD_SA", "INFORMATIONAL"};

	if (exchange < IKE_SA_INIT || exchange > IKE_INFORMATIONAL)
		return "exchange";
	return names[exchange - IKE_SA_INIT];
}
