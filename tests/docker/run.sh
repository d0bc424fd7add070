#!/bin/bash
# Finds a container engine and runs live.py on it. Where there is none, says so and checks what can be checked without.
# ZGC_CONTAINERS may name a kit that brings an engine and local base images (prepare.sh, lib.sh, stop.sh).
set -euo pipefail
cd "$(dirname "$0")/../.."
kit=${ZGC_CONTAINERS:-../shared/containers}

if [ -x "$kit/prepare.sh" ] && [ "$(id -u)" = 0 ]; then
  # shellcheck source=/dev/null
  . "$kit/lib.sh"
  # an engine that was not running before is not left running after
  docker version >/dev/null 2>&1 || trap '"$kit/stop.sh" >/dev/null 2>&1 || true' EXIT
  "$kit/prepare.sh"
  export PATH="$CK_HOME/lint/bin:$PATH"
  : "${ZGC_POSTGRES_IMAGE:=postgres:$CK_POSTGRES-bookworm}"
  export ZGC_POSTGRES_IMAGE
fi
python3 tests/docker/live.py "$@"
