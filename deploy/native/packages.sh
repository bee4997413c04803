# shellcheck shell=bash
# What the machine must have: .NET SDK 10 and Node 20 are the person's, the servers come through apt.

require_toolchain() {
  command -v dotnet >/dev/null || die "the .NET SDK 10 is needed: https://dotnet.microsoft.com/download"
  # grep reads a finished text everywhere here: in a pipe its early exit would fail the writer under pipefail.
  grep -q '^10\.' <<<"$(dotnet --list-sdks)" || die "the .NET SDK 10 is needed; dotnet --list-sdks shows: $(dotnet --list-sdks | tr '\n' ' ')"
  { command -v npm && command -v node; } >/dev/null || die "Node.js 20 or newer with npm is needed: https://nodejs.org"
  [ "$(node -p 'parseInt(process.versions.node)')" -ge 20 ] || die "Node.js 20 or newer is needed; this is $(node --version)"
}

postgres_bin() { # the newest installed version
  local found
  found=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
  [ -x "$found/postgres" ] && [ -x "$found/initdb" ] && printf '%s\n' "$found"
}

rabbitmq_bin() { [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] && echo /usr/lib/rabbitmq/bin; }

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    command -v sudo >/dev/null || die "root is needed for: $* (sudo is not installed)"
    sudo "$@"
  fi
}

# Two checkouts may install at once: the lock of dpkg is waited for, that of the package lists is tried again.
apt_get() {
  local attempt
  for attempt in {1..20}; do
    if as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -q -o DPkg::Lock::Timeout=600 "$@" >>"$LOGS/apt.log" 2>&1 </dev/null; then
      return 0
    fi
    grep -q 'Could not get lock\|Unable to lock' <<<"$(tail -n 5 "$LOGS/apt.log")" || break
    say "another apt is running: waiting (try $attempt)"
    sleep 10
  done
  show_log_end "$LOGS/apt.log"
  die "apt-get $1 failed"
}

ensure_packages() {
  local missing=()
  postgres_bin >/dev/null || missing+=(postgresql)
  rabbitmq_bin >/dev/null || missing+=(rabbitmq-server)
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || die "these servers are missing and there is no apt to install them: ${missing[*]}"
  say "installing ${missing[*]} through apt (about a minute, once)"
  # Asked for in one place, before the output of several parts mixes with the prompt.
  [ "$(id -u)" = 0 ] || as_root true
  # Debian would make and start a cluster of its own on 5432; ours is private.
  if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    as_root mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
  fi
  apt_get update
  without_service_start apt_get install -y --no-install-recommends "${missing[@]}"
  say "installed ${missing[*]}"
}

# On a machine with systemd the package would start a broker on 5672 and enable it for every boot.
without_service_start() {
  local policy=/usr/sbin/policy-rc.d ours=false failed=0
  if [ -d /run/systemd/system ] && [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
    as_root chmod 755 $policy
    ours=true
  fi
  ("$@") || failed=$?
  if $ours; then
    as_root rm -f $policy
    [ $failed != 0 ] || as_root systemctl disable rabbitmq-server >/dev/null 2>&1 || true
  fi
  return $failed
}
