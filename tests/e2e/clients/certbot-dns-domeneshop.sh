# shellcheck shell=bash
# certbot's plugin for Domeneshop; read by tests/e2e/clients.sh.

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
