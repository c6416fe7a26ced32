#!/usr/bin/env bash
# Gradescope runs this once, when it builds the image.
set -euo pipefail
cd /autograder/source
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
. tree/tools/packages.sh
apt-get install -y -qq --no-install-recommends g++ git python3 "${program_packages[@]}" \
  "${course_packages[@]}" >/dev/null
mv tree /autograder/course
chmod 700 /autograder/source
cd /autograder/course
tools/course doctor
