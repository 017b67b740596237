#!/usr/bin/python3
"""Answer pings that are seen on a device, as a host would, or as a forger.

usage: answer.py DEV OUT-DEV right|wrong [MAC]

right  as it was asked (RFC 792)
wrong  with one bit of the data altered
MAC    where the answers go by OUT-DEV; when not given, back to who asked
"""
import socket
import struct
import sys

ETH_HEAD, IP_HEAD, PACKET_OUTGOING = 14, 20, 4
ETH_P_ALL, ETH_P_IP = 3, b"\x08\x00"


def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def answer(frame, mac, wrong):
    eth, ip, icmp = frame[:ETH_HEAD], frame[ETH_HEAD:ETH_HEAD + IP_HEAD], bytearray(frame[ETH_HEAD + IP_HEAD:])
    icmp[0] = 0
    icmp[2:4] = bytes(2)
    if wrong:
        icmp[-1] ^= 1
    icmp[2:4] = struct.pack(">H", checksum(bytes(icmp)))
    ip = ip[:8] + bytes([64]) + ip[9:10] + bytes(2) + ip[16:20] + ip[12:16]
    ip = ip[:10] + struct.pack(">H", checksum(ip)) + ip[12:]
    return (mac or eth[6:12]) + eth[:6] + eth[12:] + ip + bytes(icmp)


def main():
    heard, out = (socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL)) for _ in range(2))
    heard.bind((sys.argv[1], 0))
    out.bind((sys.argv[2], 0))
    mac = bytes.fromhex(sys.argv[4].replace(":", "")) if len(sys.argv) > 4 else None
    print("answering", flush=True)
    while True:
        frame, source = heard.recvfrom(2048)
        ip = frame[ETH_HEAD:]
        if frame[12:14] != ETH_P_IP:
            continue
        # The length may be followed by Ethernet's padding.
        frame = frame[:ETH_HEAD + struct.unpack(">H", ip[2:4])[0]]
        # On its way to the host, also when a router forwards it: outgoing there.
        if ip[9] == 1 and ip[IP_HEAD] == 8 and ip[0] == 0x45 and (mac or source[2] != PACKET_OUTGOING):
            out.send(answer(frame, mac, sys.argv[3] == "wrong"))


main()
