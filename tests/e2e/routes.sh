#!/usr/bin/env bash
# Several ways to the Internet, in a network namespace: the source `interface` publishes the address that the kernel itself
# would send from, through fail-over and back, with a check that is due in an hour only. Run by script/e2e.
#
#     w0 85.2.2.2   default route, metric 100         v0 84.1.1.1   default route, metric 700
#     and with IPv6 2a02::2                           and with IPv6 2a01::1
set -euo pipefail
. tests/e2e/lib.sh

install_tools ip:iproute2 jq curl
name=moored-routes-$$
here=$(mktemp -d)
daemon=
server=
leave() {
    local process
    for process in $daemon $server; do kill "$process" 2>/dev/null || true; done
    ip netns del "$name" 2>/dev/null || true
    rm -rf "$here" "/etc/netns/$name"
}
trap leave EXIT
on_failure() {
    tail -n 40 "$here"/*.log >&2
    ip -n "$name" route show table all >&2
}
in_it() { ip netns exec "$name" "$@"; }
net() { ip -n "$name" "$@"; }

mkdir -p "/etc/netns/$name"
echo 'nameserver 127.0.0.1' >"/etc/netns/$name/resolv.conf"
ip netns add "$name"
net link set lo up
in_it sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0
for each in w0 v0; do
    net link add "$each" type veth peer name "isp-$each"
    net link set "isp-$each" up
    net link set "$each" up
done
main4() { net route "$1" default via 85.2.2.1 dev w0 "${@:2}"; }
main6() { net -6 route "$1" default via 2a02::1 dev w0 "${@:2}"; }
net addr add 85.2.2.2/24 dev w0
net addr add 84.1.1.1/24 dev v0
main4 add metric 100
net route add default via 84.1.1.254 dev v0 metric 700
net addr add 2a02::2/64 dev w0
net addr add 2a01::1/64 dev v0
main6 add metric 100
net -6 route add default via 2a01::fe dev v0 metric 700

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
writes() { control log | jq '[.[] | select(.service == "domeneshop" and (.method != "GET" or (.path | endswith("/dyndns/update"))))] | length'; }
news() { grep -c 'the network has changed' "$here/moored.log" || true; }
more_news() { [ "$(news)" -gt "$1" ]; }

cat >"$here/config.toml" <<TXT
interval = "1h"
timeout = "2s"
state_dir = "$here/state"
[ipv4]
sources = ["interface"]
[ipv6]
sources = ["interface"]
[[domeneshop]]
endpoint = "http://127.0.0.1:54/v0"
token = "sandbox"
secret = "sandbox-secret"
hosts = ["home.example.com"]
TXT
chmod 0600 "$here/config.toml"
moored=(ip netns exec "$name" "$MOORED" --config "$here/config.toml")
"${moored[@]}" --once >"$here/once.log" 2>&1 || die "a single round failed"
check "of two default routes the one with the lower metric decides" equal "$(records A)" 85.2.2.2
check "with IPv6 too" equal "$(records AAAA)" 2a02::2

"${moored[@]}" --log moored=debug >"$here/moored.log" 2>&1 &
daemon=$!
within 10 "health" "${moored[@]}" health

# follows WHAT TYPE ADDRESS COMMAND…: after the command the daemon writes that address, without being asked to, and sooner than
# it looks whether a write has come through (after 5 s, and then it would see the change as well).
follows() {
    local what=$1 type=$2 address=$3
    shift 3
    "$@"
    within 4 "$what" has "$type" "$address"
    shown "$what"
}
worse4() { main4 add metric 900 && main4 del metric 100; }
better4() { main4 add metric 100 && main4 del metric 900; }
follows "a metric that is worse than the other's is a fail-over" A 84.1.1.1 worse4
follows "and one that is better the way back" A 85.2.2.2 better4
follows "a default route that is withdrawn is a fail-over" A 84.1.1.1 main4 del metric 100
follows "and one that is restored the way back" A 85.2.2.2 main4 add metric 100
follows "with IPv6 a withdrawn route too" AAAA 2a01::1 main6 del metric 100
follows "and a restored one" AAAA 2a02::2 main6 add metric 100
follows "a link that is switched off is a fail-over" A 84.1.1.1 net link set w0 down
back() { net link set w0 up && main4 add metric 100; }
follows "and one that is switched on with its route the way back" A 85.2.2.2 back
# The kernel drops IPv6 addresses of a link that is switched off.
back6() { net addr add 2a02::2/64 dev w0 && main6 add metric 100; }
follows "with IPv6 too" AAAA 2a02::2 back6

count=$(news)
net route add default via 84.1.1.254 dev v0 table 77
net -6 route add default via 2a01::fe dev v0 table 77
within 10 "a look at the routes of another table" more_news "$count"
before=$(news)
net rule add from 84.1.1.1 lookup 77
follows "a policy rule that comes is obeyed" A 84.1.1.1 net rule add pref 1000 lookup 77
check "by one round, for the rule before it decides nothing" equal "$(news)" $((before + 1))
follows "and one that goes" A 85.2.2.2 net rule del pref 1000
follows "with IPv6 one that comes" AAAA 2a01::1 net -6 rule add pref 1000 lookup 77
follows "and one that goes" AAAA 2a02::2 net -6 rule del pref 1000

stop() {
    kill "$daemon"
    wait "$daemon" || die "the daemon did not end with 0"
    daemon=
}
# As many rounds as a minute has are used up soon; another daemon begins anew.
again() {
    stop
    "${moored[@]}" --log moored=debug >"$here/moored.log" 2>&1 &
    daemon=$!
    within 10 "health" "${moored[@]}" health
}
again
half() { net route "$1" 0.0.0.0/1 via 84.1.1.254 dev v0 && net route "$1" 128.0.0.0/1 via 84.1.1.254 dev v0; }
follows "routes that lead to the Internet by halves count as what they are" A 84.1.1.1 half add
follows "and so does their end" A 85.2.2.2 half del

net addr add 85.2.2.9/24 dev w0
follows "the preferred source of a route is published" A 85.2.2.9 main4 replace metric 100 src 85.2.2.9
net addr add 84.9.9.9/32 dev lo
follows "also one of another interface" A 84.9.9.9 main4 replace metric 100 src 84.9.9.9
follows "and the first address again without one" A 85.2.2.2 main4 replace metric 100

# A new address beside the published one, then the old one goes: at once.
net addr add 85.3.3.3/24 dev w0
before=$(grep -cE 'the network has changed \((Other|Rerouted)\)' "$here/moored.log" || true)
follows "a published address that goes beside another is replaced" A 85.3.3.3 net addr del 85.2.2.2/24 dev w0
check "before anything settles" equal "$(grep -cE 'the network has changed \((Other|Rerouted)\)' "$here/moored.log" || true)" "$before"

# Behind a router that translates addresses: the other uplink's address is not where this host sends from.
net addr add 192.168.1.2/24 dev w0
net route replace default via 192.168.1.1 dev w0 metric 100 src 192.168.1.2
net addr del 85.3.3.3/24 dev w0
within 10 "a round" grep -q 'could not be found out; nothing changes.*84.1.1.1 is an address of v0' "$here/moored.log"
check "where the kernel sends from a private address the other uplink's is not published" has A 85.3.3.3
follows "until the kernel sends from that" A 84.1.1.1 net route del default dev w0 metric 100
stop
