#!/usr/bin/env bash
# The router in front of this host says the address, by each of its protocols, and announces a new one: with a real
# miniupnpd in a network namespace between the host's and the Internet's. Run by script/e2e.
set -euo pipefail
. tests/e2e/lib.sh

# Of its packages this one has the program alone: nothing is started by installing it.
install_tools ip:iproute2 nft:nftables jq curl python3 /usr/sbin/miniupnpd:miniupnpd-nftables
name=moored-e2e-$$
host=$name-host
router=$name-router
isp=$name-isp
here=$WORK/router
mkdir -p "$here" "/etc/netns/$host"
echo 'nameserver 127.0.0.1' >"/etc/netns/$host/resolv.conf"
for namespace in "$host" "$router" "$isp"; do
    ip netns add "$namespace"
    ip -n "$namespace" link set lo up
done
leave() {
    local process namespace
    for process in ${daemon:-} ${server:-} ${upnpd:-} ${fake:-} ${alone:-}; do
        kill "$process" 2>/dev/null || true
    done
    # The relay ends with its input.
    [ -z "${relay:-}" ] || exec {relay}>&-
    for namespace in "$host" "$router" "$isp"; do
        ip netns del "$namespace" 2>/dev/null || true
    done
    rm -rf "/etc/netns/$host"
}
trap leave EXIT
in_it() { ip netns exec "$host" "$@"; }
in_router() { ip netns exec "$router" "$@"; }
on_failure() { tail -n 60 "$here"/*.log >&2; }

# The host on the router's network, which may be unplugged and plugged in again.
plug_in() {
    ip link add lan0 netns "$host" type veth peer name lan0 netns "$router"
    ip -n "$router" addr add 192.168.77.1/24 dev lan0
    # Somebody else on the same network.
    ip -n "$router" addr add 192.168.77.66/24 dev lan0
    ip -n "$router" link set lan0 up
    ip -n "$host" link set lan0 up
    ip -n "$host" addr add 192.168.77.2/24 dev lan0
    ip -n "$host" route add default via 192.168.77.1
}
plug_in
ip link add wan0 netns "$router" type veth peer name isp0 netns "$isp"
ip -n "$isp" link set isp0 up
ip -n "$router" link set wan0 up
wan() { ip -n "$router" addr "$1" "$2/24" dev wan0; }
wan add 84.212.10.20

# What miniupnpd adds its rules to; the tables of `said` keep protocols from being spoken.
in_router nft -f - <<'TXT'
table inet filter {
    chain forward { type filter hook forward priority 0; jump miniupnpd; }
    chain miniupnpd { }
    chain prerouting { type nat hook prerouting priority -100; jump prerouting_miniupnpd; }
    chain postrouting { type nat hook postrouting priority 100; jump postrouting_miniupnpd; }
    chain prerouting_miniupnpd { }
    chain postrouting_miniupnpd { }
}
table inet said {
    chain input { type filter hook input priority 0; }
}
TXT
# Drops what the rest of the line matches, and nothing else any more.
unsaid() {
    local rule
    in_router nft flush chain inet said input
    for rule in "$@"; do
        in_router nft add rule inet said input "$rule" counter drop
    done
}
# Both come by one port, and their first byte is the version.
PCP='udp dport 5351 @th,64,8 2'
NATPMP='udp dport 5351 @th,64,8 0'
UPNP='udp dport 1900'
begin_router() {
    cat >"$here/miniupnpd.conf" <<TXT
ext_ifname=wan0
listening_ip=lan0
http_port=5000
enable_natpmp=${1:-yes}
enable_upnp=yes
secure_mode=yes
system_uptime=no
uuid=b3a0b1c2-0000-4000-8000-000000000001
allow 1024-65535 0.0.0.0/0 1024-65535
TXT
    # What an earlier one said is not what is waited for.
    rm -f "$here/miniupnpd.log"
    ip netns exec "$router" /usr/sbin/miniupnpd -d -f "$here/miniupnpd.conf" -P "$here/miniupnpd.pid" \
        >"$here/miniupnpd.log" 2>&1 &
    upnpd=$!
    within 10 "miniupnpd listens" grep -q 'HTTP listening' "$here/miniupnpd.log"
}
end_router() {
    kill "$upnpd"
    wait "$upnpd" || true
    upnpd=
}
begin_fake() {
    rm -f "$here/fake.log"
    ip netns exec "$router" python3 tests/e2e/router/natpmp.py answer 192.168.77.1 "$1" >"$here/fake.log" 2>&1 &
    fake=$!
    within 10 "the small router answers" grep -q ready "$here/fake.log"
}
end_fake() {
    kill "$fake"
    wait "$fake" || true
    fake=
}

ip netns exec "$host" "$SANDBOX" --port-base 53 >"$here/sandbox.log" 2>&1 &
server=$!
control() {
    local path=$1
    shift
    in_it curl -fsS --max-time 5 "$@" "http://127.0.0.1:57/$path"
}
within 10 "the sandbox answers" control log
# Sources and `confirm` of IPv4.
settings() {
    cat >"$here/config.toml" <<TXT
interval = "5m"
timeout = "4s"
state_dir = "$here/state"
[ipv4]
sources = [$1]
confirm = ${2:-1}
[ipv6]
sources = []
[[domeneshop]]
endpoint = "http://127.0.0.1:58/v0"
token = "sandbox"
secret = "sandbox-secret"
hosts = ["home.example.com"]
TXT
    chmod 0600 "$here/config.toml"
}
# `moored detect`; what it said of IPv4 is what `of` looks into.
detect() {
    local code=0
    in_it "$MOORED" --json --config "$here/config.toml" detect >"$here/said" 2>"$here/detect.log" || code=$?
    equal "$code" "$1"
}
of() { jq -r ".ipv4 | $1" "$here/said"; }
address() { of '.addresses | join(" ")'; }
router_said() { of '.sources[] | select(.source == "router") | .error // (.addresses | join(" "))'; }
took() { of '.sources[] | select(.source == "router") | .ms'; }
dropped() { in_router nft -j list chain inet said input | jq '[.nftables[].rule.expr? // [] | .[].counter.packets? // 0] | add'; }
mappings() { in_router nft list ruleset | grep -c dnat || true; }

# 1: each protocol alone.
settings '"router"'
begin_router
unsaid "$NATPMP" "$UPNP"
detect 0
check "the address by PCP alone, in $(took) ms" equal "$(address)" 84.212.10.20
check "for which a port was mapped" grep -q 'PCP MAP: added mapping UDP' "$here/miniupnpd.log"
within 5 "the mapping is gone" equal "$(mappings)" 0
check "and taken back" grep -q 'PCP: UDP port .* mapping removed' "$here/miniupnpd.log"
check "without asking by another" equal "$(dropped)" 0
unsaid "$PCP" "$UPNP"
detect 0
check "the address by NAT-PMP alone, PCP being lost, in $(took) ms" equal "$(address)" 84.212.10.20
end_router
begin_router no
unsaid
detect 0
check "the address by UPnP alone, the others being refused, in $(took) ms" equal "$(address)" 84.212.10.20
unsaid "$PCP" "$NATPMP"
detect 0
check "the address by UPnP alone, the others being lost, in $(took) ms" equal "$(address)" 84.212.10.20
check "which is well within the time" test "$(took)" -lt 2000
# The usual firewall of a host: what answers a question of its own passes, and to it an answer to a group is none. The
# question to the router alone is kept from leaving first, so that there is the group alone.
in_it nft -f - <<'TXT'
table inet firewall {
    chain input {
        type filter hook input priority 0
        iif lo accept
        ct state established,related accept
        meta l4proto udp counter drop
    }
    chain output {
        type filter hook output priority 0
        ip daddr 192.168.77.1 udp dport 1900 drop
    }
}
TXT
detect 69
check "behind a firewall that drops the answers to a multicast search there is none" \
    grep -q 'UPnP: no answer in time.* a firewall on this host' <<<"$(router_said)"
in_it nft flush chain inet firewall output
detect 0
check "and with the question to the router alone there is, in $(took) ms" equal "$(address)" 84.212.10.20
in_it nft delete table inet firewall
unsaid "$PCP" "$NATPMP" "$UPNP"
detect 69
check "a router that says nothing is waited for no longer than allowed" test "$(took)" -le 4500
said=$(router_said)
for protocol in PCP NAT-PMP UPnP; do
    grep -q "$protocol: no answer in time" <<<"$said" || die "$protocol is not named: $said"
done
grep -q 'a firewall on this host' <<<"$said" || die "the firewall is not named: $said"
shown "and it is said by which protocols, and that a firewall may be why: $said"
end_router
unsaid
begin_fake 84.212.10.20
detect 0
check "the address of a router that says to PCP that it speaks NAT-PMP only, in $(took) ms" \
    equal "$(address)" 84.212.10.20
end_fake

# 2: what the router's word means.
begin_fake 100.64.1.2
detect 69
note() { of '.notes | join("\n")'; }
check "a router behind carrier-grade NAT is told of" \
    grep -q "external address 100.64.1.2 is behind carrier-grade NAT .*connections from the Internet will not arrive" \
    <<<"$(note)"
in_it "$MOORED" --config "$here/config.toml" detect >"$here/said.txt" 2>&1 || true
check "in words too" grep -q 'note: .*100.64.1.2 is behind carrier-grade NAT' "$here/said.txt"
end_fake
for n in 1 2; do
    control "echo?n=$n" --data 84.212.10.20 >/dev/null
done
settings '"router", "http://127.0.0.11:63/", "http://127.0.0.12:63/"' 2
begin_fake 84.212.99.99
detect 0
check "what others outside agree on is believed" equal "$(address)" 84.212.10.20
check "and that the router says something else is told" \
    grep -q "external address is 84.212.99.99, and from outside this host is seen at 84.212.10.20" <<<"$(note)"
end_fake
wan del 84.212.10.20
wan add 100.64.1.2
begin_router
detect 0
check "a real router behind carrier-grade NAT gives no address" \
    grep -q 'NAT-PMP: it has no external address.*UPnP: it gives no external address' <<<"$(router_said)"
check "and that is told" \
    grep -q "router says it has no public address, and from outside this host is seen at 84.212.10.20" <<<"$(note)"
wan del 100.64.1.2
wan add 84.212.10.20
detect 0
check "a router with a public address that is seen from outside needs no word" equal "$(note)" ""
end_router

# 3: the daemon, before there is a network.
ip -n "$host" link del lan0
settings '"router"'
# Somebody keeps for himself what routers announce to everybody.
ip netns exec "$host" python3 -uc 'import socket, time
alone = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
alone.bind(("224.0.0.1", 5350))
print("ready")
time.sleep(600)' >"$here/alone.log" &
alone=$!
within 10 "he has it" grep -q ready "$here/alone.log"
ip netns exec "$host" "$MOORED" --log moored=debug --config "$here/config.toml" >"$here/moored.log" 2>&1 &
daemon=$!
status() { in_it "$MOORED" --config "$here/config.toml" status >"$here/status.txt" 2>&1; }
log_has() { grep -q "$1" "$here/moored.log"; }
reloads() { grep -c 'read again and is in force' "$here/moored.log" || true; }
more_reloads() { [ "$(reloads)" -gt "$1" ]; }
reload() {
    local before
    before=$(reloads)
    kill -HUP "$daemon"
    within 10 "the configuration is in force" more_reloads "$before"
}
within 10 "it looks in vain" log_has 'could not be found out'
check "where the router cannot be heard, a warning says so" log_has 'WARN the router cannot be heard'
kill "$alone"
wait "$alone" || true
alone=
exec {relay}> >(exec ip netns exec "$host" python3 tests/e2e/router/latency.py 58 54 192.168.77.1 "$router" wan0 \
    84.212.10.{30..50} >"$here/latency.log" 2>&1)
within 10 "the relay listens" grep -q ready "$here/latency.log"
listens() { in_it cat /proc/net/udp | awk '{ print $2 }' | grep -c ':14E6$'; }
reload
# The relay has a socket there too.
check "and a reload tries again" equal "$(listens)" 2
plug_in
begin_fake 100.64.1.2
within 20 "the router's word" log_has 'WARN.*100.64.1.2 is behind carrier-grade NAT'
# Each round says in the end what the router said; one that was asked for begins when the one before is over.
full_round() {
    local before
    before=$(grep -c 'a full round was asked for' "$here/moored.log" || true)
    kill -USR1 "$daemon"
    within 10 "a full round" over "$before"
}
over() {
    awk -v before="$1" -v source="DEBUG IPv4: ${2:-router}" '/a full round was asked for/ { asked++; over = 0 }
        index($0, source) { over = 1 } END { exit !(over && asked > before) }' "$here/moored.log"
}
full_round
full_round
warnings() { grep -c 'WARN.*carrier-grade' "$here/moored.log" || true; }
check "a daemon warns of it once" equal "$(warnings)" 1
noted() { status && grep -q "note: $1" "$here/status.txt"; }
unnoted() { status && ! grep -q note: "$here/status.txt"; }
within 5 "its status has it" noted '.*100.64.1.2 is behind carrier-grade NAT'
shown "and its status has it"
end_fake
# A router that contradicts the others is asked last from then on, and what it said is not forgotten with that.
begin_fake 84.212.99.99
settings '"router", "http://127.0.0.11:63/", "http://127.0.0.12:63/"' 2
reload
within 10 "the router's other word" noted '.*84.212.99.99, and from outside .* 84.212.10.20'
for _ in 1 2 3; do
    before=$(grep -c 'a full round was asked for' "$here/moored.log" || true)
    kill -USR1 "$daemon"
    within 10 "a round without the router" over "$before" http://127.0.0.11:63/
done
check "a status that has it still, after rounds without the router" noted '.*84.212.99.99'
check "and one warning" equal "$(grep -c 'WARN.*84.212.99.99' "$here/moored.log")" 1
check "the router was asked once" equal "$(grep -c 'DEBUG IPv4: router.*84.212.99.99' "$here/moored.log")" 1
end_fake
settings '"router"'
begin_router
reload
full_round
records() {
    control 'records?service=domeneshop&zone=example.com' |
        jq -r '[.[] | select(.host == "home" and .type == "A") | .data] | sort | join(" ")'
}
has() { [ "$(records)" = "$1" ]; }
within 10 "the first address" has 84.212.10.20
within 5 "nothing to say" unnoted
shown "once it is over there is nothing to say"

# 4: announcements.
news() { grep -c 'the router announces a change' "$here/moored.log" || true; }
more_news() { [ "$(news)" -gt "$1" ]; }
before=$(news)
wan del 84.212.10.20
wan add 84.212.10.21
within 10 "the new address" has 84.212.10.21
check "a router that announces another address is asked at once" more_news "$before"

announce() { in_router python3 tests/e2e/router/natpmp.py announce "$@"; }
# What follows is news or none by what was announced before it.
before=$(news)
announce 192.168.77.1 5000 84.212.10.21
announce 192.168.77.1 5000 84.212.10.66
within 10 "news of another address" more_news "$before"
full_round
check "an announcement never becomes an address by itself" has 84.212.10.21
before=$(news)
rounds() { grep -c 'the network has changed' "$here/moored.log"; }
begun=$(rounds)
announce 192.168.77.66 5001 84.212.10.67
announce 192.168.77.1 5001 84.212.10.66
# That nothing happens can only be watched for a while; and what is told within 3 s of news is the same incident.
sleep 4
check "what somebody else announces starts nothing, nor what is repeated" equal "$(news) $(rounds)" "$before $begun"
announce 192.168.77.1 7 84.212.10.66
within 10 "news of a router that has begun anew" more_news "$before"
shown "a router that has begun anew does"

settings '"http://127.0.0.11:63/"'
reload
check "the daemon no longer listens where the router is no source" equal "$(listens)" 1
settings '"router"'
reload
check "and again where it is" equal "$(listens)" 2
full_round

woken() { awk '/^voluntary_ctxt_switches/ { print $2 }' "/proc/$daemon/status"; }
idle() {
    local before
    before=$(woken)
    sleep 2
    equal "$(woken)" "$before"
}
check "nothing wakes it while nothing is announced" idle

# Twenty changes: with what came before no more rounds than may begin within a minute.
wan del 84.212.10.21
wan add 84.212.10.30
within 10 "the first of them" has 84.212.10.30
echo >&"$relay"
within 90 "a request for each change" grep -q median "$here/latency.log"
shown "$(grep median "$here/latency.log")"
within 10 "the last address" has 84.212.10.50
shown "each address that the router announces is written at once"

kill "$daemon"
wait "$daemon" || die "the daemon did not end with 0"
daemon=
shown "the daemon ends when it is told to"
