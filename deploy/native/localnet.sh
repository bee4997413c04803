# shellcheck shell=bash
# The local Solana cluster: tools/localnet, a Node program. Used where SOLANA_RPC_URLS names no other.

# What up or demo was given for it this time.
LOCALNET_OPTIONS=()

uses_localnet() { [ -z "$(setting SOLANA_RPC_URLS)" ]; }

cluster_urls() {
  if uses_localnet; then
    printf 'http://127.0.0.1:%s\n' "$(port_of RPC)"
  else
    setting SOLANA_RPC_URLS
  fi
}

# npm ci when the lock file is newer than what was installed from it.
ensure_localnet_modules() { ensure_node_modules tools/localnet; }

ensure_node_modules() { # ensure_node_modules FOLDER
  local folder=$ROOT/$1
  local installed=$folder/node_modules/.clones-installed
  [ -f "$folder/package-lock.json" ] || return 0
  [ ! "$installed" -nt "$folder/package-lock.json" ] || return 0
  say "npm ci in $1"
  (
    flock 8
    [ "$installed" -nt "$folder/package-lock.json" ] ||
      (npm ci --prefix "$folder" --no-audit --no-fund --loglevel=error </dev/null >"$LOGS/npm.log" 2>&1 && touch "$installed")
  ) 8>"$ROOT/.local/npm.lock" || {
    show_log_end "$LOGS/npm.log"
    die "npm ci failed"
  }
}

# read_localnet_options OPTION...: what up and demo were given for the local cluster, with files by their whole path.
read_localnet_options() {
  local option value file
  LOCALNET_OPTIONS=()
  while [ $# -gt 0 ]; do
    option=${1%%=*}
    case $1 in
      --program=* | --account=* | --clone=* | --clone-url=*) value=${1#*=} ;;
      --program | --account | --clone | --clone-url)
        [ $# -gt 1 ] || die "$1 takes a value: ./clones help"
        value=$2
        shift
        ;;
      *) die "there is no option \"$1\": --program ID=FILE.so, --account ID=FILE.json, --clone ID, --clone-url URL, or --docker" ;;
    esac
    shift
    case $option in
      --program | --account)
        [[ $value == ?*=?* ]] || die "$option takes ID=FILE, not \"$value\""
        file=$(realpath -m -- "${value#*=}")
        [ -f "$file" ] && [ -r "$file" ] || die "$option: cannot read ${value#*=}"
        value=${value%%=*}=$file
        ;;
    esac
    [[ $value != *[[:space:]]* ]] || die "$option: \"$value\" has a space in it; copy the file to where there is none"
    LOCALNET_OPTIONS+=("$option" "$value")
  done
}

# What was given holds for later starts too, until something else is given or the line is taken out of .env.
record_localnet_options() {
  [ ${#LOCALNET_OPTIONS[@]} -gt 0 ] || return 0
  uses_localnet || die "${LOCALNET_OPTIONS[0]} is for the local cluster, and SOLANA_RPC_URLS names another one"
  record_setting CLONES_LOCALNET_ARGS "${LOCALNET_OPTIONS[*]}"
}

start_localnet() {
  local given options=()
  given=$(setting CLONES_LOCALNET_ARGS)
  if is_running "$RUN/localnet.pid"; then
    [ "$given" != "$(cat "$RUN/localnet.options" 2>/dev/null)" ] || return 0
    say "the local cluster is given something else: it starts again"
    stop_localnet
  fi
  ensure_localnet_modules
  read -ra options <<<"$given"
  printf '%s\n' "$given" >"$RUN/localnet.options"
  (
    cd "$ROOT" || exit # so that .env may name files from here
    start_background "$RUN/localnet.pid" "$LOGS/localnet.log" node "$ROOT/tools/localnet/main.mjs" \
      --port "$(port_of RPC)" --slot-ms "$(setting CLONES_SLOT_MS)" --ledger "$STATE/localnet" "${options[@]}"
  )
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
