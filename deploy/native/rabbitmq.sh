# shellcheck shell=bash
# A private RabbitMQ on 127.0.0.1, with the management UI, under the user who called the script.

rabbitmq_environment() { # fills RABBITMQ_ENV
  local home=$STATE/rabbitmq
  RABBITMQ_ENV=(
    HOME="$home" # the Erlang cookie lives there
    LANG=C.UTF-8
    RABBITMQ_CONF_ENV_FILE="$home/env.conf"
    # Without a port in it: the data belongs to the name, and ports may move. The private epmd keeps it apart from others.
    RABBITMQ_NODENAME="clones-$SERVERS@localhost"
    RABBITMQ_MNESIA_BASE="$home/store"
    RABBITMQ_MNESIA_DIR="$home/store/node"
    RABBITMQ_FEATURE_FLAGS_FILE="$home/store/feature_flags"
    RABBITMQ_LOG_BASE="$LOGS/rabbitmq"
    RABBITMQ_GENERATED_CONFIG_DIR="$home/generated"
    RABBITMQ_CONFIG_FILE="$home/rabbitmq.conf"
    RABBITMQ_ADVANCED_CONFIG_FILE="$home/advanced.config"
    RABBITMQ_ENABLED_PLUGINS_FILE="$home/enabled_plugins"
    RABBITMQ_PID_FILE="$RUN/rabbitmq.node.pid"
    RABBITMQ_DIST_PORT="$(port_of RABBITMQ_DIST)"
    # The launcher then replaces itself by the node, which is the process that we remember.
    RABBITMQ_ALLOW_INPUT=true
    ERL_EPMD_PORT="$(port_of EPMD)"
    ERL_EPMD_ADDRESS=127.0.0.1
    # Idle schedulers would spin for work on cores that the hosts need.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-noinput -kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none"
  )
}

write_rabbitmq_configuration() {
  local home=$STATE/rabbitmq
  (
    umask 077
    mkdir -p "$home/store" "$home/generated" "$LOGS/rabbitmq"
    : >"$home/env.conf"
    echo '[].' >"$home/advanced.config"
    # The shovel is what "Move messages" of the management UI works with.
    echo '[rabbitmq_management,rabbitmq_shovel,rabbitmq_shovel_management].' >"$home/enabled_plugins"
    cat >"$home/rabbitmq.conf" <<CONF
listeners.tcp.1 = 127.0.0.1:$(port_of RABBITMQ)
management.tcp.ip = 127.0.0.1
management.tcp.port = $(port_of RABBITMQ_UI)
default_user = clones
default_pass = $(setting RABBITMQ_PASSWORD)
default_vhost = clones
log.file.level = info
CONF
  )
}

start_epmd() {
  local epmd
  ! is_running "$RUN/epmd.pid" || return 0
  epmd=$(command -v epmd) || die "epmd (Erlang) is missing"
  start_background "$RUN/epmd.pid" "$LOGS/epmd.log" "$epmd" -address 127.0.0.1 -port "$(port_of EPMD)"
  wait_until 10 port_listening "$(port_of EPMD)" || die "epmd did not start: $LOGS/epmd.log"
}

start_rabbitmq() {
  local began=$SECONDS
  ! is_running "$RUN/rabbitmq.pid" || return 0
  write_rabbitmq_configuration
  start_epmd
  rabbitmq_environment
  say "RabbitMQ is starting (10 to 16 s)"
  (
    ulimit -n "$(ulimit -Hn)"
    cd /
    start_background "$RUN/rabbitmq.pid" "$LOGS/rabbitmq.log" env "${RABBITMQ_ENV[@]}" "$(rabbitmq_bin)/rabbitmq-server"
  )
  wait_until 90 rabbitmq_answers_or_ended || true
  rabbitmq_answers || {
    show_log_end "$LOGS/rabbitmq.log"
    die "RabbitMQ did not start"
  }
  say "RabbitMQ ready on 127.0.0.1:$(port_of RABBITMQ) after $((SECONDS - began)) s"
}

rabbitmq_answers() {
  answers_ok "$(port_of RABBITMQ_UI)" "/api/health/checks/port-listener/$(port_of RABBITMQ)" "clones:$(setting RABBITMQ_PASSWORD)"
}

rabbitmq_answers_or_ended() { rabbitmq_answers || process_ended "$RUN/rabbitmq.pid"; }

stop_rabbitmq() {
  stop_remembered "$RUN/rabbitmq.pid" RabbitMQ 30
  stop_remembered "$RUN/epmd.pid" epmd 5
  rm -f "$RUN/rabbitmq.node.pid"
}
