#!/usr/bin/env bash
# A host with two uplinks, in network namespaces: `via` finds an address out over the interface it names and over no
# other, as an unprivileged user. Run by script/e2e.
#
#                  host: sandbox on loopback
#     wan1 84.212.10.2 │ │ wan2 84.212.20.2          two default routes, wan1 first
#              isp1 ───┘ └─── isp2                   in each an echo service at 192.168.100.1
set -euo pipefail
. tests/e2e/lib.sh

install_tools ip:iproute2 jq curl setpriv:util-linux python3
host=moored-uplinks-$$
isp1=$host-1
isp2=$host-2
here=$(mktemp -d)
started=()
daemon=
leave() {
    local one
    for one in $daemon "${started[@]}"; do kill "$one" 2>/dev/null || true; done
    for one in "$host" "$isp1" "$isp2"; do ip netns del "$one" 2>/dev/null || true; done
    rm -rf "$here"
}
trap leave EXIT
on_failure() { tail -n 40 "$here"/*.log "$here/said" >&2; }
in_host() { ip netns exec "$host" "$@"; }

for one in "$host" "$isp1" "$isp2"; do
    ip netns add "$one"
    ip -n "$one" link set lo up
done
# Answers over the uplink that is not the first choice are not thrown away.
in_host sh -c 'echo 2 >/proc/sys/net/ipv4/conf/all/rp_filter'

# uplink NUMBER ADDRESS: plugs wanNUMBER in.
uplink() {
    local number=$1 address=$2 isp=$host-$1
    ip -n "$host" link add "wan$number" type veth peer name cable netns "$isp"
    ip -n "$isp" address add "84.212.${number}0.1/24" dev cable
    ip -n "$isp" link set cable up
    ip -n "$host" address add "$address/24" dev "wan$number"
    ip -n "$host" link set "wan$number" up
    ip -n "$host" route add default via "84.212.${number}0.1" dev "wan$number" metric "${number}00"
}
# echoes NUMBER ADDRESS [ANSWER]: a service behind an uplink, at this address, that answers with the caller's own, or with
# the one that a carrier's translation would give the caller.
cat >"$here/echo.py" <<'PY'
import http.server, sys

class Echo(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = (sys.argv[2:] or [self.client_address[0]])[0] + "\n"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

http.server.HTTPServer((sys.argv[1], 80), Echo).serve_forever()
PY
echoes() {
    local number=$1 at=$2 isp=$host-$1
    shift 2
    ip -n "$isp" address add "$at/32" dev lo
    ip netns exec "$isp" python3 "$here/echo.py" "$at" "$@" 2>>"$here/echo$number.log" &
    started+=($!)
    within 10 "an echo service answers" ip netns exec "$isp" curl -fsS "http://$at/"
}
uplink 1 84.212.10.2
uplink 2 84.212.20.2
echoes 1 192.168.100.1
echoes 2 192.168.100.1

ip netns exec "$host" "$SANDBOX" --port-base 53 >"$here/sandbox.log" 2>&1 &
started+=($!)
control() {
    local path=$1
    shift
    in_host curl -fsS --max-time 5 "$@" "http://127.0.0.1:57/$path"
}
within 10 "the sandbox answers" control log
addresses() {
    control 'records?service=domeneshop&zone=example.com' |
        jq -r --arg host "$1" '[.[] | select(.host == $host and .type == "A") | .data] | join(" ")'
}
has() { [ "$(addresses "$1")" = "$2" ]; }

# Nobody in particular, with no capability at all.
install -m 0755 "$MOORED" "$here/moored"
chmod 0755 "$here"
nobody=(ip netns exec "$host" setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all
    --inh-caps=-all --no-new-privs)
settings() {
    cat >"$here/config.toml" <<TXT
interval = "1s"
timeout = "2s"
state_dir = "$here/state"
[ipv4]
sources = ["http://${1:-192.168.100.1}/"]
confirm = 1
[ipv6]
sources = []
[dns]
servers = ["127.0.0.1:53"]
[[domeneshop]]
endpoint = "http://127.0.0.1:54/v0"
token = "sandbox"
secret = "sandbox-secret"
hosts = ["home.example.com"]
[[domeneshop.host]]
name = "fibre.example.com"
via = "wan1"
[[domeneshop.host]]
name = "radio.example.com"
via = "wan2"
TXT
    chmod 0600 "$here/config.toml"
    chown 65534:65534 "$here/config.toml"
}
install -d -m 0700 -o 65534 -g 65534 "$here/state"
moored=("${nobody[@]}" "$here/moored" --config "$here/config.toml")
once() {
    local code=0
    "${moored[@]}" --once >"$here/said" 2>&1 || code=$?
    echo "$code"
}
says() { "${moored[@]}" status | grep -F "$1" >/dev/null; }

check "the user has no capability" equal "$("${nobody[@]}" grep CapEff /proc/self/status)" $'CapEff:\t0000000000000000'
settings
check "two uplinks are right after one round" equal "$(once)" 0
check "the default route leaves by the first" equal "$(addresses home)" 84.212.10.2
check "the host of the first uplink has its address" equal "$(addresses fibre)" 84.212.10.2
check "the host of the second has the other" equal "$(addresses radio)" 84.212.20.2

ip -n "$host" route del default dev wan1 metric 100
ip -n "$host" route add default via 84.212.10.1 dev wan1 metric 300
check "the default route changes places" equal "$(once)" 0
check "what follows it has the second's address" equal "$(addresses home)" 84.212.20.2
check "and what is bound to the first has not" equal "$(addresses fibre)" 84.212.10.2

"${moored[@]}" >"$here/moored.log" 2>&1 &
daemon=$!
within 10 "the daemon is healthy" "${moored[@]}" health
ip -n "$isp2" link set cable down
within 10 "an uplink without a link is named" says 'radio.example.com A via wan2  84.212.20.2'
within 10 "with its reason" says 'the interface `wan2` is down'
shown "an uplink without a link is named with its reason"
ip -n "$host" address del 84.212.10.2/24 dev wan1
ip -n "$host" address add 84.212.10.3/24 dev wan1
ip -n "$host" route add default via 84.212.10.1 dev wan1 metric 300
within 10 "the other uplink's host follows its address" has fibre 84.212.10.3
shown "the other uplink's host follows its address"
check "while the record of the one without a link stays" equal "$(addresses radio)" 84.212.20.2
ip -n "$host" link del wan2
within 10 "an interface that is gone is named" says 'there is no interface `wan2`'
shown "an interface that is gone is named"
check "and its record stays too" equal "$(addresses radio)" 84.212.20.2
check "the log says so once" equal "$(grep -c 'via wan2 could not be found out; nothing changes' "$here/moored.log")" 1
uplink 2 84.212.20.4
within 20 "an interface that comes back is used again" has radio 84.212.20.4
shown "an interface that comes back is used again"
kill "$daemon"
wait "$daemon" || die "the daemon did not end with 0"
daemon=

# As a second uplink is mostly set up: a private address, and a default route in a table of its own.
ip -n "$host" address del 84.212.20.4/24 dev wan2
ip -n "$host" address add 10.20.0.2/24 dev wan2
ip -n "$isp2" address add 10.20.0.1/24 dev cable
ip -n "$host" route add default via 10.20.0.1 dev wan2 table 100
ip -n "$host" rule add oif wan2 lookup 100
echoes 1 192.168.100.2
echoes 2 192.168.100.2 84.212.20.9
settings 192.168.100.2
check "an uplink with a routing table of its own is found" equal "$(once)" 0
check "and its host has the address that the world sees" equal "$(addresses radio)" 84.212.20.9
check "while the other has its own" equal "$(addresses fibre)" 84.212.10.3
ip -n "$host" route del default table 100
check "without a route by the interface its address is not known" equal "$(once)" 69
check "which is said" grep -qF 'the interface `wan2` has no network' "$here/said"
check "and changes nothing" equal "$(addresses radio)" 84.212.20.9
