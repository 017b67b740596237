"""The matrix of algorithms against a real peer: its cells, both sides' configuration, the verdict.

A cell is one tunnel: how the IKE SA is made, cipher, integrity, group, with or without PFS, and who
begins. Cells come from the product's own algorithm table, so a new row is in the matrix at once.
All cells of a batch are tunnels of one gateway to as many addresses of one peer.

usage: matrix.py cells ALGORITHMS.json pairs|all [FACTOR=VALUE,...]... > CELLS
       matrix.py gateway CELLS PSK            connections for culvertd.conf, to stdout
       matrix.py peer CELLS PSK [start]       swanctl.conf, to stdout; start: its own tunnels begin
       matrix.py addresses CELLS              "OUTER INNER" of each cell
       matrix.py rekeyed CELLS                names of the cells whose group shows at a rekey only
       matrix.py ping CELLS TUNNELS.json      inner addresses that answer, of tunnels that are up
       matrix.py verdict CELLS TUNNELS.json ANSWERED SAS > RESULTS    SAS: swanctl --list-sas --raw
       matrix.py table RESULTS...             to stdout; exit code 1 if a cell failed
"""
import itertools
import json
import os
import re
import select
import socket
import struct
import sys
import time

MODES = ["v2", "main", "aggressive"]


def factors(algorithms):
    usable = [a for a in algorithms if a["kind"] not in ("ENCR", "INTEG") or a["esp_by"]]
    kind = lambda k: [a for a in usable if a["kind"] == k]
    return {
        "mode": MODES,
        "encr": kind("ENCR"),
        "integ": kind("INTEG"),
        "group": kind("KE"),
        "pfs": [False, True],
        "by": ["us", "peer"],
    }


def name(value):
    return value["algorithm"] if isinstance(value, dict) else value


def missing(choice):
    """Why a combination cannot be asked for; None: it can."""
    if choice["mode"] == "v2":
        return None
    for key in ("encr", "integ", "group"):
        if not choice[key]["ikev1"]:
            return f"{choice[key]['algorithm']} has no number in IKEv1"
    return None


def cell(choice):
    e, i, g = choice["encr"], choice["integ"]["algorithm"], choice["group"]["algorithm"]
    word = e["algorithm"]
    if e["aead"]:
        esp = word
        # IKEv1 knows no AEAD for its own messages: AES-CBC with the same key.
        ike = f"{word}-prf{i}" if choice["mode"] == "v2" else f"{word[:word.index('gcm')]}-{i}"
    else:
        esp = ike = f"{word}-{i}"
    return {
        "mode": choice["mode"], "by": choice["by"], "encr": word, "integ": i, "group": g,
        "pfs": choice["pfs"], "ike": f"{ike}-{g}", "esp": esp + (f"-{g}" if choice["pfs"] else ""),
        "group_there": theirs(choice["group"]),
    }


def theirs(group):
    """What strongSwan calls a group: one of our aliases."""
    aliases = group["aliases"].split()
    return "curve25519" if "curve25519" in aliases else aliases[0]


def pairs(table):
    """Choices that hold every pair of values of two factors that can be had; greedy, always the same."""
    keys = list(table)
    every = [dict(zip(keys, c)) for c in itertools.product(*table.values())]
    every = [c for c in every if not missing(c)]
    of = lambda c: {(a, name(c[a]), b, name(c[b])) for a, b in itertools.combinations(keys, 2)}
    sets = [(of(c), c) for c in every]
    left = set().union(*(s for s, _ in sets))
    chosen = []
    while left:
        best = max(range(len(sets)), key=lambda n: len(sets[n][0] & left))
        left -= sets[best][0]
        chosen.append(sets.pop(best)[1])
        sets = [s for s in sets if s[0] & left]
    return chosen


def cells_of(file, which, only):
    table = factors(json.load(open(file)))
    for factor, values in (word.split("=") for word in only):
        table[factor] = [v for v in table[factor] if name(v) in values.split(",")]
    if which == "all":
        # Who begins has no part in what is computed: by turns.
        del table["by"]
        choices = [dict(zip(table, c)) for c in itertools.product(*table.values())]
        choices = [c for c in choices if not missing(c)]
        for n, c in enumerate(choices):
            c["by"] = ["us", "peer"][(n + n // 2) % 2]
    else:
        choices = pairs(table)
    for n, choice in enumerate(choices):
        print(json.dumps({"n": n, **cell(choice)}))
    absent = {missing(dict(zip(table, c))) for c in itertools.product(*table.values())} - {None}
    for reason in sorted(absent):
        print(json.dumps({"absent": reason}))


def read_cells(file):
    return [c for c in map(json.loads, open(file)) if "n" in c]


def outer(c):
    return f"198.18.{c['n'] // 250}.{c['n'] % 250 + 1}"


def inner(c):
    return f"10.64.{c['n'] // 250}.{c['n'] % 250 + 1}"


# With a pre-shared key, main mode takes addresses for identities and no other.
def identities(c):
    if c["mode"] == "main":
        return "192.0.2.1", outer(c)
    return f"gw{c['n']}.example", f"peer{c['n']}.example"


def gateway(cells, psk):
    peers, connections, routes = [], [], []
    for c in cells:
        us, them = ((i if c["mode"] == "main" else f"fqdn:{i}") for i in identities(c))
        version = 'version = "ikev2"; ' if c["mode"] == "v2" else f'version = "ikev1"; mode = "{c["mode"]}"; '
        peers.append(f'{{ name = "p{c["n"]}"; address = "{outer(c)}"; }}')
        connections.append(
            f'{{ name = "m{c["n"]}"; local_networks = [ "10.1.0.0/24" ]; remote_networks = [ "{inner(c)}/32" ]; tunnels = ( '
            f'{{ name = "m{c["n"]}"; gateway_address = "gw1"; customer_gateway = "p{c["n"]}"; pre_shared_key = "{psk}"; '
            f'local_id = "{us}"; remote_id = "{them}"; {version}'
            f'start = "{"immediate" if c["by"] == "us" else "none"}"; '
            f'ike = {{ proposals = [ "{c["ike"]}" ]; }}; ipsec = {{ proposals = [ "{c["esp"]}" ]; }}; }} ); }}')
        routes.append(f'{{ destination = "{inner(c)}/32"; connection = "m{c["n"]}"; }}')
    join = ",\n  ".join
    print(f"customer_gateways = (\n  {join(peers)} );\nconnections = (\n  {join(connections)} );\nroutes = (\n  {join(routes)} );")


def peer(cells, psk, start=None):
    print("connections {")
    for c in cells:
        us, them = identities(c)
        ike, esp = (c[k].replace(c["group"], c["group_there"]) for k in ("ike", "esp"))
        aggressive = "aggressive = yes" if c["mode"] == "aggressive" else ""
        action = "start_action = start" if start and c["by"] == "peer" else ""
        print(f"""m{c['n']} {{
	version = {2 if c['mode'] == 'v2' else 1}
	{aggressive}
	local_addrs = {outer(c)}
	remote_addrs = 192.0.2.1
	proposals = {ike}
	mobike = no
	dpd_delay = 0s
	local {{
		auth = psk
		id = {them}
	}}
	remote {{
		auth = psk
		id = {us}
	}}
	children {{
		m{c['n']} {{
			local_ts = {inner(c)}/32
			remote_ts = 10.1.0.0/24
			esp_proposals = {esp}
			{action}
		}}
	}}
}}""")
    print("}\nsecrets {")
    for c in cells:
        us, them = identities(c)
        print(f"ike-m{c['n']} {{\nsecret = \"{psk}\"\nid-1 = {us}\nid-2 = {them}\nid-3 = {outer(c)}\nid-4 = 192.0.2.1\n}}")
    print("}")


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ping(cells, tunnels):
    up = {t["tunnel"] for t in tunnels if t["state"] == "up"}
    wanted = {inner(c) for c in cells if f"m{c['n']}" in up}
    sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    answered = set()
    for number in range(6):
        for to in sorted(wanted - answered):
            head = struct.pack("!BBHHH", 8, 0, 0, os.getpid() & 0xFFFF, number) + b"matrix" * 8
            sock.sendto(head[:2] + struct.pack("!H", checksum(head)) + head[4:], (to, 0))
            time.sleep(0.0005)
        end = time.monotonic() + 1.5
        while wanted - answered and (left := end - time.monotonic()) > 0:
            if select.select([sock], [], [], left)[0]:
                data, (who, _) = sock.recvfrom(2048)
                if data[20] == 0 and data[24:26] == struct.pack("!H", os.getpid() & 0xFFFF):
                    answered.add(who)
    print("\n".join(sorted(answered)))


def at_rekey(c):
    """A child that IKE_AUTH made has no group of its own: only its successor shows PFS (RFC 7296 s1.2)."""
    return c["mode"] == "v2" and c["pfs"]


def with_group(sas):
    """Names of the peer's children that had a key exchange of their own."""
    return {name for name, child in re.findall(r"\bm\d+-\d+ \{name=(m\d+) ([^{}]*)", sas) if "dh-group=" in child}


def verdict(cells, tunnels, answered, sas):
    of = {t["tunnel"]: t for t in tunnels}
    own_group = with_group(sas)
    for c in cells:
        t = of.get(f"m{c['n']}", {})
        failed = ""
        if t.get("state") != "up":
            failed = f"{t.get('state', 'no tunnel')}: {t.get('reason', '')}"
        elif not (suite_is(t["ike_suite"], c["ike"]) and suite_is(t["esp_suite"], c["esp"], c["pfs"])):
            failed = f"other suites: {t['ike_suite']}, {t['esp_suite']}"
        elif c["pfs"] != (f"m{c['n']}" in own_group):
            failed = f"the child has {'no' if c['pfs'] else 'a'} key exchange of its own"
        elif inner(c) not in answered:
            failed = "no answer through the tunnel"
        print(json.dumps({**c, "failed": failed}))


def suite_is(shown, asked, pfs=None):
    """Whether each word that was asked for is shown; the group of a child is looked up at the peer."""
    words = asked.split("-")
    if pfs:
        words = words[:-1]
    return all(w in shown for w in words)


def table(files):
    results = [json.loads(line) for f in files for line in open(f)]
    cells = [r for r in results if "n" in r]
    for r in results:
        if r.get("absent"):
            print(f"not there: {r['absent']}")
    groups = list(dict.fromkeys(c["group"] for c in cells))
    print(f"{'':<32}" + "".join(f"{g[:11]:>12}" for g in groups))
    row = lambda c: (MODES.index(c["mode"]), c["encr"], c["integ"])
    for key, cs in itertools.groupby(sorted(cells, key=row), row):
        cs = list(cs)
        marks = []
        for g in groups:
            mine = [c for c in cs if c["group"] == g]
            bad = sum(bool(c["failed"]) for c in mine)
            marks.append(f"{'':>12}" if not mine else f"{'FAIL ' if bad else ''}{len(mine) - bad}/{len(mine)}".rjust(12))
        print(f"{MODES[key[0]] + ' ' + key[1] + ' ' + key[2]:<32}" + "".join(marks))
    bad = [c for c in cells if c["failed"]]
    for c in bad:
        print(f"FAIL {c['mode']} {c['ike']} / {c['esp']}, begun by {c['by']}: {c['failed']}")
    print(f"{len(cells) - len(bad)} cells passed, {len(bad)} failed")
    return 1 if bad or not cells else 0


def main(verb, *args):
    if verb == "cells":
        cells_of(args[0], args[1], args[2:])
    elif verb in ("gateway", "peer"):
        globals()[verb](read_cells(args[0]), *args[1:])
    elif verb == "addresses":
        print("\n".join(f"{outer(c)} {inner(c)}" for c in read_cells(args[0])))
    elif verb == "ping":
        ping(read_cells(args[0]), json.load(open(args[1])))
    elif verb == "verdict":
        verdict(read_cells(args[0]), json.load(open(args[1])), set(open(args[2]).read().split()), open(args[3]).read())
    elif verb == "rekeyed":
        print("\n".join(f"m{c['n']}" for c in read_cells(args[0]) if at_rekey(c)))
    elif verb == "table":
        return table(args)
    else:
        sys.exit(__doc__)
    return 0


sys.exit(main(*sys.argv[1:]))
