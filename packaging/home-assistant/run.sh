#!/bin/sh
# The add-on's options as moored's environment. An option that is empty has moored's default.
set -e

own=/config/config.toml
options=/data/options.json
umask 077
# s6, which is PID 1 there, hands none of an image's variables on.
export STATE_DIRECTORY=/data/state
mkdir -p "$STATE_DIRECTORY"
log=$(jq -r .log "$options")
if [ -e "$own" ]; then
    echo "The options but for log are not used, for there is a config.toml in the add-on's configuration directory." >&2
    exec moored --config "$own" --log "$log" "$@"
fi
variables=$(jq -r 'del(.log) | to_entries[] | .value |= (if type == "array" then join(",") else tostring end) |
    select(.value != "" and .value != "null") | "export MOORED_\(.key | ascii_upcase)=\(.value | @sh)"' "$options")
eval "$variables"
exec moored --log "$log" "$@"
