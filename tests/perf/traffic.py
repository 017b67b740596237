"""Frames for benchmarks: one plan of tunnels, flows and sizes, in clear or as ESP, in a pcap file.

Both programs of a comparison read the same files, so that memory, sizes and addresses are the same.
The plan is also known to `culvert-bench pipe` (app/culvert-bench/plan.c): change both.
"""
import ipaddress
import struct

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FIRST_SPI = 1000
GATEWAY = ipaddress.ip_address("172.16.0.1")
PEERS = ipaddress.ip_address("172.20.0.1")
REMOTE = ipaddress.ip_address("192.168.0.0")  # behind tunnel i: REMOTE + i, or the /16 with one tunnel
MACS = bytes.fromhex("027063617000" "020000000002")  # to the first net_pcap port of any program


def key(n):
    """The n bytes of key material that every SA uses."""
    return bytes((i * 17 + 1) & 255 for i in range(n))


# name: (cipher key, HMAC, its key and ICV length, names in ipsec-secgw's configuration)
SUITES = {
    "aes128gcm16": (16, None, 0, 16, "aes-128-gcm", None),
    "aes256gcm16": (32, None, 0, 16, "aes-256-gcm", None),
    "aes128-sha1": (16, hashes.SHA1, 20, 12, "aes-128-cbc", "sha1-hmac"),
    "aes128-sha256": (16, hashes.SHA256, 32, 16, "aes-128-cbc", "sha256-hmac"),
}


def checksum(head):
    s = sum(struct.unpack("!%dH" % (len(head) // 2), head))
    s = (s & 0xFFFF) + (s >> 16)
    return ~((s & 0xFFFF) + (s >> 16)) & 0xFFFF


def ipv4(src, dst, proto, payload, ident=0):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), ident, 0, 64, proto, 0,
                       src.packed, dst.packed)
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def sizes(spec, n):
    """n inner packet lengths from "64" or "imix", mixed the same way every time."""
    deck = [64] * 7 + [576] * 4 + [1400] if spec == "imix" else [int(spec)]
    return [deck[i * 5 % len(deck)] for i in range(n)]


def inner(i, tunnels, flows, size, inward):
    flow = i // tunnels % max(1, flows // tunnels)
    near = ipaddress.ip_address("10.1.0.0") + flow
    far = REMOTE + (i % tunnels if tunnels > 1 else 1)
    src, dst = (far, near) if inward else (near, far)
    udp = struct.pack("!HHHH", 1024 + flow % 4096, 2000, size - 20, 0)
    return ipv4(src, dst, 17, udp + bytes((j * 7 + i) & 255 for j in range(size - 28)), i & 0xFFFF)


def seal(suite, spi, seq, packet):
    """RFC 4303 tunnel mode, from the RFC and not from the code under test."""
    klen, mac, mac_len, icv_len, _, _ = SUITES[suite]
    head = struct.pack("!II", spi, seq)
    unit = 4 if mac is None else 16
    pad = -(len(packet) + 2) % unit
    text = packet + bytes(range(1, pad + 1)) + bytes([pad, 4])
    if mac is None:
        material, iv = key(klen + 4), struct.pack("!Q", seq)
        return head + iv + AESGCM(material[:klen]).encrypt(material[klen:] + iv, text, head)
    iv = struct.pack("!QQ", seq * 0x9E3779B97F4A7C15 & (1 << 64) - 1, seq)
    cipher = Cipher(algorithms.AES(key(klen)), modes.CBC(iv)).encryptor()
    body = head + iv + cipher.update(text) + cipher.finalize()
    tag = hmac.HMAC(key(mac_len), mac())
    tag.update(body)
    return body + tag.finalize()[:icv_len]


def frames(suite, tunnels, flows, spec, n, inward):
    for i, size in enumerate(sizes(spec, n)):
        packet = inner(i, tunnels, flows, size, inward)
        if inward:
            t = i % tunnels
            packet = ipv4(PEERS + t, GATEWAY, 50,
                          seal(suite, FIRST_SPI + t, 1 + i // tunnels, packet))
        yield MACS + b"\x08\x00" + packet


def write(path, *args):
    with open(path, "wb") as f:
        f.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for frame in frames(*args):
            f.write(struct.pack("<IIII", 0, 0, len(frame), len(frame)) + frame)
