#!/usr/bin/env bash
# packaging/cron/moored under Debian's cron, every minute instead of every five. Run by script/e2e.
set -euo pipefail
. tests/e2e/lib.sh

boot_systemd --cap-add AUDIT_WRITE -v "$(realpath "$MOORED"):/source/moored:ro" -v "$PWD/contrib:/source/contrib:ro" \
    -v "$PWD/packaging/cron:/source/packaging/cron:ro"
on_failure() { in_it sh -c "cat /mail; ls -lR /var/lib/moored /var/lib/failing; journalctl --no-pager -n 40" >&2; }

in_it sh -c 'install -m 0666 /dev/null /mail && printf "#!/bin/sh\ncat >>/mail\n" >/usr/sbin/sendmail && chmod 0755 /usr/sbin/sendmail'
# What the README says, with a program that is built already and the secrets piped in.
installs() { printf '%s\n' sandbox sandbox-secret | in_it env MOORED=/source/moored /source/packaging/cron/install "$@" 2>&1; }
code=0
said=$(installs domaineshop cron.example.com) || code=$?
check "a provider that is none is told so, and nothing is installed" equal "$code $said $(in_it find /usr/local/bin /etc/cron.d -name moored)" \
    "2 domaineshop is neither domeneshop nor dnspod. "
said=$(installs domeneshop cron.example.com)
check "installed, it says how to look" grep -qF 'sudo moored --once --verbose' <<<"$said"
check "with a configuration for everybody" equal "$(in_it stat -c %a /etc/moored/config.toml && in_it cat /etc/moored/config.toml)" '644
state_dir = "/var/lib/moored"

[[domeneshop]]
token_file = "/etc/moored/domeneshop-token"
secret_file = "/etc/moored/domeneshop-secret"
hosts = ["cron.example.com"]'
check "and secrets for its user alone" equal "$(in_it sh -c 'stat -c "%U %a" /etc/moored/domeneshop-*')" $'moored 600\nmoored 600'
check "installed again it leaves them" grep -qF '/etc/moored/domeneshop-secret stays as it is.' <<<"$(installs domeneshop other.example.com)"
settings() { # the endpoint, the state directory
    config_head static:84.212.30.1
    in_it sed -n '/^\[\[/,$p' /etc/moored/config.toml | sed "s|^hosts|endpoint = \"$1\"\n&|"
}
{
    echo 'state_dir = "/var/lib/failing"'
    settings "http://$GATEWAY:1/v0"
} | in_it sh -c 'cat >/etc/moored/failing.toml'
{
    echo 'state_dir = "/var/lib/moored"'
    settings "http://$GATEWAY:5301/v0"
} | in_it sh -c 'cat >/new && mv /new /etc/moored/config.toml'
in_it install -d -o moored /var/lib/failing
in_it sh -c 'sed -e "s|^\*/5|*|" -e "s|--once|--once --config /etc/moored/failing.toml|" /source/packaging/cron/moored >/etc/cron.d/failing'
in_it sed -i 's|^\*/5|*|' /etc/cron.d/moored

within 130 "the record" has_address cron 84.212.30.1
shown "cron has run it, and the record is there"
in_it tail -n 1 /etc/cron.d/moored
line() { echo "cron.example.com A +[^ ]+ +$1"; }
mailed() { in_it grep -qE "moored: $(line "$1")" /mail; }
logged() { grep -qE "^$(line "$1")" < <(in_it journalctl --no-pager -o cat -t moored); }
for what in 'changed from none' 'failed \(for now\)'; do
    within 75 "a mail: $what" mailed "$what"
    within 15 "a line in the system's log: $what" logged "$what"
done
shown "what changed and what failed is in the log, and mailed"
check "its state is the user's, where the file says" equal "$(in_it stat -c %U /var/lib/moored/state.json)" moored
by_hand() { in_it sh -c 'cd / && exec runuser -u moored -- moored --once "$@" 2>&1' - "$@"; }
in_it sh -c 'sed s/failing/again/ /etc/moored/failing.toml >/etc/moored/again.toml && install -d -o moored /var/lib/again'
said=$(by_hand --config /etc/moored/again.toml || true)
check "what failed is said once" equal "$(grep -c 'cron.example.com A.*failed (for now)' <<<"$said")" 1
# The sandbox speaks no TLS, of which moored warns whatever the round is like.
check "the next round says nothing, for nothing changed" \
    equal "$(by_hand | sed '/without encryption/d')" ""
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
