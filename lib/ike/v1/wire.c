#include "ike/v1/wire.h"

#include <stddef.h>

static const struct {
	uint16_t type;
	const char *name;
} notifies[] = {
	{V1_N_INVALID_PAYLOAD_TYPE, "INVALID-PAYLOAD-TYPE"},
	{V1_N_DOI_NOT_SUPPORTED, "DOI-NOT-SUPPORTED"},
	{V1_N_SITUATION_NOT_SUPPORTED, "SITUATION-NOT-SUPPORTED"},
	{V1_N_INVALID_COOKIE, "INVALID-COOKIE"},
	{V1_N_INVALID_MAJOR_VERSION, "INVALID-MAJOR-VERSION"},
	{V1_N_INVALID_MINOR_VERSION, "INVALID-MINOR-VERSION"},
	{V1_N_INVALID_EXCHANGE_TYPE, "INVALID-EXCHANGE-TYPE"},
	{V1_N_INVALID_FLAGS, "INVALID-FLAGS"},
	{V1_N_INVALID_MESSAGE_ID, "INVALID-MESSAGE-ID"},
	{V1_N_INVALID_PROTOCOL_ID, "INVALID-PROTOCOL-ID"},
	{V1_N_INVALID_SPI, "INVALID-SPI"},
	{V1_N_INVALID_TRANSFORM_ID, "INVALID-TRANSFORM-ID"},
	{V1_N_ATTRIBUTES_NOT_SUPPORTED, "ATTRIBUTES-NOT-SUPPORTED"},
	{V1_N_NO_PROPOSAL_CHOSEN, "NO-PROPOSAL-CHOSEN"},
	{V1_N_BAD_PROPOSAL_SYNTAX, "BAD-PROPOSAL-SYNTAX"},
	{V1_N_PAYLOAD_MALFORMED, "PAYLOAD-MALFORMED"},
	{V1_N_INVALID_KEY_INFORMATION, "INVALID-KEY-INFORMATION"},
	{V1_N_INVALID_ID_INFORMATION, "INVALID-ID-INFORMATION"},
	{V1_N_INVALID_HASH_INFORMATION, "INVALID-HASH-INFORMATION"},
	{V1_N_AUTHENTICATION_FAILED, "AUTHENTICATION-FAILED"},
	{V1_N_UNSUPPORTED_EXCHANGE_TYPE, "UNSUPPORTED-EXCHANGE-TYPE"},
	{V1_N_UNEQUAL_PAYLOAD_LENGTHS, "UNEQUAL-PAYLOAD-LENGTHS"},
	{V1_N_CONNECTED, "CONNECTED"},
	{V1_N_RESPONDER_LIFETIME, "RESPONDER-LIFETIME"},
	{V1_N_REPLAY_STATUS, "REPLAY-STATUS"},
	{V1_N_INITIAL_CONTACT, "INITIAL-CONTACT"},
	{V1_N_R_U_THERE, "R-U-THERE"},
	{V1_N_R_U_THERE_ACK, "R-U-THERE-ACK"},
};

const char *v1_notify_name(uint16_t type)
{
	for (size_t i = 0; i < sizeof(notifies) / sizeof(notifies[0]); i++) {
		if (notifies[i].type == type)
			return notifies[i].name;
	}
	return NULL;
}

static const struct {
	uint8_t type;
	const char *name;
} exchanges[] = {
	{V1_BASE, "base mode"},
	{V1_MAIN, "main mode"},
	{V1_AUTH_ONLY, "authentication only"},
	{V1_AGGRESSIVE, "aggressive mode"},
	{V1_INFORMATIONAL, "informational"},
	{V1_TRANSACTION, "transaction"},
	{V1_QUICK, "quick mode"},
	{V1_NEW_GROUP, "new group mode"},
};

const char *v1_exchange_name(uint8_t exchange)
{
	for (size_t i = 0; i < sizeof(exchanges) / sizeof(exchanges[0]); i++) {
		if (exchanges[i].type == exchange)
			return exchanges[i].name;
	}
	return "exchange";
}
