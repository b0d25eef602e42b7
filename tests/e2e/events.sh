#!/usr/bin/env bash
# The kernel says what changes, and moored acts at once: in a network namespace, with a check that is due in five minutes
# only. Run by script/e2e.
set -euo pipefail
. tests/e2e/lib.sh

install_tools ip:iproute2 jq curl unshare:util-linux python3
name=moored-e2e-$$
here=$WORK/events
mkdir -p "$here" "/etc/netns/$name"
echo 'nameserver 127.0.0.1' >"/etc/netns/$name/resolv.conf"
ip netns add "$name"
leave() {
    local process
    for process in ${daemon:-} ${server:-}; do
        kill "$process" 2>/dev/null || true
    done
    # The relay ends with its input.
    [ -z "${relay:-}" ] || exec {relay}>&-
    ip netns del "$name" 2>/dev/null || true
    rm -rf "/etc/netns/$name"
}
trap leave EXIT
in_it() { ip netns exec "$name" "$@"; }
on_failure() { cat "$here"/*.log >&2; }
address() { in_it ip addr "$@" dev wan0; }

in_it ip link set lo up
in_it ip link add wan0 type veth peer name isp0
in_it ip link set isp0 up
in_it ip link set wan0 up
# It keeps the routes while the public address is exchanged for another.
address add 192.168.77.2/24
address add 84.212.10.20/24
in_it ip route add default dev wan0

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
asked() { control log | jq --arg what "$1" '[.[] | select(.service == "domeneshop" and (.path | test($what)))] | length'; }
writes() { control log | jq '[.[] | select(.service == "domeneshop" and (.method != "GET" or (.path | endswith("/dyndns/update"))))] | length'; }
# How many rounds began for an address, and how many for what settles first (another route, or anything else).
settled='Rerouted|Other'
rounds() { grep -cE "the network has changed \\(($1)\\)" "$here/moored.log" || true; }
more_rounds() { [ "$(rounds "$1")" -gt "$2" ]; }

# The relay stands before the provider and has the clock.
changes=()
# With what comes before no more rounds than may begin within a minute, and far fewer writes than the guard allows in an hour.
for last in 49 $(seq 50 69); do
    changes+=("84.212.10.$last")
done
changes+=(beside)
for last in $(seq 20 29); do
    changes+=("84.212.$last.20")
done
exec {relay}> >(exec ip netns exec "$name" python3 tests/e2e/events/latency.py 58 54 wan0 "${changes[@]}" \
    >"$here/latency.log" 2>&1)
within 10 "the relay listens" grep -q ready "$here/latency.log"

cat >"$here/config.toml" <<TXT
interval = "5m"
timeout = "2s"
state_dir = "$here/state"
[ipv4]
sources = ["interface"]
[ipv6]
sources = ["interface"]
[[domeneshop]]
endpoint = "http://127.0.0.1:58/v0"
token = "sandbox"
secret = "sandbox-secret"
hosts = ["home.example.com"]
TXT
chmod 0600 "$here/config.toml"
begin() {
    ip netns exec "$name" "$MOORED" --log moored=debug --config "$here/config.toml" >>"$here/moored.log" 2>&1 &
    daemon=$!
    within 10 "health" in_it "$MOORED" health --config "$here/config.toml"
}
stop() {
    kill "$daemon"
    wait "$daemon" || die "the daemon did not end with 0"
    daemon=
}
begin
within 10 "the first round" has A 84.212.10.20

before=$(rounds AddressAdded)
address add 2a01:79c:1::20/64 valid_lft 3600 preferred_lft 1800
within 10 "the new family" has AAAA 2a01:79c:1::20
shown "an address that had to be tried first (tentative) is written when it may be used"
check "by one round" equal "$(rounds AddressAdded)" $((before + 1))

address add 2a01:79c:2::20/64 nodad
within 10 "the new prefix" has AAAA 2a01:79c:2::20
shown "an address of a prefix that is preferred much longer takes the place of the old one's"

before=$(rounds "$settled")
address del 2a01:79c:1::20/64
address del 2a01:79c:2::20/64
within 10 "a round" more_rounds "$settled" "$before"
shown "a removal is looked at"

# Everything asked for so far is over when a round that is asked for by a signal is.
settled() {
    local before
    before=$(asked 'domains/[0-9]+/dns$')
    kill -USR1 "$daemon"
    within 10 "a full round" more "$before"
}
more() { [ "$(asked 'domains/[0-9]+/dns$')" -gt "$1" ]; }
settled
before=$(writes)
gained=$(rounds AddressAdded)
other=$(rounds "$settled")
address del 84.212.10.20/24
in_it ip link set wan0 down
in_it ip link set wan0 up
address add 84.212.10.50/24
in_it ip route add default dev wan0
within 10 "the address after a reconnect" has A 84.212.10.50
within 10 "a look at what came after the address" more_rounds "$settled" "$other"
settled
check "a line that reconnects costs one write" equal "$(writes)" $((before + 1))
check "and one round at once" equal "$(rounds AddressAdded)" $((gained + 1))
check "and one afterwards" equal "$(rounds "$settled")" $((other + 1))

# The same, so slowly that the removal is looked at before the new address is there.
settled
before=$(writes)
other=$(rounds "$settled")
address del 84.212.10.50/24
in_it ip link set wan0 down
within 10 "a look at the line that is down" more_rounds "$settled" "$other"
in_it ip link set wan0 up
address add 84.212.10.49/24
in_it ip route add default dev wan0
within 10 "the address after a slow reconnect" has A 84.212.10.49
within 10 "a look at what came after the address" more_rounds "$settled" "$((other + 1))"
settled
check "and so does one that takes its time" equal "$(writes)" $((before + 1))

# An address again, a link that says the same: no news. That nothing happens can only be watched for a while, twice as long
# as a change takes to settle.
before=$(grep -c 'the network has changed' "$here/moored.log")
address change 84.212.10.49/24 valid_lft 3600 preferred_lft 1800
in_it ip link set wan0 alias internet
in_it ip route replace default dev wan0
sleep 1
news() { grep -c 'the network has changed' "$here/moored.log"; }
check "what the kernel repeats starts nothing" equal "$(news)" "$before"

echo >&"$relay"
within 60 "a request for each change" grep -q median "$here/latency.log"
shown "$(grep median "$here/latency.log")"
within 10 "the last address" has A 84.212.10.69
shown "each new address is written at once"
stop
shown "the daemon ends when it is told to"

# Another one, whose rounds of this minute are not used up: a look at each address that comes, and one when the one before goes.
begin
gone() { grep median "$here/latency.log" | grep 'ip addr del'; }
before=$(rounds "$settled")
echo >&"$relay"
within 60 "a request for each address that goes" gone
shown "$(gone)"
within 10 "the last address" has A 84.212.29.20
check "an address that goes while another one is there is replaced before things have come to rest" equal \
    "$(rounds "$settled")" "$before"
stop
begin
# A line beside the one that the default route leaves by.
before=$(writes)
gained=$(rounds AddressAdded)
other=$(rounds "$settled")
in_it ip link add spare0 type veth peer name isp1
in_it ip link set isp1 up
in_it ip link set spare0 up
in_it ip addr add 84.213.7.7/24 dev spare0
within 10 "a look at the other line" more_rounds "$settled" "$other"
check "an address beside the default route's interface is looked at when things have come to rest" equal \
    "$(rounds AddressAdded)" "$gained"
settled
check "and is not written" equal "$(writes)" "$before"

poked() { in_it "$MOORED" poke --config "$here/config.toml" "$@"; }
pokes() { [ "$(grep -c 'poked: a round starts' "$here/moored.log")" = "$1" ]; }
check "a poke is heard" equal "$(poked)" "a round starts at once"
within 10 "the poke's round" pokes 1
check "an address that nobody outside could confirm is ignored aloud" grep -q '9.9.9.9 is ignored: ' <<<"$(poked 9.9.9.9)"
within 10 "the round all the same" pokes 2
settled
check "and nothing is written" equal "$(writes)" "$before"
stop
