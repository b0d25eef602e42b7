# shellcheck shell=bash
# acme.sh with its scripts for both sites of DNSPod and for Domeneshop: whole certificates, from an ACME server that looks for
# the records. The scripts search the answers' text, so they depend on the order of the fields. Read by tests/e2e/clients.sh.

says_which acme.sh
# Its answers to what it asked are in a log, for whoever wants to know why it failed.
acme() {
    in_tree env DP_Id=10001 DP_Key=0123456789abcdef0123456789abcdef \
        DPI_Id=10001 DPI_Key=0123456789abcdef0123456789abcdef \
        DOMENESHOP_Token=sandbox DOMENESHOP_Secret=sandbox-secret \
        acme.sh --home /mnt/acme.sh --log /mnt/acme.sh.log --server "$directory" --dnssleep 1 "$@" >"$here/said" 2>&1
}
mkdir -p "$here/acme.sh"

control 'add?service=dnspod-china&zone=example.cn' \
    -d '{"name": "_acme-challenge", "type": "TXT", "value": "somebody-else"}' >/dev/null
before=$(records dnspod-china example.cn)
# A name and its wildcard are two records of one host.
check "with dns_dp it gets a certificate for a domain and its wildcard" \
    acme --issue --dns dns_dp -d example.cn -d '*.example.cn' --keylength ec-256
check "which is for both" is_certificate_for "$here/acme.sh/example.cn_ecc/fullchain.cer" example.cn '*.example.cn'
check "and takes away its own records alone" equal "$(records dnspod-china example.cn)" "$before"
check "by the China site's calls" equal "$(asked | grep -v Domain.Info | xargs)" \
    "POST /Record.Create 200 1 POST /Record.Create 200 1 \
POST /Record.List 200 1 POST /Record.Remove 200 1 POST /Record.List 200 1 POST /Record.Remove 200 1"

before=$(records dnspod example.org)
check "with dns_dpi it gets a certificate for a host" \
    acme --issue --dns dns_dpi -d home.example.org --keylength ec-256
check "which is for it" is_certificate_for "$here/acme.sh/home.example.org_ecc/fullchain.cer" home.example.org
check "and takes away its record" equal "$(records dnspod example.org)" "$before"
check "after it has learned which zone the host is in" asked_for \
    "POST /Domain.Info 200 13" "POST /Domain.Info 200 1" "POST /Record.Create 200 1" \
    "POST /Domain.Info 200 13" "POST /Domain.Info 200 1" "POST /Record.List 200 1" "POST /Record.Remove 200 1"

before=$(records domeneshop example.com)
check "with dns_domeneshop it gets a certificate for a host" \
    acme --issue --dns dns_domeneshop -d deep.home.example.com --keylength ec-256
check "which is for it" \
    is_certificate_for "$here/acme.sh/deep.home.example.com_ecc/fullchain.cer" deep.home.example.com
check "and takes away its record" equal "$(records domeneshop example.com)" "$before"
check "by the API's paths" equal "$(asked | sed 's#dns/[0-9]*#dns/ID#' | xargs)" \
    "GET /v0/domains 200 POST /v0/domains/$domain/dns 201 \
GET /v0/domains 200 GET /v0/domains/$domain/dns 200 DELETE /v0/domains/$domain/dns/ID 204"

! acme --issue --dns dns_dpi -d home.example.net || die "it got a certificate for a domain that is not in the account"
check "a domain that is not in the account is refused as such" grep -q 'invalid domain' "$here/said"
