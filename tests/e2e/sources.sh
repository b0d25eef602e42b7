#!/usr/bin/env bash
# Our address as real servers see it, Knot with names that answer with the asker's address and coturn, and as a real
# kernel has it: in two network namespaces, a host and an Internet that has the addresses of the built-in operators.
# Run by script/e2e.
set -euo pipefail
. tests/e2e/lib.sh

install_tools ip:iproute2 sysctl:procps jq curl
install_without_services knotd:knot turnserver:coturn
here=$WORK/sources
mkdir -p "$here"
on_failure() { tail -n 30 "$here"/*.log "$here"/said* >&2; }
# Runs a program in a namespace until the part ends: its log's name and the namespace come first.
in_background() { ip netns exec "$2" "${@:3}" >>"$here/$1.log" 2>&1 & }

# Each in both families: the host, the line's router, which is its resolver too, and the operators' servers.
HOST=(84.212.10.20 2a01:79c:1::20)
ROUTER=(84.212.10.1 2a01:79c:1::1)
OPENDNS=(208.67.222.222 2620:119:35::35)
GOOGLE=(216.239.32.10 2001:4860:4802:32::a)
CLOUDFLARE=(1.1.1.1 2606:4700:4700::1111)
AKAMAI=(193.108.88.1 2600:1480:5000::1)
STUN=(74.125.250.129 2001:4860:4864:5:8000::1)
LENGTH=(24 64)
FAMILIES=(ipv4 ipv6)

# The line's resolver is the only one there is.
host_and_net wan0 "${ROUTER[0]}"
for family in 0 1; do
    for address in "${OPENDNS[family]}" "${GOOGLE[family]}" "${CLOUDFLARE[family]}" "${AKAMAI[family]}" "${STUN[family]}"; do
        ip -n "$net" addr add "$address" dev lo
    done
    ip -n "$net" addr add "${ROUTER[family]}/${LENGTH[family]}" dev isp0
    ip -n "$host" addr add "${HOST[family]}/${LENGTH[family]}" dev wan0
    ip -n "$host" route add default via "${ROUTER[family]}" dev wan0
done

in_background sandbox "$host" "$SANDBOX" --port-base 5300
control() {
    local path=$1
    shift
    in_host curl -fsS --max-time 5 "$@" "http://127.0.0.1:5304/$path"
}
within 10 "the sandbox answers" control log
records() {
    control 'records?service=domeneshop&zone=example.com' |
        jq -r --arg type "$1" '[.[] | select(.host == "home" and .type == $type) | .data] | sort | join(" ")'
}
has() { [ "$(records "$1")" = "$2" ]; }

# The configuration: the families' sources, then what else stands in their sections.
settings() {
    cat >"$here/config.toml" <<TXT
interval = "5m"
timeout = "2s"
state_dir = "$here/state"
[ipv4]
sources = [$1]
${3:-}
[ipv6]
sources = [$2]
${4:-${3:-}}
[dns]
servers = ["127.0.0.1:5300"]
[[domeneshop]]
endpoint = "http://127.0.0.1:5301/v0"
token = "sandbox"
secret = "sandbox-secret"
hosts = ["home.example.com"]
TXT
    chmod 0600 "$here/config.toml"
}
moored() {
    local code=0
    in_host "$MOORED" "$@" --config "$here/config.toml" >"$here/said" 2>"$here/said.errors" || code=$?
    echo "$code"
}
once() { moored --once; }
# What `detect` says of a family, and how it ends: `known 84.212.10.20 0`.
detected() {
    local code
    code=$(moored detect --json)
    jq -r --arg family "$1" --arg code "$code" '.[$family] | [.state, .addresses[], $code] | join(" ")' "$here/said"
}
# What an operator said to the last `detect` of a family: an address, or what is wrong.
heard() {
    jq -r --arg family "$1" --arg operator "$2" \
        '.[$family].sources[] | select(.operator == $operator) | .error // (.addresses | join(" "))' "$here/said"
}

. tests/e2e/sources/dns.sh
. tests/e2e/sources/stun.sh
. tests/e2e/sources/kernel.sh
. tests/e2e/sources/nowhere.sh
