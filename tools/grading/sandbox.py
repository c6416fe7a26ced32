"""Which sandbox there is, and running a compiler in it."""

import dataclasses
import json
import os
import subprocess

from . import toolchain
from .errors import CourseError, InfraError

TIERS = {1: "bubblewrap and seccomp", 2: "a user of its own, Landlock and seccomp",
         3: "no sandbox, resource limits alone"}


@dataclasses.dataclass(frozen=True)
class Limits:
    """What one compilation, and what one test may take."""

    compile_cpu: int = 30
    compile_wall: float = 60
    compile_memory: int = 1 << 30
    diagnostics: int = 64 << 10
    object_size: int = 64 << 20
    test_cpu: int = 4
    test_wall: float = 10
    test_memory: int = 512 << 20


@dataclasses.dataclass(frozen=True)
class Mount:
    host: object
    inside: str
    writable: bool = False


def seen(mount, tier):
    """The path by which a command knows a mount: without namespaces it is the host's."""
    return mount.inside if tier == 1 else str(mount.host)


def run_in_box(tier, command, mounts, limits):
    """Runs a compiler; returns {"exit", "signal", "timed_out", "flooded", "output"}."""
    request = {
        "tier": tier, "profile": "compile", "command": [str(part) for part in command],
        "mounts": [[str(m.host), m.inside, m.writable] for m in mounts],
        "cpu": limits.compile_cpu, "wall": limits.compile_wall, "memory": limits.compile_memory,
        "output": limits.diagnostics, "file": limits.object_size, "temporary": 256 << 20}
    done = subprocess.run([toolchain.box(), json.dumps(request)], capture_output=True, text=True)
    if done.returncode != 0:
        raise InfraError("the sandbox could not be made", done.stderr.strip()[-2000:],
                         "tools/course doctor says which sandboxes work here")
    return json.loads(done.stdout)


def probe(tier):
    """Why a tier does not work here; nothing if it does."""
    command = ["/usr/bin/true"]
    try:
        if tier == 2 and os.geteuid() != 0:
            return "changing the user takes root"
        answer = run_in_box(tier, command, [], Limits())
    except (InfraError, OSError) as error:
        return getattr(error, "text", str(error))
    return "" if answer["exit"] == 0 else f"/usr/bin/true ended with {answer}"


def choose_tier(wanted=None, allow_none=False):
    """The wanted tier, or the best that works. Tier 3 is no sandbox and must be asked for."""
    if wanted == 3 and not allow_none:
        raise CourseError("tier 3 is no sandbox", "--tier 3", "tier 1 or 2",
                          "--unsafe says that you trust what you grade")
    reasons = []
    for tier in [wanted] if wanted else [1, 2]:
        reason = probe(tier) if tier != 3 else ""
        if not reason:
            return tier
        reasons.append(f"tier {tier}: {reason}")
    raise InfraError("no sandbox works here", "\n".join(reasons),
                     "tools/course doctor says more; --tier 3 --unsafe grades without one")
