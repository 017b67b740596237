#!/usr/bin/env python3
"""A stream of changes by the shell's protocol, and what must be there after it was cut.

usage: changes.py stream SOCKET BOOK SEED    change until the daemon is gone; accepted changes into BOOK
       changes.py verify SOCKET BOOK         what there is equals BOOK, or BOOK with the change in doubt
"""
import json
import random
import socket
import sys


class Shell:
    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30)
        self.sock.connect(path)
        self.file = self.sock.makefile("rb")

    def ask(self, verb, line):
        """Status and body; EOFError when the daemon is gone."""
        self.sock.sendall(f"{verb} {line}\n".encode())
        head = self.file.readline()
        if not head.endswith(b"\n"):
            raise EOFError
        status, length = head.split()
        body = self.file.read(int(length))
        if len(body) < int(length):
            raise EOFError
        return status.decode(), body.decode()

    def json(self, line):
        status, body = self.ask("json", line)
        if status != "ok":
            sys.exit(f"{line}: {status}: {body}")
        return json.loads(body)


def changes(book, rng):
    """One change: the line, and the book after it."""
    after = {"cgw": dict(book["cgw"]), "vco": dict(book["vco"])}
    n = rng.randrange(8)
    cgw, vco = f"cgw-s{n}", f"vco-s{n}"
    net = f"10.{rng.randrange(64, 128)}.{n}.0/24"
    label = f"label {rng.randrange(10**9)}"
    if cgw not in book["cgw"]:
        after["cgw"][cgw] = label
        return f'customer-gateway create id={cgw} ip-address=192.0.2.{n + 101} "name={label}"', after
    if vco not in book["vco"] and rng.random() < .6:
        after["vco"][vco] = net
        return (f"connection create id={vco} vpn-gateway=vpn-1 local-subnet=10.1.0.0/24 remote-subnet={net} "
                f"tunnel1.customer-gateway={cgw} tunnel1.psk=secret-{rng.random()} tunnel1.start=none"), after
    if vco in book["vco"] and rng.random() < .6:
        if rng.random() < .5:
            after["vco"][vco] = net
            return f"connection modify {vco} remote-subnet={net}", after
        del after["vco"][vco]
        return f"connection delete {vco} --yes", after
    if vco not in book["vco"] and rng.random() < .5:
        del after["cgw"][cgw]
        return f"customer-gateway delete {cgw} --yes", after
    after["cgw"][cgw] = label
    return f'customer-gateway modify {cgw} "name={label}"', after


def stream(shell, book, rng, begun):
    """Until the daemon is gone: how many changes were accepted, the book, and the book in doubt."""
    n = 0
    while True:
        line, after = changes(book, rng)
        try:
            status, body = shell.ask("run", line)
        except (EOFError, ConnectionError):
            return n, book, after
        if status != "ok":
            sys.exit(f"{line}: {status}: {body}")
        book = after
        n += 1
        if n == 1:
            open(begun, "w", encoding="utf-8").close()


def seen(shell):
    gateways = {g["name"]: g["about"]["label"] for g in shell.json("show customer-gateways") if g["name"].startswith("cgw-s")}
    names = [c["connection"] for c in shell.json("show connections") if c["connection"].startswith("vco-s")]
    return {"cgw": gateways, "vco": {n: shell.json(f"show connection {n}")["remote_networks"][0] for n in names}}


def main():
    verb, path, name = sys.argv[1:4]
    try:
        with open(name, encoding="utf-8") as f:
            books = json.load(f)
    except FileNotFoundError:
        books = [{"cgw": {}, "vco": {}}]
    shell = Shell(path)
    if verb == "verify":
        now = seen(shell)
        if now not in books:
            sys.exit(f"there is {now}, accepted was {books[0]}, in doubt {books[1:]}")
        books = [now]
    else:
        n, *books = stream(shell, books[0], random.Random(int(sys.argv[4])), name + ".begun")
        print(n)
    with open(name, "w", encoding="utf-8") as f:
        json.dump(books, f)


main()
