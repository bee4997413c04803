# shellcheck shell=bash
# PostgreSQL and RabbitMQ together: for "up", for the tests and for the benchmarks.
# The test servers know their users: they stop by themselves when the last one has ended, however it ended.

lock_servers() {
  exec 9>"$STATE/lock"
  flock 9
}

unlock_servers() { exec 9>&-; }

start_servers() {
  local failed=false postgres rabbitmq
  (start_postgres) &
  postgres=$!
  (start_rabbitmq) &
  rabbitmq=$!
  wait $postgres || failed=true
  wait $rabbitmq || failed=true
  ! $failed || die "the servers did not start; their logs are in $LOGS"
}

stop_servers() {
  local rabbitmq
  (stop_rabbitmq) &
  rabbitmq=$!
  (stop_postgres)
  wait $rabbitmq
}

# start_private_servers USER: a user is the pid of a process, or "keep" for "until told to stop".
start_private_servers() {
  mkdir -p "$STATE/users"
  lock_servers
  if [ "$1" = keep ]; then
    echo keep >"$STATE/users/keep"
  else
    remember_process "$1" "$STATE/users/$1" || die "there is no process $1"
  fi
  # Before anything is started, so that a start that fails halfway is cleaned up as well.
  if [ "$1" != keep ] && ! is_running "$RUN/watcher.pid"; then
    start_background "$RUN/watcher.pid" "$LOGS/watcher.log" "$ROOT/clones" servers "$SERVERS" watch
  fi
  create_settings
  read_settings
  ensure_packages
  choose_ports POSTGRES RABBITMQ RABBITMQ_UI RABBITMQ_DIST EPMD
  start_servers
  unlock_servers
}

# For whoever kills them on purpose: what has died starts again on the same ports with the same data.
start_killed_servers() {
  read_settings
  lock_servers
  start_servers
  unlock_servers
}

servers_in_use() {
  local user
  for user in "$STATE"/users/*; do
    [ -e "$user" ] || continue
    [ "${user##*/}" != keep ] || return 0
    ! is_running "$user" || return 0
    rm -f "$user"
  done
  return 1
}

# Looks once a second; the lock keeps a newcomer from finding servers that are just being stopped.
watch_servers() {
  while true; do
    sleep 1
    ! servers_in_use || continue
    lock_servers
    if ! servers_in_use; then
      read_settings
      stop_servers
      rm -f "$RUN/watcher.pid"
      return 0
    fi
    unlock_servers
  done
}

# The watcher stops the servers when no one else uses them; waiting for it leaves the machine as it was.
release_private_servers() {
  trap - EXIT
  rm -f "$STATE/users/$$"
  [ -n "$(ls -A "$STATE/users" 2>/dev/null)" ] || wait_until 60 process_ended "$RUN/watcher.pid" || true
}

print_private_servers() {
  read_settings
  local prefix=CLONES_${SERVERS^^}
  printf '%s_POSTGRES=Host=127.0.0.1;Port=%s;Username=clones;Password=%s;Database=postgres\n' \
    "$prefix" "$(port_of POSTGRES)" "$(setting POSTGRES_PASSWORD)"
  printf '%s_RABBITMQ=amqp://clones:%s@127.0.0.1:%s/clones\n' "$prefix" "$(setting RABBITMQ_PASSWORD)" "$(port_of RABBITMQ)"
  printf '%s_RABBITMQ_MANAGEMENT=http://clones:%s@127.0.0.1:%s/\n' "$prefix" "$(setting RABBITMQ_PASSWORD)" "$(port_of RABBITMQ_UI)"
}

# servers test|bench|chaos start [PID] | again | stop | env | watch
run_servers() {
  select_servers "${1:-}"
  [ "$SERVERS" != dev ] || die "the dev servers are started by ./clones up"
  case ${2:-} in
    start)
      # What is said goes to stderr: stdout is for the caller to read.
      start_private_servers "${3:-keep}" >&2
      print_private_servers
      ;;
    again) start_killed_servers >&2 ;;
    env) print_private_servers ;;
    modules) { ensure_localnet_modules && ensure_node_modules tests/clients; } >&2 ;;
    watch) watch_servers ;;
    stop)
      rm -f "$STATE"/users/*
      read_settings
      lock_servers
      stop_servers
      stop_remembered "$RUN/watcher.pid" "their watcher" 5
      ;;
    *) die "usage: ./clones servers test|bench|chaos start [PID] | again | stop | env" ;;
  esac
}
