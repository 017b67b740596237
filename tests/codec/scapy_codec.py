#!/usr/bin/python3
"""Our ESP codec against independent ones: what they make decrypts here, what we make decrypts there.

scapy is the other codec wherever it can be. It has no ESN with HMAC; for these the other side is the
few lines of RFC 4303 in class Plain below. usage: scapy_codec.py ESP_FILTER
"""
import logging
import random
import struct
import subprocess
import sys

logging.getLogger("scapy").setLevel(logging.ERROR)
from cryptography.hazmat.primitives import hashes, hmac  # noqa: E402
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes  # noqa: E402
from scapy.layers.inet import IP, TCP, UDP  # noqa: E402
from scapy.layers.inet6 import IPv6  # noqa: E402
from scapy.layers.ipsec import ESP, SecurityAssociation  # noqa: E402
from scapy.packet import Raw, raw  # noqa: E402

BACKENDS = ("ipsec-mb", "openssl")
# our word, scapy's, key length
CBC = [("aes128", "AES-CBC", 16), ("aes192", "AES-CBC", 24), ("aes256", "AES-CBC", 32),
       ("3des", "3DES", 24), ("des", "DES", 8)]
AEAD = [("aes128gcm16", "AES-GCM", 16), ("aes192gcm16", "AES-GCM", 24),
        ("aes256gcm16", "AES-GCM", 32), ("chacha20poly1305", "CHACHA20-POLY1305", 32)]
# our word, scapy's, key length, ICV length, hash
MAC = [("md5", "HMAC-MD5-96", 16, 12, hashes.MD5), ("sha1", "HMAC-SHA1-96", 20, 12, hashes.SHA1),
       ("sha256", "SHA2-256-128", 32, 16, hashes.SHA256),
       ("sha384", "SHA2-384-192", 48, 24, hashes.SHA384),
       ("sha512", "SHA2-512-256", 64, 32, hashes.SHA512)]
SPI, LAP = 0x2B0B5EED, 1 << 32
LENGTHS = (0, 1, 7, 13, 14, 15, 16, 100, 1300)


class Scapy:
    """One SA of scapy's; the full sequence number is given with every packet."""

    def __init__(self, suite, outer, nat):
        self.esn, self.tunnel = suite["esn"], outer
        self.sa = SecurityAssociation(
            ESP, spi=SPI, crypt_algo=suite["crypt"], crypt_key=suite["encr"],
            auth_algo=suite["auth"], auth_key=suite["integ"], tunnel_header=outer,
            nat_t_header=nat, esn_en=self.esn)

    def seal(self, packet, seq):
        return raw(self.sa.encrypt(packet, seq_num=seq % LAP, esn=seq // LAP))

    def open(self, data, seq):
        packet = type(self.tunnel)(data)
        if UDP in packet and ESP not in packet:
            packet[UDP].payload = ESP(raw(packet[UDP].payload))
        return raw(self.sa.decrypt(packet, esn=seq // LAP))


class Plain:
    """RFC 4303 with CBC, HMAC and ESN, from its sections 2 and 3."""

    def __init__(self, suite, outer, nat):
        self.suite, self.outer, self.nat = suite, outer, nat
        self.algorithm = algorithms.AES if suite["crypt"] == "AES-CBC" else algorithms.TripleDES
        self.block = self.algorithm.block_size // 8

    def cipher(self, iv):
        return Cipher(self.algorithm(self.suite["encr"]), modes.CBC(iv))

    def tag(self, covered, seq):
        mac = hmac.HMAC(self.suite["integ"], self.suite["hash"]())
        mac.update(covered + struct.pack("!I", seq // LAP))
        return mac.finalize()[:self.suite["icv"]]

    def seal(self, packet, seq):
        data = raw(packet)
        pad = -(len(data) + 2) % self.block
        data += bytes(range(1, pad + 1)) + bytes([pad, 4 if packet.version == 4 else 41])
        iv = random.randbytes(self.block)
        run = self.cipher(iv).encryptor()
        esp = struct.pack("!II", SPI, seq % LAP) + iv + run.update(data) + run.finalize()
        esp += self.tag(esp, seq)
        below = self.outer.copy()
        if self.nat:
            return raw(below / self.nat.copy() / Raw(esp))
        setattr(below, "proto" if below.version == 4 else "nh", 50)
        return raw(below / Raw(esp))

    def open(self, data, seq):
        esp = data[len(raw(self.outer)) + (8 if self.nat else 0):]
        covered, tag = esp[:-self.suite["icv"]], esp[-self.suite["icv"]:]
        assert tag == self.tag(covered, seq), "integrity check value differs"
        begin = 8 + self.block
        run = self.cipher(covered[8:begin]).decryptor()
        text = run.update(covered[begin:]) + run.finalize()
        return text[:-2 - text[-2]]


def suites():
    rnd = random.Random(7)
    for esn in (False, True):
        for name, crypt, klen in AEAD:
            yield {"name": name + ("-esn" if esn else ""), "crypt": crypt, "auth": "NULL",
                   "encr": rnd.randbytes(klen + 4), "integ": None, "esn": esn, "peer": Scapy}
        for name, crypt, klen in CBC:
            for word, auth, mlen, icv, algorithm in MAC:
                yield {"name": "%s-%s%s" % (name, word, "-esn" if esn else ""), "crypt": crypt,
                       "auth": auth, "encr": rnd.randbytes(klen), "integ": rnd.randbytes(mlen),
                       "esn": esn, "icv": icv, "hash": algorithm, "peer": Plain if esn else Scapy}


def ways():
    """name, outer header, UDP header, and our two endpoints."""
    v4, v6 = IP(src="192.0.2.1", dst="192.0.2.2"), IPv6(src="2001:db8::1", dst="2001:db8::2")
    nat = UDP(sport=4500, dport=4500)
    return [("raw", v4, None, ("192.0.2.1", "192.0.2.2")),
            ("nat-t", v4, nat, ("192.0.2.1:4500", "192.0.2.2:4500")),
            ("raw6", v6, None, ("2001:db8::1", "2001:db8::2")),
            ("nat-t6", v6, nat, ("[2001:db8::1]:4500", "[2001:db8::2]:4500"))]


def inner(length, version):
    head = IP(src="10.1.0.2", dst="10.2.0.3", ttl=63) if version == 4 else IPv6(
        src="fd01::2", dst="fd02::3", hlim=63)
    return type(head)(raw(head / TCP(sport=1, dport=2) / Raw(bytes(i & 255 for i in range(length)))))


class Filter:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, bufsize=1)

    def ask(self, how, backend, suite, seq, ends, packet):
        words = (how, backend, suite["name"], suite["encr"].hex(),
                 suite["integ"].hex() if suite["integ"] else "-", hex(SPI), str(seq), *ends,
                 packet.hex())
        self.process.stdin.write(" ".join(words) + "\n")
        answer = self.process.stdout.readline().strip()
        try:
            return bytes.fromhex(answer)
        except ValueError:
            return answer


def exchange(ours, backend, suite, way):
    """Every length both ways. returns (packets, complaints); (0, []) when not supported."""
    name, outer, nat, ends = way
    peer, n, complaints = suite["peer"](suite, outer, nat), 0, []
    for k, length in enumerate(LENGTHS):
        seq = (3 * LAP if suite["esn"] else 0) + 1 + k
        packet = inner(length, 6 if k % 3 == 2 else 4)
        sealed = ours.ask("seal", backend, suite, seq, ends, raw(packet))
        if sealed == "unsupported":
            return 0, []
        for who, got in (("ours opened there", attempt(peer.open, sealed, seq)),
                         ("theirs opened here", ours.ask("open", backend, suite, seq, ends,
                                                         peer.seal(packet, seq)))):
            n += 1
            if got != raw(packet):
                complaints.append("%s %s %s %d bytes: %s: %s" % (
                    backend, suite["name"], name, length, who, got))
    return n, complaints


def attempt(function, *args):
    try:
        return function(*args)
    except Exception as e:  # the other codec's own ways to say no
        return repr(e)


def main():
    ours, total, wrong = Filter(sys.argv[1]), 0, []
    print("%-20s %-6s" % ("suite", "codec"), *("%-9s" % "%s" % b + "%-20s" % "" for b in BACKENDS))
    for suite in suites():
        cells = []
        for backend in BACKENDS:
            for way in ways():
                n, complaints = exchange(ours, backend, suite, way)
                total, wrong = total + n, wrong + complaints
                cells.append("%s:%s" % (way[0], "FAIL" if complaints else "ok" if n else "-"))
        print("%-20s %-6s" % (suite["name"], suite["peer"].__name__.lower()), *cells, flush=True)
    print("\n".join(wrong[:20]))
    print("%d packets exchanged, %d differ" % (total, len(wrong)))
    return 1 if wrong or total < 2000 else 0


if __name__ == "__main__":
    sys.exit(main())
