# shellcheck shell=bash
# Background processes, remembered in files as "pid start-time boot": a pid alone may belong to a
# stranger after a reboot or when the numbers wrap around, and a stranger must never be signalled.

# read_identity PID: into IDENTITY. Without a process of its own, as a watcher asks every second.
read_identity() {
  local pid=$1 stat fields boot
  [ -n "$pid" ] || return 1
  { read -r stat <"/proc/$pid/stat"; } 2>/dev/null || return 1
  # The name in parentheses may hold spaces; the start time is the 20th field behind it.
  read -ra fields <<<"${stat##*) }"
  [ "${fields[0]}" != Z ] || return 1
  read -r boot </proc/sys/kernel/random/boot_id
  IDENTITY="$pid ${fields[19]} $boot"
}

remember_process() { # remember_process PID FILE
  local IDENTITY=
  read_identity "$1" && printf '%s\n' "$IDENTITY" >"$2"
}

is_running() { # is_running FILE
  local remembered IDENTITY=
  # Whoever stops it may take the file away between one look and the next.
  { read -r remembered <"$1"; } 2>/dev/null || return 1
  read_identity "${remembered%% *}" && [ "$IDENTITY" = "$remembered" ]
}

# Prints the pid when the remembered process still lives.
running_pid() {
  local pid
  is_running "$1" || return 1
  { read -r pid _ <"$1"; } 2>/dev/null && printf '%s\n' "$pid"
}

# start_background PIDFILE LOGFILE COMMAND...: in a session of its own, so that Ctrl-C here does not
# reach it; no inherited descriptor stays open, or a caller reading our output would wait for ever.
start_background() {
  local pidfile=$1 logfile=$2 pid
  shift 2
  rm -f "$pidfile" "$pidfile.new"
  # shellcheck disable=SC2016
  # No redirection around the loop: bash would keep the log in a descriptor that the loop closes.
  setsid bash -c 'for fd in /proc/self/fd/*; do fd=${fd##*/}; [ "$fd" -le 2 ] || eval "exec $fd>&-"; done
    echo $$ >"$1"; shift; exec "$@"' bash "$pidfile.new" "$@" </dev/null >>"$logfile" 2>&1 &
  for _ in {1..1500}; do
    [ ! -s "$pidfile.new" ] || break
    sleep 0.02
  done
  [ -s "$pidfile.new" ] || die "$1 did not start within 30 s"
  pid=$(cat "$pidfile.new")
  rm -f "$pidfile.new"
  remember_process "$pid" "$pidfile" || true
}

# stop_remembered PIDFILE NAME SECONDS [SIGNAL]: politely, then hard, with the children that stayed in its group.
stop_remembered() {
  local pidfile=$1 name=$2 seconds=$3 pid
  pid=$(running_pid "$pidfile") || {
    rm -f "$pidfile"
    return 0
  }
  kill -"${4:-TERM}" "$pid" 2>/dev/null || true
  if ! wait_until "$seconds" process_ended "$pidfile"; then
    warn "$name did not stop in $seconds s: killed"
    kill -KILL -- "-$pid" 2>/dev/null || kill -KILL "$pid" 2>/dev/null || true
    wait_until 5 process_ended "$pidfile" || die "$name (pid $pid) cannot be stopped"
  fi
  rm -f "$pidfile"
  say "$name stopped"
}

process_ended() { ! is_running "$1"; }

# wait_until SECONDS COMMAND...: tries five times a second.
wait_until() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.2
  done
}

# http_status PORT PATH [USER:PASSWORD]: prints the status code; needs neither curl nor wget.
http_status() {
  local authorization=''
  [ -z "${3:-}" ] || authorization="Authorization: Basic $(printf '%s' "$3" | base64 -w 0)"$'\r\n'
  # shellcheck disable=SC2016
  AUTHORIZATION=$authorization timeout 5 bash -c '
    exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
    printf "GET %s HTTP/1.0\r\nHost: 127.0.0.1\r\n%s\r\n" "$2" "$AUTHORIZATION" >&3
    read -r _ status _ <&3 && echo "$status"' bash "$1" "$2" 2>/dev/null
}

answers_ok() { [ "$(http_status "$@")" = 200 ]; }
