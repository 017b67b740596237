#include "ike/reason.h"

#include <assert.h>

static const struct ike_reason_row rows[] = {
	[IKE_REASON_PEER_MISMATCH] = {"PeerMismatch", IKE_SEVERITY_CRITICAL,
		"A peer negotiates from an address that no tunnel expects.",
		"Compare the peer's public address with the configured one, and look for a NAT in "
		"front of the peer."},
	[IKE_REASON_ALGORITHM_MISMATCH] = {"AlgorithmMismatch", IKE_SEVERITY_CRITICAL,
		"Several algorithms differ between both sides.",
		"Configure the same encryption, authentication and DH group on both sides."},
	[IKE_REASON_ENCRYPTION_ALGORITHM_MISMATCH] = {"EncryptionAlgorithmMismatch",
		IKE_SEVERITY_CRITICAL, "The encryption algorithms have nothing in common.",
		"Configure the same encryption algorithm and key length on both sides."},
	[IKE_REASON_AUTHENTICATION_ALGORITHM_MISMATCH] = {"AuthenticationAlgorithmMismatch",
		IKE_SEVERITY_CRITICAL,
		"The authentication (hash) algorithms have nothing in common.",
		"Configure the same authentication algorithm on both sides."},
	[IKE_REASON_DH_GROUP_MISMATCH] = {"DhGroupMismatch", IKE_SEVERITY_CRITICAL,
		"The Diffie-Hellman groups of phase 1 have nothing in common.",
		"Configure the same DH group for IKE on both sides."},
	[IKE_REASON_PFS_MISMATCH] = {"PfsMismatch", IKE_SEVERITY_CRITICAL,
		"Perfect forward secrecy differs: another group, or on one side only.",
		"Configure the same DH group for IPsec on both sides, or none on both."},
	[IKE_REASON_PSK_MISMATCH] = {"PskMismatch", IKE_SEVERITY_CRITICAL,
		"The pre-shared keys differ.",
		"Enter the same pre-shared key on both sides; mind case, special characters, "
		"quotes and blanks."},
	[IKE_REASON_PEER_ID_MISMATCH] = {"PeerIdMismatch", IKE_SEVERITY_CRITICAL,
		"An identity is not the expected one.",
		"The local identity of each side must be the remote identity of the other one, of "
		"the same type."},
	[IKE_REASON_IKE_VERSION_MISMATCH] = {"IkeVersionMismatch", IKE_SEVERITY_CRITICAL,
		"One side speaks IKEv1, the other one IKEv2.",
		"Configure the same IKE version on both sides."},
	[IKE_REASON_NEGOTIATION_MODE_MISMATCH] = {"NegotiationModeMismatch", IKE_SEVERITY_CRITICAL,
		"One side uses main mode, the other one aggressive mode.",
		"Configure the same negotiation mode on both sides."},
	[IKE_REASON_NATT_MISMATCH] = {"NatTMismatch", IKE_SEVERITY_WARN,
		"A NAT lies between both sides, and one of them has NAT traversal off.",
		"Enable NAT traversal on both sides."},
	[IKE_REASON_LIFETIME_MISMATCH] = {"LifetimeMismatch", IKE_SEVERITY_WARN,
		"The lifetimes differ.", "Configure the same lifetimes on both sides."},
	[IKE_REASON_SECURITY_PROTOCOL_MISMATCH] = {"SecurityProtocolMismatch",
		IKE_SEVERITY_CRITICAL, "The peer offers AH; here only ESP is spoken.",
		"Configure the peer to use ESP."},
	[IKE_REASON_ENCAPSULATION_MODE_MISMATCH] = {"EncapsulationModeMismatch",
		IKE_SEVERITY_CRITICAL,
		"The peer wants transport mode; here only tunnel mode is spoken.",
		"Configure the peer to use tunnel mode."},
	[IKE_REASON_COMMIT_MISMATCH] = {"CommitMismatch", IKE_SEVERITY_WARN,
		"The peer uses the commit bit of IKEv1 and did not confirm.",
		"Disable the commit bit on the peer."},
	[IKE_REASON_ALGORITHM_COMPATIBILITY] = {"AlgorithmCompatibility", IKE_SEVERITY_CRITICAL,
		"An algorithm cannot be used in this way.",
		"Choose another algorithm on both sides: `show algorithms` lists them."},
	[IKE_REASON_TRAFFIC_SELECTOR_MISMATCH] = {"TrafficSelectorMismatch", IKE_SEVERITY_CRITICAL,
		"The protected networks of both sides do not match.",
		"The local networks of each side must be the remote networks of the other one; "
		"with IKEv1 exactly."},
	[IKE_REASON_PROPOSAL_MISMATCH] = {"ProposalMismatch", IKE_SEVERITY_CRITICAL,
		"The peer accepts none of our proposals and does not say what it wants.",
		"Compare all IKE and IPsec parameters, and look into the peer's log."},
	[IKE_REASON_DPD_TIMEOUT] = {"DpdTimeout", IKE_SEVERITY_CRITICAL,
		"The peer stopped answering.",
		"See whether the peer and the way to it are up; the tunnel is negotiated again by "
		"itself."},
	[IKE_REASON_DPD_HASH_NOTIFY_COMPATIBILITY] = {"DpdHashNotifyCompatibility",
		IKE_SEVERITY_WARN, "The peer's DPD messages have another order of payloads.",
		"Configure the peer's DPD message format as hash-notify."},
	[IKE_REASON_PHASE1_TIMEOUT] = {"Phase1NegotiationTimeout", IKE_SEVERITY_CRITICAL,
		"Phase 1 began and was not completed in time.",
		"See whether UDP 500 and 4500 and large packets pass in both directions, and "
		"compare the pre-shared keys and identities."},
	[IKE_REASON_PHASE2_TIMEOUT] = {"Phase2NegotiationTimeout", IKE_SEVERITY_CRITICAL,
		"Phase 2 began and was not completed in time.",
		"See whether large packets pass in both directions, and compare the IPsec "
		"parameters and networks."},
	[IKE_REASON_NO_RESPONSE] = {"NoResponse", IKE_SEVERITY_CRITICAL,
		"The peer does not answer at all.",
		"See whether the peer's address is right and reachable, and whether UDP 500 and "
		"4500 are open on the way."},
	[IKE_REASON_NEGOTIATION_FAILED] = {"NegotiationFailed", IKE_SEVERITY_CRITICAL,
		"The negotiation failed.", "Look into this tunnel's log and the peer's."},
	[IKE_REASON_RECEIVE_DELETE_NOTIFY] = {"ReceiveDeleteNotify", IKE_SEVERITY_WARN,
		"The peer closed the tunnel.", "Look into the peer's log for its reason."},
	[IKE_REASON_NO_EXCEPTION_FOUND] = {"NoExceptionFound", IKE_SEVERITY_NORMAL,
		"Nothing unusual was found.", ""},
};
static_assert(sizeof(rows) / sizeof(rows[0]) == IKE_REASONS);

const struct ike_reason_row *ike_reason(unsigned int code)
{
	return &rows[code && code < IKE_REASONS ? code : IKE_REASON_NEGOTIATION_FAILED];
}

const char *ike_severity_name(enum ike_severity severity)
{
	static const char *const names[] = {
		[IKE_SEVERITY_NORMAL] = "Normal",
		[IKE_SEVERITY_WARN] = "Warn",
		[IKE_SEVERITY_CRITICAL] = "Critical",
	};

	return names[severity];
}
