// Why a negotiation failed, by number: one row per FailedReasonCode of the HTTP API, so that a
// finding reads the same in the log, the shell and there. struct why carries it in its code.
#pragma once

enum ike_reason {
	IKE_REASON_NONE, // not classified; a refusal then becomes IKE_REASON_NEGOTIATION_FAILED
	IKE_REASON_PEER_MISMATCH,
	IKE_REASON_ALGORITHM_MISMATCH, // several parameters, or no telling which
	IKE_REASON_ENCRYPTION_ALGORITHM_MISMATCH,
	IKE_REASON_AUTHENTICATION_ALGORITHM_MISMATCH,
	IKE_REASON_DH_GROUP_MISMATCH, // phase 1
	IKE_REASON_PFS_MISMATCH,      // phase 2: another group, or on one side only
	IKE_REASON_PSK_MISMATCH,
	IKE_REASON_PEER_ID_MISMATCH,
	IKE_REASON_IKE_VERSION_MISMATCH,
	IKE_REASON_NEGOTIATION_MODE_MISMATCH, // main against aggressive
	IKE_REASON_NATT_MISMATCH,
	IKE_REASON_LIFETIME_MISMATCH,
	IKE_REASON_SECURITY_PROTOCOL_MISMATCH,	// AH instead of ESP
	IKE_REASON_ENCAPSULATION_MODE_MISMATCH, // transport instead of tunnel mode
	IKE_REASON_COMMIT_MISMATCH,		// IKEv1's commit bit
	IKE_REASON_ALGORITHM_COMPATIBILITY,	// known, but not to be used or combined like this
	IKE_REASON_TRAFFIC_SELECTOR_MISMATCH,
	IKE_REASON_PROPOSAL_MISMATCH, // the peer refused ours and did not say what it wants
	IKE_REASON_DPD_TIMEOUT,
	IKE_REASON_DPD_HASH_NOTIFY_COMPATIBILITY,
	IKE_REASON_PHASE1_TIMEOUT, // it answered once, then no more
	IKE_REASON_PHASE2_TIMEOUT,
	IKE_REASON_NO_RESPONSE, // not one answer
	IKE_REASON_NEGOTIATION_FAILED,
	IKE_REASON_RECEIVE_DELETE_NOTIFY,
	IKE_REASON_NO_EXCEPTION_FOUND,
	IKE_REASONS,
};

// In the order of their weight.
enum ike_severity { IKE_SEVERITY_NORMAL, IKE_SEVERITY_WARN, IKE_SEVERITY_CRITICAL };

struct ike_reason_row {
	const char *name; // FailedReasonCode
	enum ike_severity severity;
	const char *sentence; // what it means
	const char *remedy;   // what to do about it
};

// The row of a code; of IKE_REASON_NEGOTIATION_FAILED for a number that is none.
const struct ike_reason_row *ike_reason(unsigned int code);
// "Normal", "Warn", "Critical".
const char *ike_severity_name(enum ike_severity severity);
