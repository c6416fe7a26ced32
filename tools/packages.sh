# Sourced by the commands in tools/: installs Debian packages that are missing.

# need_packages WHAT PACKAGE...: as root directly, otherwise through sudo, saying what it will do.
# On a system without apt it prints the list and stops.
need_packages() {
  local what=$1 missing=() package
  shift
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    need_without_apt "$what" "$@"
    return
  fi
  for package in "$@"; do
    dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' ||
      missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get)
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      printf '%s needs these packages and there is no sudo. As root run:\n  apt-get install %s\n' \
        "$what" "${missing[*]}" >&2
      exit 1
    fi
    apt=(sudo "${apt[@]}")
  fi
  printf '%s installs with apt: %s\n' "$what" "${missing[*]}" >&2
  "${apt[@]}" update -qq >&2
  if ! "${apt[@]}" install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; then
    printf '%s could not install: %s\n  hint: see the messages of apt-get above\n' \
      "$what" "${missing[*]}" >&2
    exit 1
  fi
}

# Without apt we cannot tell what is there: name the packages and stop, unless told that they are.
need_without_apt() {
  local what=$1
  shift
  [ -n "${TOKENWALK_PACKAGES_INSTALLED:-}" ] && return
  printf '%s finds no apt on this system. It needs what Debian 12 calls:\n' "$what" >&2
  printf '  %s\n' "$@" >&2
  printf 'Install their like, then run again with TOKENWALK_PACKAGES_INSTALLED=1.\n' >&2
  exit 1
}

# A C++ compiler of any name will do; g++ is installed where there is none.
need_compiler() {
  if [ -n "${CXX:-}" ] || command -v c++ >/dev/null || command -v g++ >/dev/null; then return; fi
  need_packages "$1" g++
}

# What building the program takes.
program_packages=(cmake ninja-build libcli11-dev libeigen3-dev libicu-dev libpcre2-dev libssl-dev
  libxtensor-dev nlohmann-json3-dev)
# What building and running the C++ tests takes beyond that.
test_packages=(libgtest-dev librapidcheck-dev)
# What the tests of other processors take.
emulator_packages=(g++-aarch64-linux-gnu qemu-user)
# What grading takes beyond building: the sandbox (tools/course).
course_packages=(bubblewrap libseccomp-dev)
