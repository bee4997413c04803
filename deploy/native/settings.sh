# shellcheck shell=bash
# Settings of one set of servers ("dev", "test", "bench" or "chaos"): a file KEY=VALUE, mode 600, read as text
# and never executed. The environment wins over the file; what it gives at a start is recorded in it.

declare -A SETTINGS=()

# select_servers dev|test|bench|chaos: STATE is their private folder, SETTINGS_FILE where their settings stand.
select_servers() {
  SERVERS=$1
  case $SERVERS in
    dev) STATE=$ROOT/.local SETTINGS_FILE=$ROOT/.env ;;
    test | bench | chaos) STATE=$ROOT/.local/$SERVERS SETTINGS_FILE=$ROOT/.local/$SERVERS/env ;;
    *) die "unknown servers \"$SERVERS\": dev, test, bench or chaos" ;;
  esac
  LOGS=$STATE/logs
  RUN=$STATE/run
  mkdir -p "$LOGS" "$RUN" 2>/dev/null || die "cannot write to $STATE (made by another user, perhaps with sudo?)"
}

read_settings() {
  local line key
  SETTINGS=()
  [ -e "$SETTINGS_FILE" ] || return 0
  [ -r "$SETTINGS_FILE" ] || die "cannot read $SETTINGS_FILE (made by another user, perhaps with sudo?)"
  while IFS= read -r line || [ -n "$line" ]; do
    [[ $line =~ ^[A-Za-z_][A-Za-z0-9_]*= ]] || continue
    key=${line%%=*}
    SETTINGS[$key]=${line#*=}
  done <"$SETTINGS_FILE"
}

# A name that stands twice would silently have its last value: a second secret of a master key would lock out
# what was encrypted under the first. Which of the two is meant, nobody but the operator can tell.
reject_repeated_settings() {
  local line key number=0 repeated=() file=${SETTINGS_FILE#"$ROOT"/}
  local -A line_of=()
  [ -e "$SETTINGS_FILE" ] || return 0
  while IFS= read -r line || [ -n "$line" ]; do
    number=$((number + 1))
    [[ $line =~ ^[A-Za-z_][A-Za-z0-9_]*= ]] || continue
    key=${line%%=*}
    [ -z "${line_of[$key]:-}" ] || repeated+=("$key stands twice in $file, in lines ${line_of[$key]} and $number")
    line_of[$key]=$number
  done <"$SETTINGS_FILE"
  [ ${#repeated[@]} -gt 0 ] || return 0
  for line in "${repeated[@]}"; do warn "$line"; done
  die "delete the lines of $file that do not hold; the one that the workers run with is the one to keep, for their keys are under it"
}

# setting KEY: from the environment, else from the file; empty when neither has it.
# The environment speaks of the dev servers only: a port meant for those must not hit the test servers too.
setting() {
  local from_environment=''
  [ "$SERVERS" != dev ] || from_environment=${!1:-}
  printf '%s' "${from_environment:-${SETTINGS[$1]:-}}"
}

record_setting() {
  local key=$1 value=$2 draft=$SETTINGS_FILE.new
  SETTINGS[$key]=$value
  (
    umask 077
    grep -v "^$key=" "$SETTINGS_FILE" >"$draft" || true
    printf '%s=%s\n' "$key" "$value" >>"$draft"
  )
  mv "$draft" "$SETTINGS_FILE"
}

# An .env of an earlier version lacks the secrets that came later: they are made as the first start makes them.
add_new_secrets() {
  local name
  for name in CLONES_WEBHOOK_SECRET; do
    if [ -z "$(setting "$name")" ]; then
      record_setting "$name" "$(random_secret)"
      say "added $name to .env"
    fi
  done
}

# 32 random bytes as 64 hex digits: no character that a URL, a shell or a connection string would read otherwise.
random_secret() { od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n'; }

# Fills every <random> of the template with a secret of its own.
create_settings() {
  local line template=$ROOT/.env.example
  [ ! -e "$SETTINGS_FILE" ] || return 0
  if [ "$SERVERS" = dev ] && [ -d "$STATE/rabbitmq/store" ]; then
    die ".env is missing, and .local holds data under its secrets: put it back, or delete the data with ./clones down --wipe"
  fi
  [ "$SERVERS" = dev ] || template=$ROOT/deploy/native/private-servers.env
  (
    umask 077
    while IFS= read -r line || [ -n "$line" ]; do
      case $line in
        '#'*) ;;
        *'<random>'*) line=${line/'<random>'/$(random_secret)} ;;
      esac
      printf '%s\n' "$line"
    done <"$template" >"$SETTINGS_FILE.new"
    mv "$SETTINGS_FILE.new" "$SETTINGS_FILE"
  )
  [ "$SERVERS" != dev ] || say "wrote .env with fresh secrets (only you can read it)"
}

