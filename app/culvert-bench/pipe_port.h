// Ports for the pipe benchmark, as drivers like any other. One benchmark at a time uses them.
#pragma once

#include "drv/port.h"
#include "plan.h"

// In memory. Device "source" gives copies of the frames, over and over; "sink" takes what comes.
extern const struct port_driver pipe_port_mem;
// A DPDK port that gives the same packets over and over (net_pcap with infinite_rx), counted.
extern const struct port_driver pipe_port_lap;

// What the next source gives (mem), and what is called by the worker that receives, before the
// first packet of each further lap of that many packets.
void pipe_port_set(const struct frames *frames, unsigned int lap, void (*again)(void *), void *ctx);
