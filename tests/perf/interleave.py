"""Compare programs that share one core: each runs in short slices while the others are stopped.

The clock of a virtual CPU drifts by tens of percent within seconds, so rates of two whole runs say
little. Slices a fraction of a second apart see the same machine: the median of the ratios within
rounds is the result. A rate is per second of the program's own CPU time, which on an idle machine is
all the time there is: what others take from the core in a slice is nobody's loss.
"""
import glob
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import time


class App:
    """A DPDK program under its own file prefix, observed through DPDK's telemetry."""

    def __init__(self, name, command, log):
        self.name, self.rates = name, []
        self.prefix = "ab%d%s" % (os.getpid(), "".join(c for c in name if c.isalnum()))
        self.port = None
        args = [a.replace("{prefix}", self.prefix) for a in command]
        with open(log, "w") as out:
            self.process = subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=out,
                                            stderr=subprocess.STDOUT)
        self.log = log

    def connect(self, port, patience=60):
        path = "/var/run/dpdk/%s/dpdk_telemetry.v2" % self.prefix
        self.port = port
        for _ in range(patience * 10):
            if self.process.poll() is not None:
                break
            try:
                self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                self.socket.connect(path)
                self.socket.recv(65536)
                if self.sent() > 1000:
                    return
            except (OSError, KeyError, TypeError):
                pass
            time.sleep(0.1)
        with open(self.log) as f:
            raise SystemExit("%s does not send packets; its last words (%s):\n%s" %
                             (self.name, self.log, "".join(f.readlines()[-15:])))

    def sent(self):
        self.socket.send(b"/ethdev/stats,%d" % self.port)
        return json.loads(self.socket.recv(1 << 20))["/ethdev/stats"]["opackets"]

    def cpu_seconds(self):
        total = 0
        for path in glob.glob("/proc/%d/task/*/schedstat" % self.process.pid):
            with open(path) as f:
                total += int(f.read().split()[0])
        return total / 1e9

    def signal(self, number):
        if self.process.poll() is None:
            self.process.send_signal(number)

    def slice(self, seconds):
        self.signal(signal.SIGCONT)
        time.sleep(0.03)
        n0, t0 = self.sent(), self.cpu_seconds()
        time.sleep(seconds)
        n1, t1 = self.sent(), self.cpu_seconds()
        self.signal(signal.SIGSTOP)
        # Too little time to tell anything: no rate.
        self.rates.append((n1 - n0) / (t1 - t0) if t1 - t0 > seconds / 10 else 0)

    def end(self):
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGKILL)
        self.process.wait()
        shutil.rmtree("/var/run/dpdk/" + self.prefix, ignore_errors=True)


def tsc_hz():
    """The TSC's rate; cycles are only another unit for time, which packet rates do not depend on."""
    try:
        with open("/sys/devices/system/cpu/cpu0/tsc_freq_khz") as f:
            return float(f.read()) * 1e3
    except OSError:
        pass
    with open("/proc/cpuinfo") as f:
        for line in f:
            if line.startswith("cpu MHz"):
                return float(line.split(":")[1]) * 1e6
    return 0.0


def compare(commands, rounds, seconds, logs):
    """commands: (name, argv, number of the DPDK port that sends), the reference last.

    returns per name: best and median rate, and quartiles of the ratio to the reference.
    """
    apps = []
    try:
        for name, command, port in commands:
            app = App(name, command, os.path.join(logs, name + ".log"))
            apps.append(app)
            app.connect(port)
            app.signal(signal.SIGSTOP)
        for _ in range(rounds):
            for app in apps:
                app.slice(seconds)
    finally:
        for app in apps:
            app.end()
    whole = [i for i in range(rounds) if all(app.rates[i] for app in apps)]
    if len(whole) < 2:
        raise SystemExit("the programs got hardly any time on their core: is another one polling there?")
    result = {}
    for app in apps:
        rates = [app.rates[i] for i in whole]
        quartile = statistics.quantiles((app.rates[i] / apps[-1].rates[i] for i in whole), n=4)
        result[app.name] = {"best_pps": max(rates), "median_pps": statistics.median(rates),
                            "ratio": quartile[1], "ratio_q1": quartile[0], "ratio_q3": quartile[2]}
    return result
