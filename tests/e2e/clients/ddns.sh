# shellcheck shell=bash
# NewFuture's ddns, with its providers for both sites of DNSPod. Read by tests/e2e/clients.sh.

says_who ddns
# Its arguments: a provider, a host, its address.
ddns() {
    client "$venv/bin/ddns" --dns "$1" --id 10001 --token "${token:-0123456789abcdef0123456789abcdef}" \
        --ipv4 "$2" --index4 "shell:echo $3" --index6 --no-cache --ttl 600 --ssl "$here/ca.pem" >"$here/said" 2>&1
}
value() { records "$1" "$2" | jq -r 'select(.name == "tv") | [.type, .ttl, .line, .value] | join(" ")'; }
for provider in dnspod dnspod_com; do
    case $provider in
        dnspod) service=dnspod-china zone=example.cn line=默认 ;;
        *) service=dnspod zone=example.org line=Default ;;
    esac
    ddns "$provider" "tv.$zone" 198.51.100.7 || die "it failed"
    check "with $provider it makes a host's record" equal "$(value "$service" "$zone")" "A 600 $line 198.51.100.7"
    check "after a look for the zone and the record" equal "$(asked | tail -n 2 | xargs)" \
        "POST /Record.List 200 10 POST /Record.Create 200 1"
    ddns "$provider" "tv.$zone" 198.51.100.8 || die "it failed the second time"
    check "and changes it" equal "$(value "$service" "$zone")" "A 600 $line 198.51.100.8"
    check "on the line as it was listed" equal "$(asked | tail -n 2 | xargs)" \
        "POST /Record.List 200 1 POST /Record.Modify 200 1"
done
token=ffffffffffffffffffffffffffffffff
! ddns dnspod tv.example.cn 198.51.100.9 || true
check "a wrong token is refused as such" equal "$(asked | cut -d ' ' -f 4 | sort -u | xargs)" 10004
check "and no record was touched" equal "$(value dnspod-china example.cn)" "A 600 默认 198.51.100.8"
