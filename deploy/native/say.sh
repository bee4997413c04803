# shellcheck shell=bash
# What the person sees: short lines with the seconds since the script began.

STARTED_AT=${EPOCHREALTIME/[.,]/}

say() {
  local now=${EPOCHREALTIME/[.,]/} tenths
  tenths=$(((now - STARTED_AT) / 100000))
  printf '[%3d.%d s] %s\n' $((tenths / 10)) $((tenths % 10)) "$*"
}

warn() { say "$@" >&2; }

die() {
  printf 'clones: %s\n' "$*" >&2
  exit 1
}

# The end of a log, for a failure that the reader should not have to look up.
show_log_end() {
  [ ! -s "$1" ] || {
    printf -- '--- last lines of %s\n' "$1" >&2
    tail -n 25 -- "$1" | cut -c 1-600 >&2
    printf -- '---\n' >&2
  }
}
