"""The recipe for a Slurm array on one machine, where slurm-wlm is installed and can start."""

import shutil
import subprocess
import sys

import support  # noqa: F401
from grading.tree import ROOT

MISSING = [name for name in ("slurmctld", "slurmd", "sbatch", "munged") if not shutil.which(name)]

if MISSING:
    print(f"skipped: {', '.join(MISSING)} not installed (package slurm-wlm)")
    sys.exit(77)
asked = subprocess.run(["scontrol", "ping"], capture_output=True, text=True)
if "UP" not in asked.stdout:
    print(f"skipped: no Slurm controller answers here: {(asked.stdout + asked.stderr).strip()}")
    sys.exit(77)
done = subprocess.run(["sbatch", "--test-only", ROOT / "tools/grading/recipes/slurm.sh"],
                      capture_output=True, text=True)
print(done.stdout + done.stderr)
sys.exit(done.returncode)
