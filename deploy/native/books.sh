# shellcheck shell=bash
# reconcile, fence, keys: the workers' own commands, with the settings of the workers; their keys only where keys are opened, or told by name.

run_workers_command() { # run_workers_command reconcile|fence|keys ...
  local input=/dev/null
  select_servers dev
  read_settings
  # The file stays where it is: a container reads it from its standard input.
  if [ "$1 ${2:-}" = "keys import" ] && [ -f "${3:-}" ]; then
    input=$3
    set -- keys import - "${@:4}"
  fi
  if docker_mode; then
    compose run --rm --no-deps -T workers "$@" <"$input"
    return
  fi
  [ -e "$APP/workers/Clones.Workers.dll" ] || die "never started: ./clones up"
  is_running "$RUN/postgres.pid" || die "PostgreSQL is not running: ./clones up"
  workers_environment
  (
    ulimit -c 0 # a core dump would hold keys
    enter_host_environment
    case "$1 ${2:-}" in
      "keys import" | "keys retire" | "keys status") ;;
      *) unset "${!DEPOSIT_KEY_@}" "${!VAULT_@}" ;;
    esac
    exec dotnet "$APP/workers/Clones.Workers.dll" "$@" <"$input"
  )
}
