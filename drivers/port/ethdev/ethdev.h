// Ports over DPDK's ethdev: any PCI NIC or vdev that DPDK has a driver for.
#pragma once

#include "drv/port.h"

// device is a PCI address or a vdev with its arguments; it is probed unless EAL already has. The
// pool must be over an rte_mempool (pkt_pool.mempool), and pkt->buf is an rte_mbuf. Frames of more
// than one segment are dropped and counted as rx_errors.
extern const struct port_driver port_ethdev;
