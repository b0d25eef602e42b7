# shellcheck shell=bash disable=SC2154
# A host whose packets are heard by nobody; read by tests/e2e/sources.sh.

# Addresses of its own network only, a link that is up, and a router that swallows everything.
ip -n "$host" addr flush dev wan0 scope global
ip -n "$host" addr add 192.168.77.2/24 dev wan0
ip -n "$host" addr add fd00::2/64 dev wan0
for router in 192.168.77.1 fd00::1; do
    ip -n "$host" neigh replace "$router" lladdr 02:00:00:00:00:99 dev wan0 nud permanent
    ip -n "$host" route replace default via "$router" dev wan0
done
sources='"interface", "https", "dns", "stun", "stun:stun.example.net:3478", "stun:192.0.2.1:3478", "file:/run/no-such-file",
    "command:exec sleep 60"'
settings "$sources, \"router\"" "${sources/192.0.2.1/[2001:db8::1]}"
for form in --json --log=error; do
    began=$(date +%s%N)
    code=$(moored detect "$form")
    took=$((($(date +%s%N) - began) / 1000000))
    check "detect answers within the time-out of 2000 ms and what it takes to start and to tell: in $took ms" [ "$took" -lt 2500 ]
    check "and says by its exit code that it found nothing out" equal "$code" 69
    cp "$here/said" "$here/said$form"
done
all() { jq -r "$1" "$here/said--json"; }
check "neither family is known" equal "$(all '[.[].state] | join(" ")')" "unavailable unavailable"
check "nor any address" equal "$(all '[.[].addresses[], .[].sources[].addresses[]] | length')" 0
check "every kind of source was asked" equal "$(all '[.[].sources[].source | split(":")[0]] | unique | join(" ")')" "command dns file https interface router stun"
check "each has its trouble" equal "$(all '[.[].sources[] | select((.error // "") == "")] | length')" 0
while IFS=$'\t' read -r source trouble; do
    grep -qF "  $trouble  " < <(grep -F "  $source " "$here/said--log=error") || die "the text does not say of $source: $trouble"
done < <(all '.[].sources[] | [.source, .error] | @tsv')
shown "and the text says them too:"
all '.[].sources[].error' | sort | uniq -c
