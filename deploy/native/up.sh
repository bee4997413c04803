# shellcheck shell=bash
# up, down, status, logs, demo, bench, chaos.

run_up() {
  if [ "${1:-}" = --docker ]; then
    [ $# = 1 ] || die "usage: ./clones up --docker; the options of the local cluster go without --docker"
    docker_up
  else
    read_localnet_options "$@"
    native_up
  fi
}

native_up() {
  require_toolchain
  select_servers dev
  ! docker_mode || die "the containers of ./clones up --docker are in charge: ./clones down first"
  lock_servers
  create_settings
  read_settings
  reject_repeated_settings
  add_new_secrets
  record_localnet_options
  choose_ports POSTGRES RABBITMQ RABBITMQ_UI RABBITMQ_DIST EPMD API WORKERS
  ! uses_localnet || choose_ports RPC
  start_parts
  install_build
  stop_hosts_with_old_settings
  if ! is_running "$RUN/api.pid" || ! is_running "$RUN/workers.pid"; then
    migrate_database
  fi
  start_hosts
  unlock_servers
  print_addresses
}

# Side by side, because each waits for something else: the network, the disk, Erlang, the compiler.
start_parts() {
  local jobs=() job failed=false
  (
    ensure_packages
    start_servers
  ) &
  jobs+=($!)
  (! uses_localnet || start_localnet) &
  jobs+=($!)
  (build_hosts) &
  jobs+=($!)
  for job in "${jobs[@]}"; do wait "$job" || failed=true; done
  ! $failed || die "not everything started; see above, then ./clones up again"
}

print_addresses() {
  local api
  api=http://127.0.0.1:$(port_of API)
  cat <<TEXT

  API           $api        documentation: $api/docs
                operator key: CLONES_OPERATOR_API_KEY in .env
  RabbitMQ UI   http://127.0.0.1:$(port_of RABBITMQ_UI)        user: clones  password: RABBITMQ_PASSWORD in .env
  PostgreSQL    127.0.0.1:$(port_of POSTGRES), database clones        user: clones  password: POSTGRES_PASSWORD in .env
  Cluster RPC   $(cluster_urls)

  ./clones demo runs the main job; ./clones down stops everything.
TEXT
}

run_down() {
  local wipe=false data
  [ "${1:-}" != --wipe ] || wipe=true
  [ $# = 0 ] || $wipe || die "usage: ./clones down [--wipe]"
  select_servers dev
  lock_servers
  read_settings
  ! docker_mode || docker_down "$wipe"
  stop_hosts
  (stop_localnet)
  stop_servers
  if $wipe; then
    data=$(postgres_data)
    rm -rf "$STATE/postgres" "$STATE/rabbitmq" "$STATE/localnet" "$STATE/app" "$LOGS" "$RUN"
    [ "$data" = "$STATE/postgres" ] || rm -rf "$data"
    rm -f "$SETTINGS_FILE"
    say "data, logs and .env deleted"
  fi
}

run_status() {
  local name port pid
  [ -e "$ROOT/.env" ] || {
    echo "never started: ./clones up"
    return
  }
  select_servers dev
  read_settings
  if docker_mode; then
    compose ps
    return
  fi
  for name in POSTGRES RABBITMQ RPC API WORKERS; do
    port=${SETTINGS[CLONES_${name}_PORT]:-}
    if pid=$(running_pid "$RUN/$(port_holder $name).pid"); then
      printf '%-10s running  127.0.0.1:%-6s pid %s%s\n' "$(port_holder $name)" "$port" "$pid" "$(readiness $name "$port")"
    elif [ $name = RPC ] && ! uses_localnet; then
      printf '%-10s not used: SOLANA_RPC_URLS is %s\n' localnet "$(setting SOLANA_RPC_URLS)"
    else
      printf '%-10s stopped\n' "$(port_holder $name)"
    fi
  done
  ! is_running "$RUN/api.pid" || print_addresses
  ! is_running "$RUN/workers.pid" || say_if_fenced
}

# Everything runs and nothing is signed: nobody would look for that.
say_if_fenced() {
  local fence
  fence=$(run_workers_command fence status 2>/dev/null) || true
  [[ $fence != *RAISED* ]] || printf '%s\n' "$fence"
}

readiness() {
  [ "$1" = API ] || [ "$1" = WORKERS ] || return 0
  answers_ok "$2" /health/ready || printf '  NOT READY: http://127.0.0.1:%s/health/ready' "$2"
}

run_logs() {
  local name='' follow=() argument files=()
  for argument in "$@"; do
    case $argument in
      -f) follow=(-F) ;;
      api | workers | rabbitmq | postgres | localnet) name=$argument ;;
      *) die "usage: ./clones logs [api|workers|rabbitmq|postgres|localnet] [-f]" ;;
    esac
  done
  select_servers dev
  if docker_mode; then
    compose logs --tail=200 ${follow:+-f} ${name:+"$name"}
    return
  fi
  for argument in ${name:-postgres rabbitmq localnet api workers}; do
    [ "$argument" != rabbitmq ] || files+=("$LOGS"/rabbitmq/*.log)
    files+=("$LOGS/$argument.log")
  done
  for argument in "${!files[@]}"; do [ -e "${files[$argument]}" ] || unset "files[$argument]"; done
  [ ${#files[@]} -gt 0 ] || die "no log yet: ./clones up"
  tail -n 200 "${follow[@]}" -- "${files[@]}"
}

run_demo() {
  select_servers dev
  read_localnet_options "$@"
  if docker_mode; then
    [ $# = 0 ] || die "the options of the local cluster go without --docker: ./clones down first"
    docker_up
    # Only the demo itself runs outside of the containers.
    build_hosts
    install_build
  else
    native_up
  fi
  CLONES_API_URL=http://127.0.0.1:$(port_of API) SOLANA_RPC_URLS=$(cluster_urls) RABBITMQ_URL=$(rabbitmq_url) \
    CLONES_OPERATOR_API_KEY=$(setting CLONES_OPERATOR_API_KEY) CLONES_SERVICE_API_KEY=$(setting CLONES_SERVICE_API_KEY) \
    dotnet "$APP/demo/Clones.Demo.dll"
}

# with_private_servers test|bench|chaos COMMAND...: the connection information in its environment, as the tests get it.
with_private_servers() {
  local line
  select_servers "$1"
  shift
  (start_private_servers $$)
  while IFS= read -r line; do export "${line?}"; done <<<"$(print_private_servers)"
  local status=0
  "$@" || status=$?
  release_private_servers
  return $status
}

run_bench() {
  [ $# -gt 0 ] || die "usage: ./clones bench payments|soak|accept|growth|saga|keys|build"
  require_toolchain
  say "building (Release)"
  dotnet build "$ROOT/bench/Clones.Bench" -c Release -v quiet --nologo
  with_private_servers bench dotnet "$ROOT/bench/Clones.Bench/bin/Release/net10.0/Clones.Bench.dll" "$@"
}

# The simulator needs no servers; the chaos run has its own, since it kills them.
run_chaos() {
  local program=$ROOT/tests/Clones.Chaos/bin/Release/net10.0/Clones.Chaos.dll
  require_toolchain
  select_servers chaos
  say "building (Release)"
  dotnet build "$ROOT/tests/Clones.Chaos" -c Release -v quiet --nologo
  if [[ " $* " == *' --simulate '* || $# = 0 || " $* " == *' --help '* ]]; then
    # Each history lives for milliseconds: a first generation of 64 MB is collected when nearly all in it is dead.
    DOTNET_GCgen0size=0x4000000 DOTNET_EnableWriteXorExecute=0 dotnet "$program" "$@"
  else
    ensure_localnet_modules
    with_private_servers chaos dotnet "$program" "$@"
  fi
}
