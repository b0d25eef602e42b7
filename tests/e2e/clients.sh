#!/usr/bin/env bash
# Other people's clients take the sandbox for the real services; each has a file in tests/e2e/clients. They are as published,
# by PyPI and by Debian 13, and call the real names over TLS, in a network namespace with no way out where those names are the
# sandbox's. An ACME server there, Pebble, asks the sandbox's name server for what they were to write. Run by script/e2e.
#
# CLIENTS names some of them; all if it is not set.
set -euo pipefail
. tests/e2e/lib.sh

install_tools ip:iproute2 unshare:util-linux jq curl openssl stunnel4
clients=${CLIENTS:-domeneshop certbot-dns-domeneshop lexicon acme-sh lego inadyn ddclient ddns certbot-dnspod moored}
python_tools clients-certbot-dnspod
venv_dnspod=$venv
python_tools clients
# Debian's clients, and what they need, in a tree of their own.
SUITE=trixie INCLUDE=acme.sh,ca-certificates,curl,ddclient,inadyn,lego,openssl,pebble debian_tree
touch "$tree/etc/hosts" "$tree/etc/resolv.conf"
name=moored-e2e-$$
here=$WORK/clients
mkdir -p "$here" "/etc/netns/$name"
echo 'nameserver 127.0.0.1' >"/etc/netns/$name/resolv.conf"
cat >"/etc/netns/$name/hosts" <<TXT
127.0.0.1 localhost
127.0.0.2 api.domeneshop.no
127.0.0.3 dnsapi.cn
127.0.0.4 api.dnspod.com
TXT
ip netns add "$name"
leave() {
    local process
    for process in ${plugin:-} ${terminator:-} ${authority:-} ${server:-}; do
        kill "$process" 2>/dev/null || true
    done
    ip netns del "$name" 2>/dev/null || true
    rm -rf "/etc/netns/$name"
}
trap leave EXIT
in_it() { ip netns exec "$name" "$@"; }
on_failure() { tail -n 20 "$here"/*.log "$here/said" >&2; }

in_it ip link set lo up
ip netns exec "$name" "$SANDBOX" --port-base 53 >"$here/sandbox.log" 2>&1 &
server=$!
control() {
    local path=$1
    shift
    in_it curl -fsS --max-time 5 "$@" "http://127.0.0.1:57/$path"
}
within 10 "the sandbox answers" control log

# TLS, by an authority that nobody else believes.
key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256)
{
    openssl req -x509 "${key[@]}" -days 2 -subj '/CN=moored e2e' -keyout "$here/ca.key" -out "$here/ca.pem" \
        -addext 'keyUsage=critical,keyCertSign'
    openssl req "${key[@]}" -subj '/CN=api.domeneshop.no' -keyout "$here/tls.key" -out "$here/tls.csr"
    openssl x509 -req -in "$here/tls.csr" -CA "$here/ca.pem" -CAkey "$here/ca.key" -CAcreateserial -days 2 \
        -extfile <(echo 'subjectAltName=DNS:api.domeneshop.no,DNS:dnsapi.cn,DNS:api.dnspod.com,DNS:localhost') -out "$here/tls.pem"
} 2>"$here/openssl.log"
cat >"$here/stunnel.conf" <<TXT
foreground = yes
pid =
syslog = no
debug = warning
cert = $here/tls.pem
key = $here/tls.key
[domeneshop]
accept = 127.0.0.2:443
connect = 127.0.0.1:54
[dnspod-china]
accept = 127.0.0.3:443
connect = 127.0.0.1:56
[dnspod]
accept = 127.0.0.4:443
connect = 127.0.0.1:55
TXT
ip netns exec "$name" stunnel4 "$here/stunnel.conf" >"$here/stunnel.log" 2>&1 &
terminator=$!
api() { in_it curl -sS --fail-early --max-time 5 --cacert "$here/ca.pem" "$@"; }
within 10 "the services answer by their names" api https://api.domeneshop.no/ https://dnsapi.cn/ \
    https://api.dnspod.com/

# Domeneshop's library believes certifi's list and nothing else, so that list is the authority's in the client's own mount
# namespace; lexicon's library has a variable for it.
trusted=$("$venv/bin/python" -c 'import certifi; print(certifi.where())')
client() {
    # shellcheck disable=SC2016 # for the inner shell
    HOME=$here REQUESTS_CA_BUNDLE=$here/ca.pem in_it timeout 60 \
        bash -c 'mount --bind "$1" "$2" && shift 2 && exec "$@"' - "$here/ca.pem" "$trusted" "$@"
}
# A program of the tree, which sees the part's directory as /mnt and believes the authority alone.
# shellcheck disable=SC2016 # for the inner shell
enter_tree='here=$1 tree=$2 && shift 2
    mount --bind "$here" "$tree/mnt"
    mount --bind "$here/ca.pem" "$tree/etc/ssl/certs/ca-certificates.crt"
    for file in hosts resolv.conf; do mount --bind "/etc/$file" "$tree/etc/$file"; done
    mount -t proc proc "$tree/proc"
    exec env HOME=/mnt chroot "$tree" "$@"'
in_tree() { in_it timeout 60 bash -c "$enter_tree" - "$here" "$tree" "$@"; }
# The records of a zone, one a line, without DNSPod's own.
records() { control "records?service=$1&zone=$2" | jq -cS '.[] | select(.hold == null)'; }
# What was asked since the last time: the method, the path, the status and the provider's code.
asked() {
    control log | jq -r '.[] | [.method, .path, .status, .api_code // empty] | join(" ")'
    control clear -X POST >/dev/null
}
asked_for() { equal "$(asked)" "$(printf '%s\n' "$@")"; }
# Whether a client fails with these as its last words.
refused() {
    local words=$1
    shift
    ! "$@" >"$here/said" 2>&1 && grep -qxE "$words" <<<"$(tail -n 1 "$here/said")"
}
says_who() {
    "$venv/bin/python" -c 'import importlib.metadata as m, sys
for name in sys.argv[1:]: print(" ", name, m.version(name))' "$@"
}
says_which() { in_tree dpkg-query -W -f '  ${Package} ${Version}\n' "$@"; }

# The ACME server. It looks for each challenge at the sandbox's name server.
cat >"$here/pebble.json" <<'TXT'
{"pebble": {
  "listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000",
  "certificate": "/mnt/tls.pem", "privateKey": "/mnt/tls.key", "httpPort": 5002, "tlsPort": 5001,
  "retryAfter": {"authz": 1, "order": 1}
}}
TXT
PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=0 PEBBLE_AUTHZREUSE=0 ip netns exec "$name" \
    bash -c "$enter_tree" - "$here" "$tree" pebble -config /mnt/pebble.json -dnsserver 127.0.0.1:53 \
    >"$here/pebble.log" 2>&1 &
authority=$!
directory=https://localhost:14000/dir
within 10 "the ACME server answers" api "$directory"
# Whether a certificate of that authority is for these names.
is_certificate_for() {
    local file=$1 names
    shift
    names=$(openssl x509 -in "$file" -noout -ext subjectAltName | grep -o 'DNS:[^,]*' | sort | xargs)
    equal "$names" "$(printf 'DNS:%s\n' "$@" | sort | xargs)"
}

# Domeneshop's number for its zone.
domain=$(api -u sandbox:sandbox-secret 'https://api.domeneshop.no/v0/domains?domain=example.com' | jq '.[0].id')

for client in $clients; do
    control clear -X POST >/dev/null
    # shellcheck source=/dev/null # one of several
    . "tests/e2e/clients/$client.sh"
done

