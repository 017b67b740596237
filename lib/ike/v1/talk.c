#include "ike/v1/talk.h"

#include "ike/packet.h"
#include "ike/request.h"

int v1_talk_say(struct ike_sa *sa, struct v1_talk *talk, uint8_t exchange, uint32_t id,
	struct v1_iv *iv, struct ike_chain *chain, bool waits)
{
	struct ike_head head = {.spi_i = sa->spi_i,
		.spi_r = sa->spi_r,
		.version = V1_VERSION,
		.exchange = exchange,
		.id = id};
	int err = v1_packet_write(sa, &sa->v1->keys, iv, &head, chain, &talk->sent);

	wipe(sa->ike->plain, sizeof(sa->ike->plain));
	if (err)
		return err;
	talk->waits = waits;
	talk->tries = 0;
	talk->gap_us = MONO_MS(ike_request_policy(sa)->first_ms);
	talk->first_at = sa->ike->now;
	talk->again_at = sa->ike->now + talk->gap_us;
	ike_packets_send(sa, &talk->sent);
	return 0;
}

void v1_talk_over(struct v1_talk *talk)
{
	talk->waits = false;
	ike_packets_free(&talk->sent);
}

bool v1_talk_due(struct ike_sa *sa, struct v1_talk *talk)
{
	const struct ike_retransmit *p = ike_request_policy(sa);

	if (!talk->waits || sa->ike->now < talk->again_at)
		return false;
	if (talk->tries >= p->tries)
		return true;
	talk->tries++;
	sa->retransmits++;
	talk->gap_us = talk->gap_us * p->factor_pct / 100;
	if (talk->gap_us > MONO_MS(p->max_ms))
		talk->gap_us = MONO_MS(p->max_ms);
	talk->again_at = sa->ike->now + talk->gap_us;
	ike_packets_send(sa, &talk->sent);
	return false;
}
