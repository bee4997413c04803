# shellcheck shell=bash
# reconcile, fence: the workers' own commands, with the settings of the workers and nothing of their keys.

run_workers_command() { # run_workers_command reconcile|fence ...
  select_servers dev
  read_settings
  if docker_mode; then
    compose run --rm --no-deps -T workers "$@"
    return
  fi
  [ -e "$APP/workers/Clones.Workers.dll" ] || die "never started: ./clones up"
  is_running "$RUN/postgres.pid" || die "PostgreSQL is not running: ./clones up"
  workers_environment
  (
    enter_host_environment
    unset "${!DEPOSIT_KEY_@}"
    exec dotnet "$APP/workers/Clones.Workers.dll" "$@"
  )
}
