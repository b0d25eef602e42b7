# shellcheck shell=bash disable=SC2154,SC2153
# The source `dns` over real servers; read by tests/e2e/sources.sh.

# Knot has the operators' names and those of their servers, in one process for each family, since what Google says is a
# text that does not depend on who asks. Akamai sends its askers to TCP. What Google says, and whether OpenDNS lies, is said
# by whoever starts it.
zone() {
    echo "  - domain: $1"
    echo "    file: $2"
    [ $# = 2 ] || echo "    module: [ $3 ]"
}
knot() {
    local family=$1 text=$2 opendns=("${@:3}") at=$here/knot$1 each
    mkdir -p "$at"
    for each in whoami lying google akamaitech stun; do
        printf '@ 60 SOA ns.invalid. host.invalid. 1 3600 600 86400 60\n@ 60 NS ns.invalid.\n' >"$at/$each"
    done
    printf '@ 60 A 9.9.9.9\n@ 60 AAAA 2620:fe::9\n' >>"$at/lying"
    echo "o-o.myaddr.l 60 TXT \"$text\"" >>"$at/google"
    printf '%s 60 A %s\n' ns1-1 "${AKAMAI[0]}" >>"$at/akamaitech"
    printf '%s 60 AAAA %s\n' ns1-1 "${AKAMAI[1]}" >>"$at/akamaitech"
    printf 'stun.l 60 A %s\nstun.l 60 AAAA %s\n' "${STUN[@]}" >>"$at/google"
    printf 'stun 60 A %s\nstun 60 AAAA %s\n' "${STUN[@]}" >>"$at/stun"
    {
        printf 'server:\n  rundir: %s\n  user: root\n  listen: [ ' "$at"
        printf '%s, ' "${ROUTER[family]}" "${OPENDNS[family]}" "${GOOGLE[family]}" "${CLOUDFLARE[family]}"
        printf '%s ]\n' "${AKAMAI[family]}"
        printf 'database:\n  storage: %s\n' "$at"
        printf 'log:\n  - target: stderr\n    any: warning\n'
        printf 'template:\n  - id: default\n    storage: %s\n' "$at"
        printf 'mod-stats:\n  - id: protocols\n    request-protocol: on\n'
        echo 'zone:'
        zone myip.opendns.com "${opendns[@]}"
        zone whoami.akamai.net whoami 'mod-stats/protocols, mod-noudp, mod-whoami'
        zone google.com google
        zone akamaitech.net akamaitech
        for each in cloudflare.com nextcloud.com sipgate.net example.net; do zone "$each" stun; done
    } >"$at/config"
    in_background "knot$family" "$net" knotd -c "$at/config"
    knots[family]=$!
    within 10 "Knot answers" knotc -c "$at/config" status
}
knots=()
operators() {
    local family texts=("$1" "$2")
    shift 2
    for family in 0 1; do
        if [ -n "${knots[family]:-}" ]; then
            kill "${knots[family]}"
            wait "${knots[family]}" || true
        fi
        knot "$family" "${texts[family]}" "$@"
    done
}
honest() { operators "${HOST[@]}" whoami mod-whoami; }
lying() { operators "$@" lying; }
by_tcp() { knotc -c "$here/knot$1/config" zone-stats whoami.akamai.net mod-stats.request-protocol 2>/dev/null | grep -c "\[tcp${2}\]"; }
# What the provider has, and whether it was asked since.
published() { echo "$(records A) $(records AAAA)"; }
asked() { control log | jq length; }

honest
settings '"dns"' '"dns"'
for family in 0 1; do
    name=${FAMILIES[family]}
    own=${HOST[family]}
    check "$name: Knot's answers are believed" equal "$(detected "$name")" "known $own 0"
    check "$name: OpenDNS's name gives the asker's address" equal "$(heard "$name" OpenDNS)" "$own"
    check "$name: Google's gives it as a text" equal "$(heard "$name" Google)" "$own"
    check "$name: Akamai's gives it by TCP, to which it sends its askers" equal "$(heard "$name" Akamai)" "$own"
    check "$name: which Knot saw" equal "$(by_tcp "$family" $((family * 2 + 4)))" 1
    check "$name: one that refuses changes nothing" equal "$(heard "$name" Cloudflare)" "it answers Query Refused"
done
settings '"dns"' '"dns"' 'confirm = 4'
check "more operators than there are cannot be had: nothing is believed" equal "$(detected ipv4)" "unavailable 69"

settings '"dns"' '"dns"'
check "a round writes what two operators say" equal "$(once)" 0
check "both families of it" equal "$(published)" "${HOST[*]}"

lying "${HOST[@]}"
before=$(asked)
check "one of the operators lies: the round ends well" equal "$(once)" 0
check "and the provider is not asked" equal "$(asked)" "$before"
detected ipv4 >/dev/null
check "the lie was heard" equal "$(heard ipv4 OpenDNS) $(heard ipv6 OpenDNS)" "9.9.9.9 2620:fe::9"
rm -rf "$here/state"
check "who remembers nothing does not believe it either" equal "$(detected ipv4) $(detected ipv6)" \
    "known ${HOST[0]} 0 known ${HOST[1]} 0"

# The host gets another address. Without the one it has the kernel forgets the route.
move() {
    ip -n "$host" addr del "$1/24" dev wan0
    ip -n "$host" addr add "$2/24" dev wan0
    ip -n "$host" route replace default via "${ROUTER[0]}" dev wan0
}
check "a round remembers the addresses again" equal "$(once)" 0
move "${HOST[0]}" 84.212.10.21
lying 84.212.10.99 "${HOST[1]}"
check "three who contradict each other are not believed" equal "$(once)" 69
check "and the name stays as it is" equal "$(published)" "${HOST[*]}"
lying 84.212.10.21 "${HOST[1]}"
check "two against a liar are" equal "$(once)" 0
check "and the name follows" equal "$(published)" "84.212.10.21 ${HOST[1]}"
move 84.212.10.21 "${HOST[0]}"
honest
