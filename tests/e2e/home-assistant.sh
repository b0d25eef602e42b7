#!/usr/bin/env bash
# packaging/home-assistant: that its options are moored's, what its script makes of them, and that its Dockerfile builds (on
# Debian, for Home Assistant's own base image is not here). Run by script/e2e.
set -euo pipefail
. tests/e2e/lib.sh

install_tools busybox jq
python_tools kubernetes # for YAML
addon=packaging/home-assistant
here=$WORK/home-assistant
mkdir -p "$here/bin" "$here/data" "$here/config" "$here/context"
json() { "$venv/bin/python" -c 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)' <"$addon/$1"; }
json config.yaml >"$here/config.json"
json translations/en.yaml >"$here/en.json"

check "its version is the program's" equal "moored $(jq -r .version "$here/config.json")" "$("$MOORED" --version)"
check "it has what every add-on needs" \
    equal "$(jq '[.name, .version, .slug, .description, .arch[]] | all(type == "string")' "$here/config.json")" true
check "every option has its words" equal "$(jq -c '.configuration | keys' "$here/en.json")" "$(jq -c '.schema | keys' "$here/config.json")"
for option in $(jq -r '.schema | del(.log) | keys[]' "$here/config.json"); do
    grep -q "MOORED_${option^^}\b" contrib/man/moored.toml.5 || die "moored has no variable for the option $option"
done
shown "every option is a variable of moored's"

busybox --install -s "$here/bin"
cp "$(command -v jq)" "$MOORED" "$here/bin"
# shellcheck disable=SC2120 # it is given variables, or none
start() {
    sed -e "s|=/config/|=$here/config/|" -e "s|=/data/|=$here/data/|" "$addon/run.sh" >"$here/run.sh"
    env -i PATH="$here/bin" "$@" "$here/bin/ash" "$here/run.sh" --once >"$here/said" 2>&1
}
on_failure() { cat "$here/said" >&2; }
sandboxed=("MOORED_DOMENESHOP_ENDPOINT=http://$GATEWAY:5301/v0" "MOORED_DNS_SERVERS=$GATEWAY:5300" MOORED_TIMEOUT=2s)
jq '.options + {domeneshop_token: "sandbox", domeneshop_secret: "sandbox-secret", ipv6_sources: ["none"],
    domeneshop_hosts: ["assistant.example.com", "it.example.com"], ipv4_sources: ["static:84.212.80.1"]}' \
    "$here/config.json" >"$here/data/options.json"
check "the options are what it goes by" start "${sandboxed[@]}"
check "so both records are there" equal "$(addresses assistant) $(addresses it)" "84.212.80.1 84.212.80.1"
check "what it remembers is kept with the add-on" test -s "$here/data/state/state.json"
check "the secret is not in its log" lacks sandbox-secret "$(cat "$here/said")"
printf '%s' "it's \"\$HOME\" \\ \`id\`" >"$here/hard"
jq --rawfile hard "$here/hard" '.domeneshop_secret = $hard' "$here/data/options.json" >"$here/changed"
mv "$here/changed" "$here/data/options.json"
printf '#!/bin/sh\nprintf %%s "$MOORED_DOMENESHOP_SECRET"\n' >"$here/bin/moored"
start
check "whatever is in a secret arrives" cmp "$here/hard" "$here/said"
touch "$here/config/config.toml"
printf '#!/bin/sh\necho "$@" "$MOORED_DOMENESHOP_SECRET"\n' >"$here/bin/moored"
start
check "a configuration file of one's own goes before the options" equal "$(tail -n 1 "$here/said")" \
    "--config $here/config/config.toml --log info --once "

debian
cp -r "$addon/." "$here/context"
cp "$MOORED" "$here/context/moored"
docker build -q --label "$LABEL" --build-arg "BUILD_FROM=$IMAGE" -t "$IMAGE-addon" "$here/context" >"$here/build.log" 2>&1 ||
    { cat "$here/build.log"; die "the add-on cannot be built"; }
in_addon() { docker run --rm --label "$LABEL" --network none "$IMAGE-addon" "$@"; }
check "its Dockerfile builds, and the program runs in it" equal "$(in_addon moored --version)" "$("$MOORED" --version)"
check "its command is there" in_addon test -x /run.sh
