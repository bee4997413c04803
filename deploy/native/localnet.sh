# shellcheck shell=bash
# The local Solana cluster: tools/localnet, a Node program.

# npm ci when the lock file is newer than what was installed from it.
ensure_localnet_modules() {
  local folder=$ROOT/tools/localnet
  [ -f "$folder/package-lock.json" ] || return 0
  [ "$folder/node_modules/.clones-installed" -nt "$folder/package-lock.json" ] || {
    say "npm ci in tools/localnet"
    (
      flock 8
      npm ci --prefix "$folder" --no-audit --no-fund --loglevel=error </dev/null >"$LOGS/npm.log" 2>&1
    ) 8>"$ROOT/.local/npm.lock" || {
      show_log_end "$LOGS/npm.log"
      die "npm ci failed"
    }
    touch "$folder/node_modules/.clones-installed"
  }
}
