#!/usr/bin/env bash
# A class over several machines with GNU parallel: parallel.sh SUBMISSIONS RESULTS HOST...
# Every host has this tree at the same path, prepared (tools/course doctor), sees SUBMISSIONS and
# RESULTS by a shared file system, and has the secret in ~/course-secret. Run it again after any
# failure: what stands is kept.
set -euo pipefail
submissions=$1 results=$2
shift 2
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
hosts=$(IFS=,; echo "$*")
n=${#@}
# Exit code 3 of tools/course is the machine's fault: only then parallel tries the part again.
seq "$n" | parallel --sshlogin "$hosts" --jobs 1 --retries 2 --joblog "$results.joblog" \
  "$root/tools/course" grade-all "$submissions" --results "$results" --secret '~/course-secret' \
  --resume --part "{}/$n" -j "$(nproc)"
