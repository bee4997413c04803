# shellcheck shell=bash
# The two .NET hosts: built in Release, run from a copy in .local/app, so that a later build does not
# pull the files from under a running process.

APP=$ROOT/.local/app

source_fingerprint() {
  (
    cd "$ROOT" || exit
    find src tools/Clones.Demo Directory.*.props global.json -name bin -prune -o -name obj -prune -o -type f -printf '%p %T@ %s\n' |
      sort | cksum
  )
}

build_hosts() {
  local began=$SECONDS fingerprint
  fingerprint=$(source_fingerprint)
  [ "$(cat "$APP/fingerprint" 2>/dev/null)" != "$fingerprint" ] || return 0
  say "building (Release); the first time this takes some minutes, see ${LOGS#"$ROOT"/}/build.log"
  mkdir -p "$APP"
  dotnet build "$ROOT/deploy/native/hosts.slnf" -c Release -v quiet --nologo </dev/null >"$LOGS/build.log" 2>&1 || {
    grep -E ': error ' "$LOGS/build.log" | sort -u | sed -n 1,20p >&2 || true
    show_log_end "$LOGS/build.log"
    die "the build failed"
  }
  printf '%s\n' "$fingerprint" >"$APP/fingerprint.new"
  say "built in $((SECONDS - began)) s"
}

# Replaces what the hosts run from; they are stopped, because a host loads its files as it goes.
install_build() {
  local name
  [ -e "$APP/fingerprint.new" ] || return 0
  if is_running "$RUN/api.pid" || is_running "$RUN/workers.pid"; then
    say "the sources have changed: the hosts start again"
    stop_hosts
  fi
  rm -rf "$APP/api" "$APP/workers" "$APP/demo"
  for name in src/Clones.Api:api src/Clones.Workers:workers tools/Clones.Demo:demo; do
    cp -R "$ROOT/${name%%:*}/bin/Release/net10.0" "$APP/${name##*:}"
  done
  mv "$APP/fingerprint.new" "$APP/fingerprint"
}

postgres_connection() {
  printf 'Host=127.0.0.1;Port=%s;Database=clones;Username=clones;Password=%s' "$(port_of POSTGRES)" "$(setting POSTGRES_PASSWORD)"
}

rabbitmq_url() { printf 'amqp://clones:%s@127.0.0.1:%s/clones' "$(setting RABBITMQ_PASSWORD)" "$(port_of RABBITMQ)"; }

# What both hosts need, what only one of them reads (where .env says something about it), and what .env adds in .NET's own notation (Serilog__MinimumLevel__Default=Debug).
common_environment() {
  local key
  HOST_UNSET=()
  HOST_ENV=(
    ConnectionStrings__Clones="$(postgres_connection)"
    RABBITMQ_URL="$(rabbitmq_url)"
    SOLANA_RPC_URLS="$(cluster_urls)"
    ASPNETCORE_ENVIRONMENT="$(setting ASPNETCORE_ENVIRONMENT)"
    CLONES_WEBHOOK_SECRET="$(setting CLONES_WEBHOOK_SECRET)"
    CLONES_WEBHOOK_LOOPBACK="$(setting CLONES_WEBHOOK_LOOPBACK)"
  )
  add_settings 'SOLANA_RPC_(REQUESTS_PER_SECOND|BURST)'
  for key in "${!SETTINGS[@]}"; do
    [[ $key != *__* && $key != OTEL_* ]] || HOST_ENV+=("$key=${SETTINGS[$key]}")
  done
}

# The API faces the internet: it never sees what opens a deposit key, not even when the caller's shell exports it.
api_environment() {
  local name
  common_environment
  for name in CLONES_AUTH_TOKEN_KEY CLONES_OPERATOR_API_KEY CLONES_SERVICE_API_KEY; do
    HOST_ENV+=("$name=$(setting "$name")")
  done
  add_settings 'CLONES_AUTH_(DOMAIN|CHAIN)|CLONES_RATE_LIMIT_.*|CLONES_CORS_ORIGINS'
  HOST_ENV+=(ASPNETCORE_URLS="http://127.0.0.1:$(port_of API)")
  mapfile -t HOST_UNSET < <({ compgen -e DEPOSIT_KEY_; compgen -e VAULT_; } || true)
}

workers_environment() {
  common_environment
  add_settings 'DEPOSIT_KEY_.*|VAULT_.*|LIQUIDITY_VENUE|RAYDIUM_CONFIG_INDEX|TOKEN_METADATA_URI|DEPLOYMENT_PRIORITY_FEE_MAX|CLONES_TOKEN_MINT'
  # No debugger or dump tool may read the keys out of the process.
  HOST_ENV+=(ASPNETCORE_URLS="http://127.0.0.1:$(port_of WORKERS)" DOTNET_EnableDiagnostics=0)
}

add_settings() { # add_settings PATTERN: those of .env whose whole name matches
  local name
  for name in "${!SETTINGS[@]}"; do
    [[ ! $name =~ ^($1)$ ]] || HOST_ENV+=("$name=$(setting "$name")")
  done
}

# Into the environment of this (sub)shell, not into the arguments of a program, which every user of the machine can read.
enter_host_environment() {
  local assignment
  [ ${#HOST_UNSET[@]} = 0 ] || unset "${HOST_UNSET[@]}"
  for assignment in "${HOST_ENV[@]}"; do export "${assignment?}"; done
}

# A digest tells whether a running host was started with other settings; it tells nothing else.
settings_digest() { printf '%s\n' "${HOST_UNSET[@]}" "${HOST_ENV[@]}" | sort | sha256sum; }

# A host that runs is stopped only for settings that it would start with.
stop_hosts_with_old_settings() {
  local name changed=()
  for name in api workers; do
    is_running "$RUN/$name.pid" || continue
    "${name}_environment"
    [ "$(settings_digest)" != "$(cat "$RUN/$name.settings" 2>/dev/null)" ] || continue
    check_settings "$name" || die "the settings of $name have changed and cannot be used; it goes on with those it was started with"
    changed+=("$name")
  done
  for name in "${changed[@]}"; do
    say "the settings have changed: $name starts again"
    stop_remembered "$RUN/$name.pid" "$name" 30
  done
}

# check_settings api|workers: with HOST_ENV. What a host says of settings that it cannot start with is all that is shown.
check_settings() {
  local log=$LOGS/check.log
  (
    cd "$APP/$1" || exit
    enter_host_environment
    exec dotnet "$(host_library "$1")" check </dev/null >"$log" 2>&1
  ) || {
    show_why_ended "$log"
    return 1
  }
}

host_library() {
  case $1 in
    api) echo Clones.Api.dll ;;
    workers) echo Clones.Workers.dll ;;
  esac
}

# One line where the host gave its reason; the end of the log where it did not.
show_why_ended() {
  local last
  last=$(tail -n 1 -- "$1" 2>/dev/null)
  case $last in
    'The API cannot start: '* | 'The workers cannot start: '*) printf 'clones: %s\n' "$last" >&2 ;;
    *) show_log_end "$1" ;;
  esac
}

migrate_database() {
  workers_environment
  (
    enter_host_environment
    exec dotnet "$APP/workers/Clones.Workers.dll" migrate </dev/null >"$LOGS/migrate.log" 2>&1
  ) || {
    show_log_end "$LOGS/migrate.log"
    die "the migration of the database failed"
  }
  say "database migrated"
}

start_host() { # start_host api|workers PORT
  local name=$1 log=$LOGS/$1.log
  if is_running "$RUN/$name.pid"; then
    wait_until 60 host_ready_or_ended "$name" "$2" || true
    host_ready "$name" "$2" || die "$name runs but is not ready: ./clones logs $name"
    return 0
  fi
  "${name}_environment"
  settings_digest >"$RUN/$name.settings"
  [ "$(stat -c %s "$log" 2>/dev/null || echo 0)" -lt 50000000 ] || mv "$log" "$log.1"
  (
    ulimit -c 0 # a core dump would hold keys
    cd "$APP/$name" || exit
    enter_host_environment
    start_background "$RUN/$name.pid" "$log" dotnet "$(host_library "$name")"
  )
  wait_until 60 host_ready_or_ended "$name" "$2" || true
  host_ready "$name" "$2" || {
    show_why_ended "$log"
    die "$name did not become ready: ./clones logs $name"
  }
  say "$name ready on 127.0.0.1:$2"
}

# Itself, not another checkout's host that took the port between our look at it and our start.
host_ready() {
  local pid
  answers_ok "$2" /health/ready && pid=$(running_pid "$RUN/$1.pid") && process_listens "$pid" "$2"
}

host_ready_or_ended() { host_ready "$@" || process_ended "$RUN/$1.pid"; }

start_hosts() {
  local api workers failed=false
  (start_host workers "$(port_of WORKERS)") &
  workers=$!
  (start_host api "$(port_of API)") &
  api=$!
  wait $workers || failed=true
  wait $api || failed=true
  ! $failed || exit 1
}

stop_hosts() {
  local workers
  (stop_remembered "$RUN/workers.pid" workers 30) &
  workers=$!
  (stop_remembered "$RUN/api.pid" api 15)
  wait $workers
}
