#!/usr/bin/python3
"""Numbered UDP packets, and which of them arrived.

usage: numbered.py send ADDRESS PORT RATE
       numbered.py receive PORT FILE

Each packet is its number and when it was sent, in microseconds of the machine's monotonic clock;
FILE is one such pair per line, in order of arrival, when the receiver has been told to end.
"""
import signal
import socket
import struct
import sys
import time

PACKET = struct.Struct("!QQ")


def now_us():
    return time.monotonic_ns() // 1000


def send(address, port, rate):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.connect((address, port))
    begin, number = time.monotonic(), 0
    while True:
        late = time.monotonic() - begin - number / rate
        if late < 0:
            time.sleep(-late)
        try:
            s.send(PACKET.pack(number, now_us()).ljust(100, b"."))
        except ConnectionRefusedError:  # of an earlier packet
            pass
        number += 1


def receive(port, path):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    s.bind(("", port))
    got = []
    signal.signal(signal.SIGTERM, lambda *_: s.shutdown(socket.SHUT_RDWR))
    try:
        while data := s.recv(2048):
            got.append(PACKET.unpack_from(data))
    except OSError:
        pass
    with open(path, "w") as f:
        f.writelines(f"{number} {sent}\n" for number, sent in got)


if sys.argv[1] == "send":
    send(sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
else:
    receive(int(sys.argv[2]), sys.argv[3])
