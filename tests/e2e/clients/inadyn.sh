# shellcheck shell=bash
# inadyn with its plugin for DNSPod's site for China, which looks for the record's id at a fixed place in the answer. It speaks
# HTTP/1.0 and reads to the end of the connection. Read by tests/e2e/clients.sh.

says_which inadyn
cat >"$here/inadyn.conf" <<'TXT'
verify-address = false
provider dnspod.cn {
    username = 10001
    password = 0123456789abcdef0123456789abcdef
    hostname = router.example.cn
    checkip-command = "cat /mnt/address"
}
TXT
inadyn() {
    in_tree inadyn --once --force --foreground --no-pidfile --loglevel=debug --cache-dir=/mnt --config=/mnt/inadyn.conf \
        >"$here/said" 2>&1
}
value() { records dnspod-china example.cn | jq -r 'select(.name == "router") | .value'; }
echo 198.51.100.7 >"$here/address"
# It reads an id into 31 bits, so it knows the records of earlier years only.
control 'add?service=dnspod-china&zone=example.cn' \
    -d '{"id": "306419640", "name": "router", "type": "A", "value": "192.0.2.1"}' >/dev/null
check "it changes a host's record" inadyn
check "to its address" equal "$(value)" 198.51.100.7
check "by a look for the record and Record.Ddns" asked_for "POST /Record.List 200 1" "POST /Record.Ddns 200 1"
echo 198.51.100.8 >"$here/address"
before=$SECONDS
inadyn || die "it failed the second time"
check "and once more" equal "$(value)" 198.51.100.8
check "without waiting for the connections to end" [ $((SECONDS - before)) -lt 5 ]
