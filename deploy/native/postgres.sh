# shellcheck shell=bash
# A private PostgreSQL on 127.0.0.1. It does not run as root: there it runs as the user postgres.

AS_POSTGRES=()
[ "$(id -u)" != 0 ] || AS_POSTGRES=(setpriv --reuid=postgres --regid=postgres --clear-groups --)

# In / because that user may not be able to enter the folder we are in.
as_postgres() { (cd / && "${AS_POSTGRES[@]}" "$@"); }

# The data folder lies in .local, unless the user postgres cannot reach that (a checkout below /root).
postgres_data() {
  local inside=$STATE/postgres
  if [ "$(id -u)" != 0 ] || as_postgres test -x "$STATE" 2>/dev/null; then
    printf '%s\n' "$inside"
  else
    printf '/var/lib/clones-%s-%s\n' "$SERVERS" "$(printf '%s' "$STATE" | cksum | cut -d ' ' -f 1)"
  fi
}

create_postgres_cluster() {
  local data=$1 bin=$2 password=$1.password
  [ ! -s "$data/PG_VERSION" ] || return 0
  [[ $data == "$STATE"/* ]] || say "PostgreSQL's data goes to $data: its user cannot reach $STATE"
  rm -rf "$data"
  install -d -m 700 "$data"
  (umask 077 && printf '%s\n' "$(setting POSTGRES_PASSWORD)" >"$password")
  [ "$(id -u)" != 0 ] || chown postgres: "$data" "$password"
  as_postgres "$bin/initdb" -D "$data" -U clones --pwfile="$password" --auth=scram-sha-256 \
    --encoding=UTF8 --locale=C.UTF-8 >>"$LOGS/postgres.log" 2>&1 || {
    rm -f "$password"
    rm -rf "$data"
    show_log_end "$LOGS/postgres.log"
    die "initdb failed"
  }
  rm -f "$password"
}

start_postgres() {
  local data bin options=() port
  ! is_running "$RUN/postgres.pid" || return 0
  port=$(port_of POSTGRES)
  bin=$(postgres_bin)
  data=$(postgres_data)
  create_postgres_cluster "$data" "$bin"
  [[ $("$bin/postgres" --version) == *") $(cat "$data/PG_VERSION")"[.\ ]* ]] ||
    die "$data was made by PostgreSQL $(cat "$data/PG_VERSION"), installed is another: ./clones down --wipe starts afresh"
  options=(-c listen_addresses=127.0.0.1 -c port="$port" -c unix_socket_directories='' -c max_connections=300)
  # Tests lose nothing by a power cut, and their databases come and go by the hundred.
  [ "$SERVERS" != test ] || options+=(-c fsync=off -c synchronous_commit=off -c full_page_writes=off)
  wait_until 60 postgres_answers_or_starts "$bin" "$port" "$data" || {
    show_log_end "$LOGS/postgres.log"
    die "PostgreSQL did not start"
  }
  [ "$SERVERS" != dev ] || create_database "$bin" clones
  say "PostgreSQL ready on 127.0.0.1:$port"
}

# Again where it has ended: after a SIGKILL it does not start as long as one of its old backends still lives.
postgres_answers_or_starts() {
  local bin=$1 port=$2 data=$3
  is_running "$RUN/postgres.pid" ||
    (cd / && start_background "$RUN/postgres.pid" "$LOGS/postgres.log" "${AS_POSTGRES[@]}" "$bin/postgres" -D "$data" "${options[@]}")
  postgres_answers "$bin" "$port"
}

postgres_answers() { as_postgres "$1/pg_isready" -q -h 127.0.0.1 -p "$2"; }

create_database() {
  local query="select 1 from pg_database where datname = '$2'"
  [ "$(run_sql "$1" "$query")" = 1 ] || run_sql "$1" "create database $2" >/dev/null
}

run_sql() {
  PGPASSWORD=$(setting POSTGRES_PASSWORD) "$1/psql" -h 127.0.0.1 -p "$(port_of POSTGRES)" -U clones -d postgres -Atqc "$2"
}

# INT is PostgreSQL's fast shutdown: it ends the sessions instead of waiting for them to leave.
stop_postgres() { stop_remembered "$RUN/postgres.pid" PostgreSQL 30 INT; }
