"""What this machine can do for the course."""

import os
import pathlib
import platform
import shutil
import subprocess

from . import sandbox, toolchain
from .errors import CourseError
from .tree import is_student_tree


def version_of(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError:
        return "missing"
    return (done.stdout or done.stderr).strip().splitlines()[0] if done.returncode == 0 else "fails"


def read(path):
    try:
        return pathlib.Path(path).read_text().strip()
    except OSError:
        return "-"


def tools():
    """(name, what there is) of the programs that the course runs."""
    names = ["g++", "cmake", "ninja"] + ([] if is_student_tree() else ["bwrap", "ar", "git"])
    return [(name, version_of([name, "--version"])) for name in names]


def limits():
    total, _, free = shutil.disk_usage(toolchain.ROOT)
    memory = next((line.split()[1] for line in read("/proc/meminfo").splitlines()
                   if line.startswith("MemAvailable")), "0")
    return [("processors", str(len(os.sched_getaffinity(0)))),
            ("memory free", f"{int(memory) >> 10} MiB"), ("disk free", f"{free >> 30} GiB"),
            ("user", str(os.geteuid()))]


def sandboxes():
    """(tier, why it does not work or nothing), and what the kernel says about it."""
    if not toolchain.box().exists():
        try:
            toolchain.prepare()
        except CourseError as error:
            return [("sandboxes", f"cannot be tried: {error.text}")]
    rows = [(f"tier {tier}: {sandbox.TIERS[tier]}", sandbox.probe(tier) or "works")
            for tier in (1, 2)]
    landlock = subprocess.run([toolchain.box(), "--landlock"], capture_output=True, text=True)
    return rows + [
        ("user namespaces allowed", read("/proc/sys/user/max_user_namespaces")),
        ("AppArmor restricts them", read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")),
        ("Landlock version", landlock.stdout.strip() or "0"),
        ("seccomp", next((line.split(":")[1].strip() for line in
                          read("/proc/self/status").splitlines() if line.startswith("Seccomp:")),
                         "-"))]


def report():
    return [("system", platform.platform()), *tools(), *limits(),
            *([] if is_student_tree() else sandboxes())]
