// One conversation with a shell: requests in, actions run, replies out. Bytes only, no sockets.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

#include "ui/frame.h"
#include "ui/words.h"

enum { TALK_WHO = 64 };

struct talk {
	const struct grammar *grammar;	 // outlives the talk
	char who[TALK_WHO];		 // speaks: "alice (uid 1000)"
	void (*wake)(struct talk *talk); // an action has finished by itself: look at talk_pending

	struct act_call call; // valid while running
	struct split split;   // the words that call points into
	bool running;
	bool inside; // talk_received or talk_sent is on the stack, so wake is not needed
	bool json;
	bool broken; // no more requests: the talk ends with the reply under way

	char in[2 * FRAME_REQUEST];
	size_t in_len;

	char head[FRAME_HEAD];
	char *body;
	size_t head_len, body_len, sent; // sent: of both together
};

void talk_init(struct talk *talk, const struct grammar *grammar, const char *who,
	void (*wake)(struct talk *talk));
void talk_fini(struct talk *talk); // cancels what runs

// Where bytes from the shell go; size 0: no room until a reply has been sent.
char *talk_room(struct talk *talk, size_t *size);
void talk_received(struct talk *talk, size_t len); // len bytes have been put there

// What is to be sent; returns how many parts, 0: nothing.
int talk_pending(const struct talk *talk, struct iovec part[static 2]);
void talk_sent(struct talk *talk, size_t len);

bool talk_over(const struct talk *talk); // nothing more will be read or sent
