#!/usr/bin/python3
"""culvert-bench pipe beside DPDK's ipsec-secgw: same core, same frames, alternating slices."""
import argparse
import json
import os
import sys

import interleave
import traffic
from traffic import FIRST_SPI, GATEWAY, PEERS, REMOTE, SUITES, key


def colons(n):
    return ":".join("%02x" % b for b in key(n))


def algorithms(suite):
    klen, mac, mac_len, _, cipher, auth = SUITES[suite]
    if mac is None:
        return "aead_algo %s aead_key %s" % (cipher, colons(klen + 4))
    return "cipher_algo %s cipher_key %s auth_algo %s auth_key %s" % (
        cipher, colons(klen), auth, colons(mac_len))


def configuration(suite, tunnels, inward):
    """ipsec-secgw's configuration file; it wants one SA and policy of the other direction too."""
    way, other = ("in", "out") if inward else ("out", "in")
    lines = []
    for i in range(tunnels):
        far = REMOTE + (i if tunnels > 1 else 0)
        side = "src" if inward else "dst"
        src, dst = (PEERS + i, GATEWAY) if inward else (GATEWAY, PEERS + i)
        lines.append("sp ipv4 %s esp protect %d pri 1 %s %s/%d sport 0:65535 dport 0:65535" %
                     (way, FIRST_SPI + i, side, far, 32 if tunnels > 1 else 16))
        lines.append("sa %s %d %s mode ipv4-tunnel src %s dst %s" %
                     (way, FIRST_SPI + i, algorithms(suite), src, dst))
    lines += [
        "sp ipv4 %s esp protect 5 pri 1 dst 11.1.1.1/32 sport 0:65535 dport 0:65535" % other,
        "sa %s 5 %s mode ipv4-tunnel src 172.21.0.1 dst 172.21.0.2" % (other, algorithms(suite)),
        "rt ipv4 dst %s port 1" % ("10.1.0.0/16" if inward else "172.20.0.0/16"),
        "neigh port 1 02:00:00:00:00:0a",
    ]
    # secgw groups by keyword: policies first, as its own examples do.
    return "\n".join(sorted(lines, key=lambda l: ("sp", "sa", "rt", "ne").index(l[:2]))) + "\n"


def secgw(program, pcap, config, suite, inward, lcore):
    device = "crypto_aesni_gcm0" if SUITES[suite][1] is None else "crypto_aesni_mb0"
    return [program, "-l", str(lcore), "--no-pci", "--in-memory", "-m", "512", "--file-prefix={prefix}",
            "--vdev", "net_pcap0,rx_pcap=%s,infinite_rx=1" % pcap,
            "--vdev", "net_null1,no-rx=1", "--vdev", device, "--",
            "-p", "0x3", "-P", "-u", "0x1" if inward else "0x2", "-l", "-s", "32768",
            "--config=(0,0,%d),(1,0,%d)" % (lcore, lcore), "-f", config]


def culvert(program, pcap, suite, tunnels, packets, inward, lcore):
    return [program, "pipe", "--pcap", pcap, "--lap", str(packets),
            "--direction", "in" if inward else "out", "--suite", suite,
            "--tunnels", str(tunnels), "--worker", str(lcore), "--prefix", "{prefix}",
            "--seconds", "0"]


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--secgw", required=True, help="the built ipsec-secgw")
    p.add_argument("--bench", help="the built culvert-bench; absent: secgw runs alone")
    p.add_argument("--work", required=True, help="directory for pcaps, configuration and logs")
    p.add_argument("--suite", action="append", choices=SUITES, help="default: aes128gcm16")
    p.add_argument("--sizes", action="append", help="64, 512, 1400, imix; default: 64")
    p.add_argument("--tunnels", action="append", type=int, help="default: 1")
    p.add_argument("--direction", action="append", choices=("out", "in"), help="default: both")
    p.add_argument("--flows", type=int, default=4096, help="five-tuples; default: 4096")
    p.add_argument("--packets", type=int, default=4096, help="frames of a pcap, at least")
    p.add_argument("--rounds", type=int, default=15)
    p.add_argument("--slice", type=float, default=0.3, help="seconds")
    p.add_argument("--lcore", type=int, default=1, help="the core that both share")
    p.add_argument("--json", help="write the results here as well")
    p.add_argument("--target", type=float, help="exit 1 when a median ratio is below")
    a = p.parse_args()

    rows, hz = [], interleave.tsc_hz()
    print("%-14s %-4s %7s %5s | %9s %7s | %9s %7s | ratio (quartiles)" % (
        "suite", "way", "tunnels", "size", "secgw", "cyc", "culvert", "cyc"))
    for suite in a.suite or ["aes128gcm16"]:
        for tunnels in a.tunnels or [1]:
            for spec in a.sizes or ["64"]:
                for way in a.direction or ["out", "in"]:
                    row = measure(a, suite, tunnels, spec, way == "in")
                    row.update(suite=suite, tunnels=tunnels, size=spec, direction=way)
                    rows.append(row)
                    show(row, hz)
    if a.json:
        with open(a.json, "w") as f:
            json.dump({"tsc_hz": hz, "rows": rows}, f, indent=1)
    worst = min((r["culvert"]["ratio"] for r in rows if "culvert" in r), default=None)
    if a.target and worst is not None and worst < a.target:
        sys.exit("the worst median ratio is %.2f, the target %.2f" % (worst, a.target))


def measure(a, suite, tunnels, spec, inward):
    name = "%s-%s-%d-%s" % (suite, "in" if inward else "out", tunnels, spec.replace(":", "x"))
    pcap, config = (os.path.join(a.work, name + end) for end in (".pcap", ".cfg"))
    packets = max(a.packets, 16 * tunnels) // tunnels * tunnels // 64 * 64
    traffic.write(pcap, suite, tunnels, a.flows, spec, packets, inward)
    with open(config, "w") as f:
        f.write(configuration(suite, tunnels, inward))
    commands = [("secgw", secgw(a.secgw, pcap, config, suite, inward, a.lcore), 1)]
    if a.bench and os.path.exists(a.bench):
        # culvert-bench opens the inside port first.
        commands.insert(0, ("culvert", culvert(a.bench, pcap, suite, tunnels, packets, inward,
                                               a.lcore), 0 if inward else 1))
    return interleave.compare(commands, a.rounds, a.slice, a.work)


def show(row, hz):
    def cell(name):
        if name not in row:
            return "%9s %7s" % ("-", "-")
        return "%6.3f M  %7.1f" % (row[name]["median_pps"] / 1e6, hz / row[name]["best_pps"])

    ratio = row.get("culvert")
    print("%-14s %-4s %7d %5s | %s | %s | %s" % (
        row["suite"], row["direction"], row["tunnels"], row["size"], cell("secgw"),
        cell("culvert"), "%.2f (%.2f .. %.2f)" % (ratio["ratio"], ratio["ratio_q1"],
                                                  ratio["ratio_q3"]) if ratio else "-"), flush=True)


if __name__ == "__main__":
    main()
