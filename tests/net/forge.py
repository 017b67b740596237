#!/usr/bin/python3
"""Packets that an attacker or a misbehaving peer would send, made with scapy.

forge.py clear DEV GATEWAY-MAC SRC DST [COUNT]      an ICMP echo in clear on DEV
forge.py esp CHARON-LOG SRC DST INNER-SRC INNER-DST SEQ [COUNT]
    a well protected ESP packet with the keys of the youngest SA from SRC to DST in CHARON-LOG (AES-CBC
    with HMAC-SHA1-96, charon's log level chd = 4); only its inner addresses are wrong
"""

import logging
import re
import sys

logging.getLogger("scapy.runtime").setLevel(logging.ERROR)

from scapy.all import ESP, ICMP, IP, Ether, Raw, SecurityAssociation, send, sendp  # noqa: E402


def echo(src, dst, seq):
    return IP(src=src, dst=dst) / ICMP(id=0x6666, seq=seq) / Raw(b"forged" * 8)


def clear(dev, mac, src, dst, count="5"):
    sendp([Ether(dst=mac) / echo(src, dst, n) for n in range(int(count))], iface=dev, verbose=False)


def hex_after(lines, start):
    """The bytes of charon's hex dump that begins behind line start."""
    found = ""
    for line in lines[start + 1:]:
        match = re.search(r"\] +\d+: ((?:[0-9A-F]{2} )+)", line)
        if not match:
            break
        found += match[1].replace(" ", "")
    return bytes.fromhex(found)


def youngest_sa(path, src, dst):
    """(SPI, cipher key, integrity key) of the youngest SA from src to dst."""
    lines = open(path, encoding="utf-8", errors="replace").read().splitlines()
    keys, spi, role = {}, None, "responder"
    for number, line in enumerate(lines):
        if match := re.search(r"\] (encryption|integrity) (initiator|responder) key =>", line):
            keys[match[1], match[2]] = hex_after(lines, number)
        elif match := re.search(r"parsed (?:CREATE_CHILD_SA|IKE_AUTH) (request|response)", line):
            role = "responder" if match[1] == "request" else "initiator"
        elif match := re.search(r"SPI 0x([0-9a-f]+), src (\S+) dst (\S+)", line):
            if (match[2].split("[")[0], match[3].split("[")[0]) == (src, dst):
                spi = int(match[1], 16)
    return spi, keys["encryption", role], keys["integrity", role]


def esp(log, src, dst, inner_src, inner_dst, seq, count="5"):
    spi, cipher, integrity = youngest_sa(log, src, dst)
    sa = SecurityAssociation(ESP, spi=spi, crypt_algo="AES-CBC", crypt_key=cipher, auth_algo="HMAC-SHA1-96",
                             auth_key=integrity, tunnel_header=IP(src=src, dst=dst), seq_num=int(seq))
    send([sa.encrypt(echo(inner_src, inner_dst, n)) for n in range(int(count))], verbose=False)


if __name__ == "__main__":
    {"clear": clear, "esp": esp}[sys.argv[1]](*sys.argv[2:])
