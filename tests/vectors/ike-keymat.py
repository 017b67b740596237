#!/usr/bin/python3
"""Write ike-keymat.txt: keys of RFC 7296 s2.13-s2.18 computed with Python's hmac alone."""
import hashlib
import hmac
import random


def prf(name, key, data):
    return hmac.new(key, data, name).digest()


def prf_plus(name, key, seed, length):
    out, block, n = b"", b"", 1
    while len(out) < length:
        block = prf(name, key, block + seed + bytes([n]))
        out += block
        n += 1
    return out[:length]


def split(data, *lengths):
    parts = []
    for length in lengths:
        parts.append(data[:length])
        data = data[length:]
    return parts


def record(rng, prf_name, encr, integ, title):
    n = hashlib.new(prf_name).digest_size
    bytes_of = lambda length: bytes(rng.randrange(256) for _ in range(length))
    ni, nr = bytes_of(rng.choice([16, 32, 256])), bytes_of(32)
    spi_i, spi_r, shared = bytes_of(8), bytes_of(8), bytes_of(rng.choice([32, 256]))
    seed = prf(prf_name, ni + nr, shared)
    keymat = prf_plus(prf_name, seed, ni + nr + spi_i + spi_r, 3 * n + 2 * integ + 2 * encr)
    d, ai, ar, ei, er, pi, pr = split(keymat, n, integ, integ, encr, encr, n, n)
    print("title = " + title)
    for name, value in (("ni", ni), ("nr", nr), ("spi_i", spi_i), ("spi_r", spi_r),
                        ("shared", shared), ("d", d), ("keys_i", ai + ei), ("keys_r", ar + er),
                        ("pi", pi)):
        print(name, "=", value.hex())
    message, identity, psk = bytes_of(200), bytes_of(12), bytes_of(20)
    octets = message + nr + prf(prf_name, pi, identity)
    auth = prf(prf_name, prf(prf_name, psk, b"Key Pad for IKEv2"), octets)
    child = prf_plus(prf_name, d, ni + nr, 2 * (encr + integ))
    pfs = prf_plus(prf_name, d, shared + ni + nr, 2 * (encr + integ))
    again = prf(prf_name, d, shared + ni + nr)
    d2 = prf_plus(prf_name, again, ni + nr + spi_r + spi_i, n)
    print("\ntitle = " + title + " auth and children")
    for name, value in (("psk", psk), ("message", message), ("id", identity), ("auth", auth),
                        ("child_i", child[:encr + integ]), ("child_r", child[encr + integ:]),
                        ("pfs_i", pfs[:encr + integ]), ("d_rekeyed", d2)):
        print(name, "=", value.hex())
    print()


print("# Keys of RFC 7296 s2.13-s2.18, by tests/vectors/ike-keymat.py (Python's hmac, no code of ours).")
print("# Two records each: keys_i = SK_ai | SK_ei; child_i = the half from initiator to responder.\n")
rng = random.Random(7296)
record(rng, "sha256", 16, 32, "aes128-sha256")
record(rng, "sha1", 32, 20, "aes256-sha1")
record(rng, "md5", 24, 16, "aes192-md5")
record(rng, "sha384", 36, 0, "aes256gcm16-prfsha384")
record(rng, "sha512", 20, 0, "aes128gcm16-prfsha512")
