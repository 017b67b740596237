#!/usr/bin/python3
"""Carry every frame between two devices, so many milliseconds later.

usage: delay.py DEVICE DEVICE MILLISECONDS
"""
import collections
import select
import socket
import sys
import time

ETH_P_ALL = 3
PACKET_OUTGOING = 4


def open_device(name):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    s.bind((name, 0))
    s.setblocking(False)
    return s


def main():
    a, b = open_device(sys.argv[1]), open_device(sys.argv[2])
    delay = float(sys.argv[3]) / 1000
    other = {a: b, b: a}
    way = collections.deque()  # (when, where to, frame): one delay for all, so in order
    while True:
        wait = max(0, way[0][0] - time.monotonic()) if way else None
        for s in select.select([a, b], [], [], wait)[0]:
            frame, source = s.recvfrom(65536)
            if source[2] != PACKET_OUTGOING:
                way.append((time.monotonic() + delay, other[s], frame))
        while way and way[0][0] <= time.monotonic():
            _, to, frame = way.popleft()
            to.send(frame)


main()
