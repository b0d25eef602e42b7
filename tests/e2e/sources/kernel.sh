# shellcheck shell=bash disable=SC2154
# Temporary and deprecated IPv6 addresses as the kernel has them; read by tests/e2e/sources.sh.

address() { ip -n "$host" -6 addr "$@" dev wan0; }
# The addresses with a flag or without, as `ip` lists them.
listed() { address show scope global "$1" | awk '$1 == "inet6" { sub("/.*", "", $2); print $2 }'; }
has_one() { [ "$(listed "$1" | wc -l)" = 1 ]; }
interface() { settings '' '"interface"' '' "prefer = \"$1\""; }

# An address that others are derived from (RFC 8981), as one that a router's announcement leads to.
in_host sysctl -qw net.ipv6.conf.wan0.use_tempaddr=2
address del "${HOST[1]}/64"
stable=2a01:79c:1:0:5054:ff:fe12:3456
address add "$stable/64" valid_lft 3600 preferred_lft 1800 mngtmpaddr
within 10 "the kernel makes a temporary address" has_one temporary
temporary=$(listed temporary)
interface stable
check "the stable address is the one to publish" equal "$(detected ipv6)" "known $stable 0"
interface temporary
check "or the temporary one, if that is preferred" equal "$(detected ipv6)" "known $temporary 0"
# The kernel makes no new one in its place.
in_host sysctl -qw net.ipv6.conf.wan0.use_tempaddr=0
address change "$temporary/64" valid_lft 3600 preferred_lft 0
check "but not when it is deprecated" equal "$(detected ipv6)" "known $stable 0"

# Deprecated from the beginning, and one whose time runs out while the daemon looks on.
ip -n "$host" -6 addr flush dev wan0 scope global
ip -n "$host" route replace default via fe80::1 dev wan0
address add 2a01:79c:1::9/64 valid_lft 3600 preferred_lft 0
address add 2a01:79c:1::10/64 valid_lft 3600 preferred_lft 1800
address add 2a01:79c:1::20/64 valid_lft 3600 preferred_lft 1800
rm -rf "$here/state"
interface stable
# Of the two that are preferred the kernel sends from one; the route to an address of the Internet names it.
sends_from() { ip -n "$host" -6 route get 2001:7fd::1 | sed -n 's/.* src \([^ ]*\).*/\1/p'; }
first=$(sends_from)
in_background moored "$host" "$MOORED" --config "$here/config.toml"
daemon=$!
within 10 "the first address is written" has AAAA "$first"
shown "a deprecated address is not written, the one that the kernel sends from is"
address change "$first/64" valid_lft 3600 preferred_lft 2
deprecated_now() { listed deprecated | grep -qxF "$first"; }
within 10 "the kernel deprecates it" deprecated_now
next=$(sends_from)
check "the kernel sends from the other one then" [ "$next" != "$first" ]
within 20 "the next address is written" has AAAA "$next"
shown "its time runs out, and the next one takes its place, long before the next check"
check "it is there still, deprecated" equal "$(listed deprecated | sort | paste -sd' ')" "$(printf '%s\n' "$first" 2a01:79c:1::9 | sort | paste -sd' ')"
kill "$daemon"
wait "$daemon" || die "the daemon did not end with 0"
