# shellcheck shell=bash
# ddclient with its protocol for Domeneshop's dyndns update. Read by tests/e2e/clients.sh.

says_which ddclient
cat >"$here/ddclient.conf" <<'TXT'
ssl=yes
usev4=cmdv4, cmdv4=/mnt/say-address
protocol=domeneshop
login=sandbox
password=sandbox-secret
office.example.com
TXT
chmod 0600 "$here/ddclient.conf"
printf '#!/bin/sh\ncat /mnt/address\n' >"$here/say-address"
chmod 0755 "$here/say-address"
ddclient() {
    in_tree ddclient -daemon=0 -foreground -verbose -file /mnt/ddclient.conf -cache /mnt/ddclient.cache >"$here/said" 2>&1
}
values() { records domeneshop example.com | jq -r 'select(.host == "office") | .type + " " + .data'; }
echo 198.51.100.7 >"$here/address"
ddclient || die "it failed"
check "it makes a host's record" equal "$(values)" "A 198.51.100.7"
check "by one request" asked_for "GET /v0/dyndns/update 204"
ddclient || die "it failed the second time"
check "an address that stays makes no request" equal "$(asked)" ""
