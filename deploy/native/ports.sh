# shellcheck shell=bash
# Which port each server listens on: given by environment, or recorded earlier, or the next free one.

PORT_NAMES=(API WORKERS POSTGRES RABBITMQ RABBITMQ_UI RABBITMQ_DIST EPMD RPC)

default_port() {
  local base
  case $SERVERS-$1 in
    dev-API) echo 18080 ;;
    dev-WORKERS) echo 18081 ;;
    dev-POSTGRES) echo 18432 ;;
    dev-RABBITMQ) echo 18672 ;;
    dev-RABBITMQ_UI) echo 18673 ;;
    dev-RABBITMQ_DIST) echo 18674 ;;
    dev-EPMD) echo 18675 ;;
    dev-RPC) echo 18899 ;;
    *)
      # Another checkout on the same machine begins elsewhere, so that both can start servers at once.
      base=$((20000 + $(printf '%s' "$STATE" | cksum | cut -d ' ' -f 1) % 600 * 20))
      echo "${CLONES_TEST_PORTS:-$base}"
      ;;
  esac
}

# Whose process holds the port while it runs.
port_holder() {
  case $1 in
    API) echo api ;;
    WORKERS) echo workers ;;
    POSTGRES) echo postgres ;;
    EPMD) echo epmd ;;
    RPC) echo localnet ;;
    RABBITMQ*) echo rabbitmq ;;
  esac
}

# A listener on any address counts, in either family; 0A is LISTEN in the kernel's table.
port_listening() {
  grep -qsE "$(printf ':%04X [0-9A-F]+:0000 0A ' "$1")" /proc/net/tcp /proc/net/tcp6
}

# process_listens PID PORT: whether the listener there is this process.
process_listens() {
  local inode
  inode=$(awk -v port="$(printf ':%04X' "$2")" '$4 == "0A" && substr($2, length($2) - 4) == port { print $10; exit }' /proc/net/tcp /proc/net/tcp6 2>/dev/null)
  [ -n "$inode" ] && [ -n "$(find "/proc/$1/fd" -lname "socket:\[$inode\]" -print -quit 2>/dev/null)" ]
}

# port_usable NAME PORT: nobody listens there and no other setting of ours claims it.
port_usable() {
  local other claimed
  ! port_listening "$2" || return 1
  for other in "${PORT_NAMES[@]}"; do
    claimed=${SETTINGS[CLONES_${other}_PORT]:-}
    [ "$other" = "$1" ] || [ "$claimed" != "$2" ] || return 1
    # The cluster's WebSocket listens on the port after its RPC port.
    [ "$other" != RPC ] || [ "$1" = RPC ] || [ "$((${claimed:-0} + 1))" != "$2" ] || return 1
  done
  [ "$1" != RPC ] || ! port_listening $(($2 + 1))
}

choose_port() {
  local name=$1 key=CLONES_$1_PORT recorded given='' port
  recorded=${SETTINGS[$key]:-}
  [ "$SERVERS" != dev ] || given=${!key:-}
  if is_running "$RUN/$(port_holder "$name").pid"; then
    [ -z "$given" ] || [ "$given" = "$recorded" ] ||
      warn "$key=$given is ignored: $(port_holder "$name") is running on $recorded (./clones down first)"
    return 0
  fi
  if [ -n "$given" ]; then
    [[ $given =~ ^[1-9][0-9]{3,4}$ && $given -ge 1024 && $given -le 65534 ]] || die "$key=$given is not a port from 1024 to 65534"
    ! port_listening "$given" || die "$key=$given: something else listens on that port already"
    [ "$given" = "$recorded" ] || record_setting "$key" "$given"
    return 0
  fi
  port=${recorded:-$(default_port "$name")}
  until port_usable "$name" "$port"; do port=$((port + 1)); done
  [ "$port" = "$recorded" ] || {
    [ -z "$recorded" ] || say "port $recorded ($key) is taken by now: moving to $port"
    record_setting "$key" "$port"
  }
}

choose_ports() {
  local name
  for name in "$@"; do choose_port "$name"; done
}

port_of() { printf '%s' "${SETTINGS[CLONES_$1_PORT]:?no port recorded for $1}"; }
