# shellcheck shell=bash
# The same system through docker compose, where a Docker engine answers.

docker_mode() { [ -e "$ROOT/.local/docker" ]; }
