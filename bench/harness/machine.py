"""What this machine is, and how busy it is with other things."""

import os
import platform
import socket
import subprocess
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def describe():
    cpu = next((line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), platform.machine())
    memory = int(Path("/proc/meminfo").read_text().split()[1]) // 1024 // 1024
    return f"{cpu}, {os.cpu_count()} CPUs, {memory} GiB, Linux {platform.release().split('-')[0]}"


def version(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=30).stdout.strip().splitlines()[0]
    except (OSError, subprocess.TimeoutExpired, IndexError):
        return None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def busy():
    """Seconds of CPU that all processes have used so far, on all CPUs."""
    fields = [int(value) for value in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICKS


def tree(root):
    """A process and its descendants."""
    children = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                children.setdefault(int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1]), []).append(int(entry.name))
            except (FileNotFoundError, ProcessLookupError):
                continue
    found, new = [], [root]
    while new:
        found += new
        new = [child for parent in new for child in children.get(parent, [])]
    return found


def used(processes):
    """Seconds of CPU that these processes have used so far."""
    total = 0
    for process in processes:
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total / TICKS


def memory(processes):
    """Resident memory in MiB. Of several processes, what they share is counted once."""
    field = "Pss:" if len(processes) > 1 else "Rss:"
    total = 0
    for process in processes:
        try:
            total += int(next(line for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines() if line.startswith(field)).split()[1])
        except (FileNotFoundError, ProcessLookupError, StopIteration):
            continue
    return total / 1024


def pin(processes, cores):
    """Moves all threads of these processes to these CPUs."""
    for process in processes:
        subprocess.run(["taskset", "-apc", cores, str(process)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
