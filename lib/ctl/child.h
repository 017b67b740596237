// CHILD_SAs: from the negotiator's actions to the dataplane's SAs, make before break.
#pragma once

#include "ctl/core.h"

// Carry out IKE_ACT_CHILD_ADD, USE, MOVE, DEL. When the dataplane refuses, the child is closed
// again and the log says why.
void child_add(struct ctl *ctl, const struct ike_act_child *act);
void child_use(struct ctl *ctl, const struct ike_act_child *act);
void child_move(struct ctl *ctl, const struct ike_act_child *act);
void child_del(struct ctl *ctl, const struct ike_act_child *act);

// What the dataplane tells of its children: limits reached, an endpoint moved.
void child_event(struct ctl *ctl, const struct dp_event *event);

// Once a second: tell the negotiator who was heard, remove what was deleted a while ago.
void child_tick(struct ctl *ctl, mono_us_t now);

// Remove all of a tunnel at once: the tunnel is going.
void child_del_all(struct ctl *ctl, struct tunnel *tunnel);

// By the SPI that is ours; NULL: none.
struct child *child_find(const struct ctl *ctl, uint32_t spi_in);
// All that went through the tunnel's SAs, those that are gone among them.
struct child_traffic child_traffic(const struct tunnel *tunnel);

// The one that carries what we send; NULL: none.
struct child *child_outbound(const struct tunnel *tunnel);
