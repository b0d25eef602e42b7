#!/usr/bin/env bash
# A host with two links, in network namespaces, and a DNS server with the address fe80::1 on each: the one whose link
# /etc/resolv.conf names is asked, and no other, and of search domains nothing. Run by script/e2e.
set -euo pipefail
. tests/e2e/lib.sh

install_tools ip:iproute2 python3
host=moored-resolver-$$
one=$host-1
two=$host-2
here=$(mktemp -d)
started=()
leave() {
    local it
    for it in "${started[@]}"; do kill "$it" 2>/dev/null || true; done
    for it in "$host" "$one" "$two"; do ip netns del "$it" 2>/dev/null || true; done
    rm -rf "$here" "/etc/netns/$host"
}
trap leave EXIT
on_failure() { tail -n 20 "$here"/*.log "$here/said" >&2 || true; }

for it in "$host" "$one" "$two"; do
    ip netns add "$it"
    ip -n "$it" link set lo up
done
number=1
for it in "$one" "$two"; do
    # A name with a hyphen and a dot, as bridges and VLANs have them.
    link=br-lan.$number
    ip -n "$host" link add "$link" type veth peer name up0 netns "$it"
    ip -n "$host" link set "$link" addrgenmode none
    ip -n "$it" link set up0 addrgenmode none
    ip -n "$host" link set "$link" up
    ip -n "$it" link set up0 up
    ip -n "$it" addr add fe80::1/64 dev up0 nodad
    ip -n "$host" addr add "fe80::1$number/64" dev "$link" nodad
    ip netns exec "$it" python3 tests/e2e/resolver/server.py "$here/$number.log" 2>"$here/$number.errors.log" &
    started+=($!)
    within 10 "a DNS server listens on $link" ip netns exec "$it" sh -c 'ss -lun | grep -q :53'
    number=$((number + 1))
done
mkdir -p "/etc/netns/$host"
(umask 077 && cat >"$here/config.toml" <<TOML
state_dir = "$here/state"
timeout = "3s"
[ipv4]
sources = ["static:84.212.10.20"]
[ipv6]
sources = []
[[domeneshop]]
token = "token"
secret = "secret"
endpoint = "https://api.domeneshop.no:9/v0"
hosts = ["home.example.com"]
TOML
)
for number in 1 2; do
    printf 'nameserver fe80::1%%br-lan.%s\nsearch svc.cluster.local\noptions ndots:5 timeout:1 attempts:1\n' "$number" \
        >"/etc/netns/$host/resolv.conf"
    : >"$here/1.log"
    : >"$here/2.log"
    code=0
    ip netns exec "$host" "$MOORED" check --config "$here/config.toml" >"$here/said" 2>&1 || code=$?
    check "the name is found and nobody listens there" equal "$code" 75
    asked=$(tr '\0' '\n' <"$here/$number.log" | grep . | sort -u)
    check "the server of link $number is asked for the absolute name only" equal "$asked" api.domeneshop.no
    check "the server of the other link is not asked" equal "$(tr -d '\0' <"$here/$((3 - number)).log")" ""
done
