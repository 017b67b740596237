// The little programs that frame_fuzz runs: operations, each KIND (1), HOW (1), length (2), bytes.
#pragma once

enum frame_kind {
	FRAME_ETHERNET, // bytes are a frame for a port
	FRAME_IP,	// bytes are a packet for a port
	FRAME_INNER,	// bytes are a packet that the peer puts into its SA
	FRAME_TEXT,	// bytes are all that the peer encrypts, trailer and all
	FRAME_KERNEL,	// bytes are a frame that the kernel sends on a port's mirror
	FRAME_TUN,	// bytes are a packet that the kernel sends on the tunnel's own device
	FRAME_IKE,	// bytes are a message that we send
	FRAME_EVENTS,	// each byte is an enum frame_event
	FRAME_KINDS,
};

enum {
	FRAME_PORT = 3,	    // IN, OUT, OUT2, of HOW
	FRAME_QUEUE = 4,    // arrives at the second worker
	FRAME_TIGHT = 8,    // without a byte of room behind the frame
	FRAME_AS_IS = 16,   // IPv4's length and checksum are not put right
	FRAME_STAY = 32,    // more is to come in the same burst
	FRAME_UDP = 64,	    // the SA in UDP
	FRAME_REPLAY = 128, // with the sequence number of the last one
};

enum frame_event {
	FRAME_WAIT,	   // 10 ms
	FRAME_WAIT_LONG,   // 11 s
	FRAME_TRACE,	   // the next packets
	FRAME_FORGET_HOST, // the MAC of the host inside
	FRAME_FORGET_HOP,  // the MAC of the next hop outside
	FRAME_ANSWER,	   // whoever was asked for has this MAC
	FRAME_SILENCE,	   // whoever was asked for is not there
	FRAME_MOVE,	   // the SA in UDP follows its peer
	FRAME_RENEW,	   // the SA in UDP goes and comes again
	FRAME_TRAPPED,	   // the tunnel with the trap has got its SA
	FRAME_FULL,	   // ports take one frame at a time from now on
	FRAME_EVENTS_KNOWN,
};
