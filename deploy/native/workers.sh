# shellcheck shell=bash
# reconcile, fence, keys, errors, token, airdrop: the workers' own commands, with the settings of the workers; their keys only where keys are opened, or told by name.

run_workers_command() { # run_workers_command reconcile|fence|keys|errors|token|airdrop ...
  local input=/dev/null options=() server=postgres title=PostgreSQL
  select_servers dev
  read_settings
  # The others must work in any case: the fence is raised in an emergency.
  case "$1 ${2:-}" in
    "keys import" | "keys retire") reject_repeated_settings ;;
  esac
  # The file stays where it is: a container reads it from its standard input.
  if [ "$1 ${2:-}" = "keys import" ] && [ -f "${3:-}" ]; then
    input=$3
    set -- keys import - "${@:4}"
  fi
  if docker_mode; then
    case $1 in
      token | airdrop)
        # The development wallet stays on this side, as its owner's.
        mkdir -p "$STATE/dev"
        options=(--user "$(id -u):$(id -g)" -v "$STATE/dev:/dev-wallet" -e CLONES_DEV_KEYPAIR=/dev-wallet/wallet.json)
        ;;
    esac
    compose run --rm --no-deps -T "${options[@]}" workers "$@" <"$input"
    return
  fi
  [ -e "$APP/workers/Clones.Workers.dll" ] || die "never started: ./clones up"
  [ "$1" != errors ] || server=rabbitmq title=RabbitMQ
  [[ " $* " == *' --help '* || " $* " == *' -h '* ]] || is_running "$RUN/$server.pid" || die "$title is not running: ./clones up"
  workers_environment
  [ "$1" != errors ] || HOST_ENV+=(RABBITMQ_MANAGEMENT_URL="http://127.0.0.1:$(port_of RABBITMQ_UI)")
  (
    ulimit -c 0 # a core dump would hold keys
    enter_host_environment
    case "$1 ${2:-}" in
      "keys import" | "keys retire" | "keys status" | "keys audit") ;;
      *) unset "${!DEPOSIT_KEY_@}" "${!VAULT_@}" ;;
    esac
    export CLONES_DEV_KEYPAIR=${CLONES_DEV_KEYPAIR:-$STATE/dev/wallet.json}
    exec dotnet "$APP/workers/Clones.Workers.dll" "$@" <"$input"
  )
}

# An owner's wallet for a shell. It is no part of the system: it has a keypair of its own, and knows the API by its address alone.
run_wallet_command() {
  select_servers dev
  read_settings
  # Where the system runs in containers, nothing was built on this side yet; only the token or signature goes to standard output.
  [ -e "$APP/demo/Clones.Demo.dll" ] || { build_hosts && install_build; } >&2
  CLONES_API_URL=http://127.0.0.1:$(port_of API) CLONES_OWNER_KEYPAIR=${CLONES_OWNER_KEYPAIR:-$STATE/dev/owner.json} \
    exec dotnet "$APP/demo/Clones.Demo.dll" wallet "$@"
}

# Keys of services and operators: the API's own command, with the settings of the API.
run_apikey_command() {
  select_servers dev
  read_settings
  if docker_mode; then
    compose run --rm --no-deps -T api apikey "$@" </dev/null
    return
  fi
  [ -e "$APP/api/Clones.Api.dll" ] || die "never started: ./clones up"
  is_running "$RUN/postgres.pid" || die "PostgreSQL is not running: ./clones up"
  api_environment
  (
    enter_host_environment
    exec dotnet "$APP/api/Clones.Api.dll" apikey "$@" </dev/null
  )
}
