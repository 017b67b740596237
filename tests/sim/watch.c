#include "sim/watch.h"

#include "ike/packet.h"
#include "ike/sa.h"
#include "net/ip.h"

// Whether it is the message that the SA waits for, and not an earlier one again.
static bool is_due(const struct ike_sa *sa, const struct ike_head *head)
{
	if (head->flags & IKE_FLAG_RESPONSE)
		return sa->req && sa->req->id == head->id;
	return head->id == sa->id_in && sa->state >= IKE_SA_UP;
}

static void collect(const struct ike_msg *msg, struct sim_deletes *deletes)
{
	for (uint8_t i = 0; i < msg->deletes; i++) {
		struct rd spis = msg->del[i].spis;

		while (msg->del[i].proto == IKE_PROTO_ESP && rd_left(&spis) >= 4 &&
			deletes->count < SIM_DELETES)
			deletes->spi[deletes->count++] = rd_u32(&spis);
	}
}

void sim_watch(const struct sim_node *node, const struct ike_in *in, struct sim_deletes *deletes)
{
	struct rd rd = rd_of(in->data, in->len);
	struct ike_head head;
	struct ike_msg msg;
	struct ike_sa *sa;
	struct rd text;
	uint8_t first;

	*deletes = (struct sim_deletes){};
	if (in->local.port == NATT_PORT)
		rd_skip(&rd, IKE_MARKER);
	// A delete is never so long that it comes in fragments.
	if (ike_head_read(rd.p, rd_left(&rd), &head) || head.exchange != IKE_INFORMATIONAL ||
		head.next != IKE_PAYLOAD_SK)
		return;
	sa = ike_sa_find(node->ike, head.flags & IKE_FLAG_INITIATOR ? head.spi_r : head.spi_i);
	if (!sa || sa->initiator == !!(head.flags & IKE_FLAG_INITIATOR) || !is_due(sa, &head))
		return;
	msg = (struct ike_msg){.head = head};
	if (ike_packet_open(sa, rd.p, &head, &text, &first) == 1 &&
		!ike_msg_read(text, first, &msg))
		collect(&msg, deletes);
}
