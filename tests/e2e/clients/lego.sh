# shellcheck shell=bash
# lego with its provider for Domeneshop; Debian's build lacks the one for DNSPod. Read by tests/e2e/clients.sh.

says_which lego
lego() {
    in_tree env LEGO_CA_CERTIFICATES=/mnt/ca.pem DOMENESHOP_POLLING_INTERVAL=1 \
        DOMENESHOP_API_TOKEN=sandbox DOMENESHOP_API_SECRET="${secret:-sandbox-secret}" \
        lego --path /mnt/lego --server "$directory" --email me@example.com --accept-tos --dns.disable-cp "$@" run \
        >"$here/said" 2>&1
}

before=$(records domeneshop example.com)
check "with its provider for Domeneshop it gets a certificate for a domain and its wildcard" \
    lego --dns domeneshop -d example.com -d '*.example.com'
check "which is for both" is_certificate_for "$here/lego/certificates/example.com.crt" example.com '*.example.com'
check "and takes away its records" equal "$(records domeneshop example.com)" "$before"
check "by the API's paths" equal "$(asked | sed 's#dns/[0-9]*#dns/ID#' | sort | uniq -c | xargs)" \
    "2 DELETE /v0/domains/$domain/dns/ID 204 4 GET /v0/domains 200 2 GET /v0/domains/$domain/dns 200 \
2 POST /v0/domains/$domain/dns 201"

secret=wrong
! lego --dns domeneshop -d www.example.com || die "it got a certificate with a wrong secret"
check "a wrong secret is refused as such" equal "$(asked | cut -d ' ' -f 3- | sort -u | xargs)" "401 authentication:failed"
secret=
