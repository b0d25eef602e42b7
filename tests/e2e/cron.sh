#!/usr/bin/env bash
# packaging/cron/moored under Debian's cron, every minute instead of every five. Run by script/e2e.
set -euo pipefail
. tests/e2e/lib.sh

debian
container=$(docker run -d --label "$LABEL" --network "$NETWORK" --cap-add AUDIT_WRITE --tmpfs /tmp \
    -v "$(realpath "$MOORED"):/usr/local/bin/moored:ro" -v "$PWD/packaging/cron/moored:/cron:ro" "$IMAGE" \
    /bin/sh -c 'until [ -e /tmp/ready ]; do sleep 0.1; done; exec cron -f')
in_it() { docker exec -i "$container" "$@"; }
on_failure() { in_it sh -c "cat /mail; ls -lR /var/lib/moored /var/lib/failing" >&2; }

settings() {
    config_head static:84.212.30.1
    printf '[[domeneshop]]\nendpoint = "%s"\ntoken = "sandbox"\nsecret = "sandbox-secret"\nhosts = ["cron.example.com"]\n' "$1"
}
in_it install -d /etc/moored
settings "http://$GATEWAY:5301/v0" | in_it sh -c 'umask 077; cat >/etc/moored/config.toml'
settings "http://$GATEWAY:1/v0" | in_it sh -c 'umask 077; cat >/etc/moored/failing.toml'
check "root looks before there is a user" \
    equal "$(in_it moored plan --exit-code >/dev/null 2>&1 || echo $?)" 10
# As the file's first lines say; the mail goes into a file.
in_it sh -c "$(sed -n 's/^#     //p' packaging/cron/moored)" >/dev/null 2>&1
in_it install -d -o moored /var/lib/failing
in_it sh -c 'install -m 0666 /dev/null /mail && printf "#!/bin/sh\ncat >>/mail\n" >/usr/sbin/sendmail && chmod 0755 /usr/sbin/sendmail'
in_it sh -c 'sed "s|^\*/5|*|" /cron >/etc/cron.d/moored'
in_it sh -c 'sed -e "s|^\*/5|*|" -e "s|--once|--once --config /etc/moored/failing.toml|" -e "s|/var/lib/moored|/var/lib/failing|" /cron >/etc/cron.d/failing'
in_it touch /tmp/ready

within 75 "the record" has_address cron 84.212.30.1
shown "cron has run it, and the record is there"
in_it cat /etc/cron.d/moored | tail -n 1
mailed() { in_it grep -qE "^cron.example.com A +[^ ]+ +$1" /mail; }
within 15 "a mail of what changed" mailed 'changed from none'
within 15 "a mail of the round that failed" mailed 'failed \(for now\)'
shown "what changed and what failed is mailed"
check "its state is the user's, where the file says" equal "$(in_it stat -c %U /var/lib/moored/state.json)" moored
# The sandbox speaks no TLS, of which moored warns whatever the round is like.
check "each is said once" equal "$(in_it cat /mail | grep -c '^cron.example.com A .*failed (for now)')" 1
by_hand() { in_it sh -c 'echo; cd / && exec runuser -u moored -- env STATE_DIRECTORY=/var/lib/moored moored --once "$@" 2>&1' - "$@"; }
check "the next round says nothing, for nothing changed" \
    equal "$(by_hand | grep -v 'without encryption')" ""
check "unless it is asked to" grep -q 'cron.example.com A  84.212.30.1  unchanged' <(by_hand --verbose)

# Another instance, for as long as a request hangs.
control 'fault?service=domeneshop&path=/&kind=hang' -X POST >/dev/null
in_it sed -i s/84.212.30.1/84.212.30.2/ /etc/moored/config.toml
before=$(requests)
(by_hand || true) >/dev/null &
asked() { [ "$(requests)" -gt "$before" ]; }
within 10 "a round that hangs" asked
code=0
said=$(by_hand) || code=$?
check "a second round beside it is 75" equal "$code" 75
check "and says why" grep -q 'another moored is running with /var/lib/moored' <<<"$said"
wait
