#!/usr/bin/env bash
# Other people's clients take the sandbox for the real services: Domeneshop's own library, certbot's plugin for it, and
# lexicon for DNSPod's site for China. They are as published, and call the real names over TLS, in a network namespace with
# no way out where those names are the sandbox's. Run by script/e2e.
set -euo pipefail
. tests/e2e/lib.sh

install_tools ip:iproute2 unshare:util-linux jq curl openssl stunnel4
python_tools clients
name=moored-e2e-$$
here=$WORK/clients
mkdir -p "$here" "/etc/netns/$name"
echo 'nameserver 127.0.0.1' >"/etc/netns/$name/resolv.conf"
cat >"/etc/netns/$name/hosts" <<TXT
127.0.0.1 localhost
127.0.0.2 api.domeneshop.no
127.0.0.3 dnsapi.cn
TXT
ip netns add "$name"
leave() {
    local process
    for process in ${plugin:-} ${terminator:-} ${server:-}; do
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
        -extfile <(echo 'subjectAltName=DNS:api.domeneshop.no,DNS:dnsapi.cn') -out "$here/tls.pem"
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
TXT
ip netns exec "$name" stunnel4 "$here/stunnel.conf" >"$here/stunnel.log" 2>&1 &
terminator=$!
api() { in_it curl -sS --fail-early --max-time 5 --cacert "$here/ca.pem" "$@"; }
within 10 "the services answer by their names" api https://api.domeneshop.no/ https://dnsapi.cn/

# Domeneshop's library believes certifi's list and nothing else, so that list is the authority's in the client's own mount
# namespace; lexicon's library has a variable for it.
trusted=$("$venv/bin/python" -c 'import certifi; print(certifi.where())')
client() {
    # shellcheck disable=SC2016 # for the inner shell
    HOME=$here REQUESTS_CA_BUNDLE=$here/ca.pem in_it timeout 60 \
        bash -c 'mount --bind "$1" "$2" && shift 2 && exec "$@"' - "$here/ca.pem" "$trusted" "$@"
}
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
asked >/dev/null

says_who domeneshop
script=(env TOKEN=sandbox SECRET=sandbox-secret "$venv/bin/python" tests/e2e/clients/shop.py)
shop() { client "${script[@]}" "$@"; }
check "it does not believe an authority that it does not know" \
    refused '.*CERTIFICATE_VERIFY_FAILED.*' in_it "${script[@]}" get_domains
check "so nothing was asked" equal "$(asked)" ""

domain=$(shop get_domains | jq '.[] | select(.domain == "example.com") | .id')
check "it finds a domain" equal "$(shop get_domain "$domain" | jq -r .domain)" example.com
check "by the paths of the API" asked_for "GET /v0/domains 200" "GET /v0/domains/$domain 200"
made=$(shop create_record "$domain" '{"host": "home", "ttl": 600, "type": "A", "data": "192.0.2.1"}')
check "it creates a record and learns its id" equal "$(records domeneshop example.com)" \
    '{"data":"192.0.2.1","host":"home","id":'"$made"',"ttl":600,"type":"A"}'
path=/v0/domains/$domain/dns
check "by one request" asked_for "POST $path 201"
shop modify_record "$domain" "$made" '{"host": "home", "ttl": 3600, "type": "A", "data": "192.0.2.2"}' >/dev/null
check "it changes the record" equal "$(records domeneshop example.com)" \
    '{"data":"192.0.2.2","host":"home","id":'"$made"',"ttl":3600,"type":"A"}'
check "and reads it" equal "$(shop get_record "$domain" "$made" | jq -cS .)" "$(records domeneshop example.com)"
check "by its path" asked_for "PUT $path/$made 204" "GET $path/$made 200"
while read -r type data more; do
    record=$(jq -n --arg type "$type" --arg data "$data" --argjson more "${more:-{\}}" \
        '{host: ("t-" + $type), ttl: 60, type: $type, data: $data} + $more')
    shop create_record "$domain" "$record" >>"$here/ids"
done <<'LINES'
AAAA 2001:0db8:85a3:0000:0000:8a2e:0370:7334
CNAME www.example.com
ANAME www.example.com
TLSA d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971 {"usage": 3, "selector": 1, "dtype": 1}
MX mail.example.com {"priority": 10}
SRV sip.example.com {"priority": 10, "weight": 5, "port": 5060}
DS 2bb183af5f22588179a53b0a98631fad1a292118 {"tag": 60485, "alg": 5, "digest": 1}
CAA ca.example.net {"flags": 0, "tag": 0}
NS ns1.example.net
TXT v=spf1
LINES
check "it creates a record of each of its types" equal \
    "$(records domeneshop example.com | jq -r .type | sort | xargs)" "A AAAA ANAME CAA CNAME DS MX NS SRV TLSA TXT"
check "and lists them" equal "$(shop get_records "$domain" | jq -cS '.[]')" "$(records domeneshop example.com)"
for id in "$made" $(cat "$here/ids"); do
    shop delete_record "$domain" "$id" >/dev/null
done
check "it deletes them" equal "$(records domeneshop example.com)" ""
asked | sort | uniq -c >"$here/asked"
check "each with the status of its kind" equal "$(awk '{ sub("/[0-9]+$", "", $3); n[$2" "$4] += $1 }
    END { print n["POST 201"], n["GET 200"], n["DELETE 204"] }' "$here/asked")" "10 1 11"

check "a record that is gone is refused as itself" refused \
    '404 resource:unknown\. See documentation at https://api.domeneshop.no/docs' shop delete_record "$domain" "$made"
check "somebody else's domain too" refused '403 resource:unauthorized\. .*' shop get_records 1
check "a TTL that is not whole minutes too" refused '400 [a-z:]+\. ttl .*' \
    shop create_record "$domain" '{"host": "home", "ttl": 61, "type": "A", "data": "192.0.2.1"}'
script[2]=SECRET=wrong
check "a wrong secret too" refused '401 authentication:failed\. .*' shop get_domains
script[2]=SECRET=sandbox-secret
check "and the API said so" equal "$(asked | cut -d ' ' -f 3- | xargs)" \
    "404 resource:unknown 403 resource:unauthorized 400 request:invalid 401 authentication:failed"

# It leaves out the path's final slash, which the service was seen to want in 2026.
forwards() { api -u sandbox:sandbox-secret "https://api.domeneshop.no/v0/domains/$domain/forwards/" | jq -cS '.[]'; }
check "its forwards are refused as by the service of today" refused '404 resource:unknown\. .*' shop get_forwards "$domain"
control 'switch?service=domeneshop&name=forwards-without-slash&on=true' -X POST >/dev/null
asked >/dev/null
shop create_forward "$domain" '"www"' '"https://example.net/"' >/dev/null
check "by the service of its day they are created" equal "$(forwards)" \
    '{"frame":false,"host":"www","url":"https://example.net/"}'
check "listed" equal "$(shop get_forwards "$domain" | jq -cS '.[]')" "$(forwards)"
shop modify_forward "$domain" '"www"' '"https://example.net/new"' true >/dev/null
check "changed" equal "$(forwards)" '{"frame":true,"host":"www","url":"https://example.net/new"}'
check "read" equal "$(shop get_forward "$domain" '"www"' | jq -cS .)" "$(forwards)"
check "not created twice" refused '409 .*' shop create_forward "$domain" '"www"' '"https://example.net/"'
shop delete_forward "$domain" '"www"' >/dev/null
check "and deleted" equal "$(forwards)" ""
path=/v0/domains/$domain/forwards
check "by its own paths" equal "$(asked | grep -vF "$path/ ")" "POST $path 201
GET $path 200
PUT $path/www 200
GET $path/www 200
POST $path 409 record:collision
DELETE $path/www 204"

says_who certbot certbot-dns-domeneshop
ini() {
    printf 'dns_domeneshop_client_token = sandbox\ndns_domeneshop_client_secret = %s\n' "$1" >"$here/certbot.ini"
    chmod 0600 "$here/certbot.ini"
}
challenge=(client "$venv/bin/python" tests/e2e/clients/challenge.py "$here/certbot.ini")
control 'add?service=domeneshop&zone=example.com' \
    -d '{"host": "_acme-challenge", "ttl": 60, "type": "TXT", "data": "somebody-else"}' >/dev/null
ini sandbox-secret
path=/v0/domains/$domain/dns
# A name and its wildcard are two challenges of one host.
coproc certbot { "${challenge[@]}" example.com example.com deep.home.example.com 2>"$here/said" || exit; }
# shellcheck disable=SC2154 # by coproc
plugin=$certbot_PID
for n in 0 1 2; do
    read -r -t 30 "wanted[$n]" <&"${certbot[0]}" || die "certbot says nothing"
done
check "its plugin adds a record for each challenge" equal \
    "$(records domeneshop example.com | jq -r '[.host, .type, .ttl, .data] | join(" ")')" \
    "_acme-challenge TXT 60 somebody-else
_acme-challenge TXT 60 ${wanted[0]}
_acme-challenge TXT 60 ${wanted[1]}
_acme-challenge.deep.home TXT 60 ${wanted[2]}"
mapfile -t ids < <(records domeneshop example.com | jq .id)
check "with a look for the domain before each" asked_for \
    "GET /v0/domains 200" "POST $path 201" "GET /v0/domains 200" "POST $path 201" "GET /v0/domains 200" "POST $path 201"
echo >&"${certbot[1]}"
wait "$plugin" || die "certbot's plugin failed"
plugin=
check "and takes away its own alone" equal "$(records domeneshop example.com | jq -r .data)" somebody-else
check "by their ids" asked_for \
    "GET /v0/domains 200" "GET $path 200" "DELETE $path/${ids[1]} 204" \
    "GET /v0/domains 200" "GET $path 200" "DELETE $path/${ids[2]} 204" \
    "GET /v0/domains 200" "GET $path 200" "DELETE $path/${ids[3]} 204"
check "a domain that is not in the account is refused as such" refused 'PluginError: Failed to find domain example\.net .*' \
    "${challenge[@]}" example.net
ini wrong
check "a wrong secret too" refused 'DomeneshopError: 401 authentication:failed\. .*' "${challenge[@]}" example.com
check "and no record was touched" equal "$(records domeneshop example.com | jq .id)" "${ids[0]}"
check "nor asked for" asked_for "GET /v0/domains 200" "GET /v0/domains 401 authentication:failed"

says_who dns-lexicon
login=(--auth-username 10001 --auth-token 0123456789abcdef0123456789abcdef)
lexicon() { client "$venv/bin/lexicon" dnspod "${login[@]}" --output JSON "$@"; }
pod() { records dnspod-china example.cn | jq -r '[.name, .type, .ttl, .line, .value] | join(" ")'; }
ids_of() { records dnspod-china example.cn | jq -r .id; }
check "its User-Agent is not what the documentation asks for" refused '.*HTTPError: 403 .*' lexicon list example.cn TXT
# Yet the service answered it in 2016.
control 'switch?service=dnspod-china&name=strict-user-agents&on=false' -X POST >/dev/null
asked >/dev/null
check "it creates a record" equal "$(lexicon create example.cn A --name home --content 192.0.2.1 --ttl 900)" true
check "as it said" equal "$(pod)" "home A 900 默认 192.0.2.1"
check "after a look for the domain" asked_for "POST /Domain.Info 200 1" "POST /Record.Create 200 1"
id=$(ids_of)
check "it lists the record of a name, whose zone it learns from the DNS" equal "$(lexicon list home.example.cn A | jq -cS .)" \
    '[{"content":"192.0.2.1","id":"'"$id"'","name":"home.example.cn","ttl":"900","type":"A"}]'
check "it changes the record" equal \
    "$(lexicon update example.cn A --identifier "$id" --name home.example.cn --content 192.0.2.2 --ttl 600)" true
check "which keeps its id" equal "$(ids_of) $(pod)" "$id home A 600 默认 192.0.2.2"
check "it creates another" equal \
    "$(lexicon create example.cn TXT --name _acme-challenge.home.example.cn --content one --ttl 600)" true
check "and one more of the same name" equal \
    "$(lexicon create example.cn TXT --name _acme-challenge.home.example.cn --content two --ttl 600)" true
check "it finds one by its content" equal \
    "$(lexicon list example.cn TXT --name _acme-challenge.home --content two | jq -r '.[].id')" "$(ids_of | tail -n 1)"
check "it deletes one by its content" equal \
    "$(lexicon delete example.cn TXT --name _acme-challenge.home --content one)" true
check "and no other" equal "$(pod | cut -d ' ' -f 5 | xargs)" "192.0.2.2 two"
check "it deletes one by its id" equal "$(lexicon delete example.cn A --identifier "$id")" true
check "and no other" equal "$(pod)" "_acme-challenge.home TXT 600 默认 two"
check "all by the China site's calls" equal "$(asked | grep -v Domain.Info | cut -d ' ' -f 2- | xargs)" \
    "/Record.List 200 1 /Record.Modify 200 1 /Record.Create 200 1 /Record.Create 200 1 /Record.List 200 1 \
/Record.List 200 1 /Record.Remove 200 1 /Record.Remove 200 1"
check "a domain that is not in the account is refused as such" refused \
    '.*AuthenticationError: .*[Dd]omain.*' lexicon list example.org TXT
check "a TTL that the plan does not allow too" refused \
    '.*Exception: .*ttl.*' lexicon create example.cn A --name home --content 192.0.2.1 --ttl 60
login[3]=ffffffffffffffffffffffffffffffff
check "a wrong token too" refused '.*AuthenticationError: .+' lexicon list example.cn TXT
login[1]=10002
check "a wrong id too" refused '.*AuthenticationError: .+' lexicon list example.cn TXT
check "each by the code that says so" equal "$(asked | cut -d ' ' -f 2,4 | xargs)" \
    "/Domain.Info 13 /Domain.Info 1 /Record.Create 32 /Domain.Info 10004 /Domain.Info 10002"
check "and no record was touched" equal "$(pod)" "_acme-challenge.home TXT 600 默认 two"
