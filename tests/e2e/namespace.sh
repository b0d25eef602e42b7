#!/usr/bin/env bash
# The kernel's own addresses and routes, and a zone's servers found as the Internet would show them: in a network
# namespace with no way out. Run by script/e2e.
set -euo pipefail
. tests/e2e/lib.sh

install_tools ip:iproute2 jq curl unshare:util-linux
name=moored-e2e-$$
here=$WORK/namespace
mkdir -p "$here" "/etc/netns/$name"
echo 'nameserver 127.0.0.1' >"/etc/netns/$name/resolv.conf"
ip netns add "$name"
daemon=
leave() {
    [ -z "$daemon" ] || kill "$daemon" 2>/dev/null || true
    [ -z "${server:-}" ] || kill "$server" 2>/dev/null || true
    ip netns del "$name" 2>/dev/null || true
    rm -rf "/etc/netns/$name"
}
trap leave EXIT
in_it() { ip netns exec "$name" "$@"; }
on_failure() { cat "$here"/*.log "$here/said" >&2; }
address() { in_it ip addr "$@" dev wan0; }

in_it ip link set lo up
ip netns exec "$name" "$SANDBOX" --port-base 53 >"$here/sandbox.log" 2>&1 &
server=$!
control() {
    local path=$1
    shift
    in_it curl -fsS --max-time 5 "$@" "http://127.0.0.1:57/$path"
}
within 10 "the sandbox answers" control log
records() {
    control 'records?service=domeneshop&zone=example.com' |
        jq -r --arg type "$1" '[.[] | select(.host == "home" and .type == $type) | .data] | sort | join(" ")'
}
has() { [ "$(records "$1")" = "$2" ]; }
settings() {
    cat >"$here/config.toml" <<TXT
interval = "1s"
verify = "1s"
timeout = "2s"
state_dir = "$here/state"
[ipv4]
sources = ["interface"]
[ipv6]
sources = ["interface"]
${1:-}
[[domeneshop]]
endpoint = "http://127.0.0.1:54/v0"
token = "sandbox"
secret = "sandbox-secret"
hosts = ["home.example.com"]
TXT
    chmod 0600 "$here/config.toml"
}
once() {
    local code=0
    in_it "$MOORED" --once --config "$here/config.toml" >"$here/said" 2>&1 || code=$?
    echo "$code"
}

settings
check "a host with loopback alone does not know its address" equal "$(once)" 69
check "and nobody was asked" equal "$(control log | jq length)" 0

ip netns exec "$name" "$MOORED" --config "$here/config.toml" >"$here/moored.log" 2>&1 &
daemon=$!
within 10 "the daemon says that there is no network" grep -q 'has no network' "$here/moored.log"
in_it ip link add wan0 type veth peer name isp0
in_it ip link set isp0 up
in_it ip link set wan0 up
address add 84.212.10.20/24
in_it ip route add default via 84.212.10.1
within 10 "a daemon started without a network is right once there is one" has A 84.212.10.20
shown "a daemon started without a network is right once there is one"
kill "$daemon"
wait "$daemon" || die "the daemon did not end with 0"
daemon=
check "without IPv6 it is quiet" equal "$(once)" 0

address add 2a01:79c:1::99/64 preferred_lft 0
address add 2a01:79c:1::20/64 nodad
address add fd00::20/64 nodad
in_it ip -6 route add default dev wan0
check "with IPv6 it is right too" equal "$(once)" 0
check "a deprecated address and a local one are not published" has AAAA 2a01:79c:1::20

address del 84.212.10.20/24
address add 84.212.10.21/24
once >/dev/null
check "another address of the interface is published" has A 84.212.10.21

in_it ip -6 route del default
in_it ip -6 addr flush dev wan0 scope global
check "a family that is gone is kept" equal "$(once)" 0
check "as it was" has AAAA 2a01:79c:1::20
settings 'on_absent = "remove"'
check "or removed if the operator says so" equal "$(once)" 0
check "and the other family stays" has A 84.212.10.21
check "while its own is gone" has AAAA ""

in_it ip link set wan0 down
before=$(control log | jq length)
check "a network that is down is unknown, not gone" equal "$(once)" 69
check "and nobody is asked" equal "$(control log | jq length)" "$before"
