# shellcheck shell=bash
# The local Solana cluster: tools/localnet, a Node program. Used where SOLANA_RPC_URLS names no other.

uses_localnet() { [ -z "$(setting SOLANA_RPC_URLS)" ]; }

cluster_urls() {
  if uses_localnet; then
    printf 'http://127.0.0.1:%s\n' "$(port_of RPC)"
  else
    setting SOLANA_RPC_URLS
  fi
}

# npm ci when the lock file is newer than what was installed from it.
ensure_localnet_modules() {
  local folder=$ROOT/tools/localnet
  local installed=$folder/node_modules/.clones-installed
  [ -f "$folder/package-lock.json" ] || return 0
  [ ! "$installed" -nt "$folder/package-lock.json" ] || return 0
  say "npm ci in tools/localnet"
  (
    flock 8
    [ "$installed" -nt "$folder/package-lock.json" ] ||
      (npm ci --prefix "$folder" --no-audit --no-fund --loglevel=error </dev/null >"$LOGS/npm.log" 2>&1 && touch "$installed")
  ) 8>"$ROOT/.local/npm.lock" || {
    show_log_end "$LOGS/npm.log"
    die "npm ci failed"
  }
}

start_localnet() {
  ! is_running "$RUN/localnet.pid" || return 0
  ensure_localnet_modules
  start_background "$RUN/localnet.pid" "$LOGS/localnet.log" node "$ROOT/tools/localnet/main.mjs" \
    --port "$(port_of RPC)" --slot-ms "$(setting CLONES_SLOT_MS)" --ledger "$STATE/localnet"
  wait_until 30 localnet_answers_or_ended || true
  localnet_answers || {
    show_log_end "$LOGS/localnet.log"
    die "the local cluster did not start"
  }
  say "local Solana cluster ready on 127.0.0.1:$(port_of RPC)"
}

localnet_answers() { answers_ok "$(port_of RPC)" /health; }

localnet_answers_or_ended() { localnet_answers || process_ended "$RUN/localnet.pid"; }

stop_localnet() { stop_remembered "$RUN/localnet.pid" "local cluster" 15; }
