#!/usr/bin/env bash
# As the part before it, under the systemd of Debian 13, which is new enough for Type=notify-reload. Run by script/e2e.
set -euo pipefail
export SUITE=trixie IMAGE=$IMAGE-trixie
exec bash tests/e2e/systemd.sh
