# shellcheck shell=bash
# Domeneshop's own library, call by call; read by tests/e2e/clients.sh.

says_who domeneshop
script=(env TOKEN=sandbox SECRET=sandbox-secret "$venv/bin/python" tests/e2e/clients/shop.py)
shop() { client "${script[@]}" "$@"; }
check "it does not believe an authority that it does not know" \
    refused '.*CERTIFICATE_VERIFY_FAILED.*' in_it "${script[@]}" get_domains
check "so nothing was asked" equal "$(asked)" ""

found=$(shop get_domains | jq '.[] | select(.domain == "example.com") | .id')
check "it finds a domain" equal "$found $(shop get_domain "$domain" | jq -r .domain)" "$domain example.com"
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
