# shellcheck shell=bash
# certbot's plugin for DNSPod's site for China, of which somebody else than certbot's authors is the author: a whole
# certificate. Read by tests/e2e/clients.sh.

venv=$venv_dnspod
says_who certbot certbot-dnspod
trusted=$("$venv/bin/python" -c 'import certifi; print(certifi.where())')
printf 'certbot_dnspod_token_id = 10001\ncertbot_dnspod_token = 0123456789abcdef0123456789abcdef\n' >"$here/dnspod.ini"
chmod 0600 "$here/dnspod.ini"
certbot() {
    client "$venv/bin/certbot" certonly --non-interactive --agree-tos --email me@example.com --server "$directory" \
        --config-dir "$here/certbot" --work-dir "$here/certbot" --logs-dir "$here/certbot" \
        -a certbot-dnspod --certbot-dnspod-credentials "$here/dnspod.ini" --certbot-dnspod-propagation-seconds 0 "$@" \
        >"$here/said" 2>&1
}
before=$(records dnspod-china example.cn)
check "it gets a certificate for a host" certbot -d www.example.cn
check "which is for it" is_certificate_for "$here/certbot/live/www.example.cn/cert.pem" www.example.cn
check "and takes away its record" equal "$(records dnspod-china example.cn)" "$before"
check "by the China site's calls" asked_for \
    "POST /Domain.List 200 1" "POST /Record.Create 200 1" \
    "POST /Domain.List 200 1" "POST /Record.List 200 1" "POST /Record.Remove 200 1"
