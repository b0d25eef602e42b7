#!/usr/bin/env bash
# A zone's own servers, found through its parent: Unbound as the system's resolver, which has another zone of that name (split
# DNS), Knot for the root and the zone above, and the sandbox for the zone itself, in two network namespaces. Run by script/e2e.
set -euo pipefail
. tests/e2e/lib.sh

install_tools ip:iproute2 sysctl:procps jq curl kdig:knot-dnsutils
install_without_services knotd:knot unbound
here=$WORK/authoritative
mkdir -p "$here"
on_failure() { tail -n 30 "$here"/*.log >&2; }

host_and_net lan0 127.0.0.1
SERVER=(10.0.0.53 fd00::53)
ip -n "$host" addr add 10.0.0.2/24 dev lan0
ip -n "$host" addr add fd00::2/64 dev lan0
ip -n "$net" addr add "${SERVER[0]}/24" dev isp0
ip -n "$net" addr add "${SERVER[1]}/64" dev isp0
# The root and the zone above.
ip -n "$host" addr add 198.51.100.1 dev lo

ip netns exec "$net" "$SANDBOX" --bind :: --port-base 53 >"$here/sandbox.log" 2>&1 &
at=${SERVER[0]}
ask() { in_host curl -gfsS --max-time 5 "$@"; }
control() { ask "${@:2}" "http://$at:57/$1"; }
within 10 "the sandbox answers" control log

printf '@ 60 SOA root. host. 1 3600 600 86400 60\n@ 60 NS root.\nroot. 60 A 198.51.100.1\ncom. 60 NS root.\n' >"$here/root.zone"
# One of the zone's servers leads nowhere.
cat >"$here/com.zone" <<TXT
@ 60 SOA root. host. 1 3600 600 86400 60
@ 60 NS root.
example 60 NS ns1.example
example 60 NS gone.example
ns1.example 60 A ${SERVER[0]}
ns1.example 60 AAAA ${SERVER[1]}
gone.example 60 A 10.0.0.99
TXT
cat >"$here/knot" <<TXT
server:
  rundir: $here
  user: root
  listen: 198.51.100.1
database:
  storage: $here
log:
  - target: stderr
    any: warning
template:
  - id: default
    storage: $here
zone:
  - domain: .
    file: root.zone
  - domain: com
    file: com.zone
TXT
ip netns exec "$host" knotd -c "$here/knot" >"$here/knot.log" 2>&1 &
knot=$!
printf '. 60 NS root.\nroot. 60 A 198.51.100.1\n' >"$here/hints"
cat >"$here/unbound" <<TXT
server:
  interface: 127.0.0.1
  directory: "$here"
  chroot: ""
  username: ""
  pidfile: "$here/unbound.pid"
  use-syslog: no
  module-config: "iterator"
  root-hints: "$here/hints"
  target-fetch-policy: "0 0 0 0 0"
  local-zone: "example.com." static
  local-data: "example.com. NS inside.example.com."
  local-data: "inside.example.com. A 10.0.0.98"
  local-data: "home.example.com. A 9.9.9.9"
TXT
ip netns exec "$host" unbound -d -c "$here/unbound" >"$here/unbound.log" 2>&1 &
dig() { in_host kdig +short +timeout=2 +retry=0 "$@"; }
answers() { [ "$(dig "@$1" "$2" "$3")" = "$4" ]; }
within 10 "Knot answers" answers 198.51.100.1 com. NS root.
within 10 "Unbound finds the zone above" answers 127.0.0.1 com. NS root.
check "the system's resolver has another zone of that name" answers 127.0.0.1 home.example.com A 9.9.9.9

cat >"$here/config.toml" <<TXT
verify = "1s"
timeout = "2s"
state_dir = "$here/state"
[ipv4]
sources = ["static:84.212.10.20"]
[ipv6]
sources = []
[[domeneshop]]
endpoint = "http://10.0.0.53:54/v0"
token = "sandbox"
secret = "sandbox-secret"
hosts = ["home.example.com"]
TXT
chmod 0600 "$here/config.toml"
once() { in_host "$MOORED" --config "$here/config.toml" --once --log info >>"$here/moored.log" 2>&1; }
asked() { control log | jq '[.[] | select(.service == "domeneshop")] | length'; }
has() { [ "$(control 'records?service=domeneshop&zone=example.com' | jq -r '.[] | select(.host == "home") | .data')" = "$1" ]; }
said() { once; grep -qE "$1" "$here/moored.log"; }
# The operator's hand, at the provider.
edit() {
    local record
    record=$(control 'records?service=domeneshop&zone=example.com' | jq '.[] | select(.host == "home") | .id')
    ask -u sandbox:sandbox-secret -X PUT -H 'Content-Type: application/json' \
        -d "{\"host\":\"home\",\"ttl\":3600,\"type\":\"A\",\"data\":\"$1\"}" \
        "http://$at:54/v0/domains/$domain/dns/$record" >/dev/null
}
repaired() { once && has 84.212.10.20; }

check "the record is made" once
has 84.212.10.20 || die "not at the provider"
count=$(asked)
within 30 "the change is seen at the zone's own servers" said "all of its zone's servers show the change"
shown "the change is seen at the zone's own servers, whatever the system's resolver has and though one of them is gone"
for _ in 1 2 3; do once; done
check "and the provider was not asked for it" equal "$(asked)" "$count"

domain=$(ask -u sandbox:sandbox-secret "http://$at:54/v0/domains" | jq '.[0].id')
edit 84.212.10.66
within 30 "what was edited elsewhere is repaired" repaired
shown "what was edited elsewhere is seen there, and repaired"

ip -n "$net" addr del "${SERVER[0]}/24" dev isp0
sed -i "s/$at:54/[${SERVER[1]}]:54/" "$here/config.toml"
at="[${SERVER[1]}]"
once
edit 84.212.10.67
within 30 "repaired by IPv6 alone" repaired
shown "a server that answers at its IPv6 address only is heard there"

# Without a change of ours that may still be spreading.
sed -i 's|/state"|/fresh"|' "$here/config.toml"
once
kill "$knot"
wait "$knot" || true
count=$(asked)
within 30 "it is said who cannot be asked" said 'the servers of example\.com: (the servers of com\. do not say|they could not be found out)'
check "without the zone above nobody is asked, the provider least of all, and it is said" equal "$(asked)" "$count"
