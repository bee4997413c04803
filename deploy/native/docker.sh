# shellcheck shell=bash
# The same system through docker compose, where a Docker engine answers.

# While this file is there the containers are in charge: down, status, logs and demo speak to them.
DOCKER_MARK=$ROOT/.local/docker

docker_mode() { [ -e "$DOCKER_MARK" ]; }

# The plugin of today or the program of yesterday, whichever is there.
compose() {
  local program=(docker-compose)
  ! docker compose version >/dev/null 2>&1 || program=(docker compose)
  command -v "${program[0]}" >/dev/null || die "neither \"docker compose\" nor docker-compose is installed"
  CLONES_WS_PORT=$(($(port_of RPC) + 1)) "${program[@]}" --project-directory "$ROOT" -f "$ROOT/docker-compose.yml" \
    --env-file "$SETTINGS_FILE" "$@"
}

docker_up() {
  local name
  docker info >/dev/null 2>&1 || die "no Docker engine answers; ./clones up starts everything without one"
  select_servers dev
  for name in api workers postgres rabbitmq localnet; do
    ! is_running "$RUN/$name.pid" || die "$name runs natively: ./clones down first"
  done
  lock_servers
  create_settings
  read_settings
  reject_repeated_settings
  add_new_secrets
  [ -z "$(setting CLONES_LOCALNET_ARGS)" ] || die "CLONES_LOCALNET_ARGS names files that containers do not see: ./clones up without --docker"
  # Running containers hold their ports themselves.
  docker_mode || choose_ports POSTGRES RABBITMQ RABBITMQ_UI RPC API WORKERS
  : >"$DOCKER_MARK"
  say "docker compose up (the first time builds the images)"
  compose up -d --build --remove-orphans >"$LOGS/compose.log" 2>&1 </dev/null || {
    show_log_end "$LOGS/compose.log"
    die "docker compose failed; ./clones logs NAME shows what a container said"
  }
  wait_until 120 containers_ready || die "the API or the workers did not become ready: ./clones logs api, ./clones logs workers"
  say "API and workers ready"
  unlock_servers
  print_addresses
}

containers_ready() { answers_ok "$(port_of API)" /health/ready && answers_ok "$(port_of WORKERS)" /health/ready; }

docker_down() { # docker_down WIPE(true|false)
  local volumes=()
  ! $1 || volumes=(--volumes)
  say "docker compose down"
  compose down --remove-orphans "${volumes[@]}" >>"$LOGS/compose.log" 2>&1 </dev/null || {
    show_log_end "$LOGS/compose.log"
    die "docker compose down failed"
  }
  rm -f "$DOCKER_MARK"
  say "containers stopped"
}
