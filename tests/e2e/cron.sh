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

# As the file's first lines say; the mail goes into a file.
in_it adduser --quiet --system --group --home /var/lib/moored moored
settings() {
    config_head static:84.212.30.1
    printf '[[domeneshop]]\nendpoint = "%s"\ntoken = "sandbox"\nsecret = "sandbox-secret"\nhosts = ["cron.example.com"]\n' "$1"
}
in_it install -d /etc/moored
settings "http://$GATEWAY:5301/v0" | in_it sh -c 'cat >/etc/moored/config.toml'
settings "http://$GATEWAY:1/v0" | in_it sh -c 'cat >/etc/moored/failing.toml'
in_it sh -c 'chown moored /etc/moored/*.toml && chmod 0600 /etc/moored/*.toml && install -d -o moored /var/lib/failing'
in_it sh -c 'install -m 0666 /dev/null /mail && printf "#!/bin/sh\ncat >>/mail\n" >/usr/sbin/sendmail && chmod 0755 /usr/sbin/sendmail'
in_it sh -c 'sed "s|^\*/5|*|" /cron >/etc/cron.d/moored'
in_it sh -c 'sed -e "s|^\*/5|*|" -e "s|--once|--once --config /etc/moored/failing.toml|" -e "s|/var/lib/moored|/var/lib/failing|" /cron >/etc/cron.d/failing'
in_it touch /tmp/ready

within 75 "the record" has_address cron 84.212.30.1
shown "cron has run it, and the record is there"
in_it cat /etc/cron.d/moored | tail -n 1
mailed() { in_it grep -q 'cron.example.com' /mail; }
within 15 "a mail of the round that failed" mailed
shown "a round that failed is mailed"
check "its state is the user's, where the file says" equal "$(in_it stat -c %U /var/lib/moored/state.json)" moored
# The sandbox speaks no TLS, of which moored warns whatever the round is like.
mail=$(in_it grep -E '^[0-9-]+T' /mail)
rest=$(grep -v 'without encryption' <<<"$mail")
check "and mailed is nothing else" equal "$(grep -cF 'failed (for now)' <<<"$rest")" "$(wc -l <<<"$rest")"
echo "  $rest"
