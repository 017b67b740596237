// A port in memory, for tests and the benchmark: frames that were fed come in, frames that go out
// are kept to be looked at, or only counted.
//
// device is a name of the caller's choice, by which port_mem_find finds the port again, with
// options behind commas: "tx_queues=1" (so many at most), "csum_unfinished".
//
// One thread at a time per queue; feeding and looking while no worker runs, or by the thread that
// plays the worker.
#pragma once

#include "drv/port.h"

extern const struct port_driver port_mem;

// The open port with this device name (up to its first comma); NULL: none.
struct port *port_mem_find(const char *device);

// One more frame to be received, copied. returns 0 or -ENOMEM
[[nodiscard]] int port_mem_feed(
	struct port *port, uint16_t queue, const uint8_t *frame, size_t len);
// When all have been received, begin again: an endless source.
void port_mem_repeat(struct port *port, bool on);

// Keep frames that go out (at first on). Off: they are counted and given back at once.
void port_mem_keep(struct port *port, bool on);
// At most so many frames are taken from now on; then tx says 0. At first: no limit.
void port_mem_room(struct port *port, unsigned int n);
// Frames that were kept, in order. NULL when there are not so many.
const uint8_t *port_mem_sent(const struct port *port, unsigned int i, size_t *len);
unsigned int port_mem_sents(const struct port *port);
// Forget what was kept; with fed true also what was fed.
void port_mem_clear(struct port *port, bool fed);
