#!/usr/bin/python3
"""Write ikev1-keymat.txt: keys of RFC 2409 s5 and appendix B computed with Python's hmac alone."""
import hashlib
import hmac
import random


def prf(name, key, data):
    return hmac.new(key, data, name).digest()


def blocks(name, key, seed, length, bare=False):
    """K1 = prf(key, seed), Kn = prf(key, Kn-1 | seed), or prf(key, Kn-1) with bare."""
    out = block = prf(name, key, seed)
    while len(out) < length:
        block = prf(name, key, block if bare else block + seed)
        out += block
    return out[:length]


def show(title, **fields):
    print("title =", title)
    for name, value in fields.items():
        print(name, "=", value.hex())
    print()


def record(rng, title, name, key, iv_len, encr, integ):
    bytes_of = lambda length: bytes(rng.randrange(256) for _ in range(length))
    ni, nr, psk = bytes_of(rng.choice([8, 20, 256])), bytes_of(32), bytes_of(rng.choice([1, 16, 100]))
    cookies_i, cookies_r, shared = bytes_of(8), bytes_of(8), bytes_of(rng.choice([96, 128, 256]))
    ke_i, ke_r = bytes_of(len(shared)), bytes_of(len(shared))
    cookies = cookies_i + cookies_r
    skeyid = prf(name, psk, ni + nr)
    d = prf(name, skeyid, shared + cookies + b"\0")
    a = prf(name, skeyid, d + shared + cookies + b"\1")
    e = prf(name, skeyid, a + shared + cookies + b"\2")
    cipher = e[:key] if len(e) >= key else blocks(name, e, b"\0", key, bare=True)
    show(title, psk=psk, ni=ni, nr=nr, spi_i=cookies_i, spi_r=cookies_r, shared=shared,
         skeyid=skeyid, d=d, a=a, e=cipher)
    sa, identity, last, mid = bytes_of(52), bytes_of(8), bytes_of(iv_len), bytes_of(4)
    show(title + " proofs and IVs", ke_i=ke_i, ke_r=ke_r, sa=sa, id=identity,
         hash_i=prf(name, skeyid, ke_i + ke_r + cookies + sa + identity),
         hash_r=prf(name, skeyid, ke_r + ke_i + cookies_r + cookies_i + sa + identity),
         iv=hashlib.new(name, ke_i + ke_r).digest()[:iv_len], last=last, mid=mid,
         iv2=hashlib.new(name, last + mid).digest()[:iv_len])
    rest, spi_i, spi_r = bytes_of(100), bytes_of(4), bytes_of(4)
    keymat = lambda spi, pfs: blocks(name, d, pfs + b"\3" + spi + ni + nr, encr + integ)
    show(title + " quick mode", rest=rest, hash1=prf(name, a, mid + rest),
         hash2=prf(name, a, mid + ni + rest), hash3=prf(name, a, b"\0" + mid + ni + nr),
         spi_in=spi_i, spi_out=spi_r, in_=keymat(spi_i, b""), out=keymat(spi_r, b""),
         in_pfs=keymat(spi_i, shared), out_pfs=keymat(spi_r, shared))


print("# Keys of RFC 2409 s5, appendix B, by tests/vectors/ikev1-keymat.py (Python's hmac, no code of")
print("# ours). Three records each; mid = message id; in_, out: KEYMAT, cipher's key first.\n")
random_ = random.Random(2409)
#       title                      hash     key  IV  ESP: cipher with salt, HMAC
record(random_, "aes128-sha1", "sha1", 16, 16, 16, 20)
record(random_, "aes256-sha1", "sha1", 32, 16, 32, 20)
record(random_, "3des-md5", "md5", 24, 8, 24, 16)
record(random_, "des-md5", "md5", 8, 8, 8, 16)
record(random_, "3des-sha1", "sha1", 24, 8, 24, 20)
record(random_, "aes192-sha256", "sha256", 24, 16, 24, 32)
record(random_, "aes256-sha384", "sha384", 32, 16, 32, 48)
record(random_, "aes256-sha512", "sha512", 32, 16, 32, 64)
record(random_, "aes128-sha256 aes256gcm16", "sha256", 16, 16, 36, 0)
