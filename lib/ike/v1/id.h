// ID payloads: who a peer is (phase 1), and which traffic a quick mode is about (RFC 2407 s4.6.2).
#pragma once

#include "base/bytes.h"
#include "net/addr.h"
#include "net/ike_id.h"

enum { V1_ID_BODY = IKE_ID_MAX + 4 };

// The identity in the body of a phase 1 ID payload.
//
// returns 0 or -EINVAL (a type or length that we cannot hold; a protocol and port other than 0/0,
// UDP/0, UDP/500 or UDP/4500)
[[nodiscard]] int v1_id_read(struct rd body, struct ike_id *id);
// The body of ours, as HASH_I or HASH_R covers it. returns its length.
size_t v1_id_write(const struct ike_id *id, uint8_t dst[static V1_ID_BODY]);

// The traffic in the body of a quick mode ID payload: an address, a subnet or a range.
//
// returns 0, -EINVAL (malformed) or -ENOTSUP (an identity that names no addresses)
[[nodiscard]] int v1_ts_read(struct rd body, struct selector *ts);
// The body for a selector: address, subnet if it is one, else range.
//
// returns its length, or -ENOTSUP (a range of ports: IKEv1 knows one or any)
[[nodiscard]] int v1_ts_write(const struct selector *ts, uint8_t dst[static V1_ID_BODY]);
