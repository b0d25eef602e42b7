#!/usr/bin/env bash
# The units in contrib/systemd under a real systemd, which is PID 1 of a container. Run by script/e2e.
set -euo pipefail
. tests/e2e/lib.sh

boot_systemd -v "$(realpath "$MOORED"):/source/moored:ro" -v "$PWD/contrib:/source/contrib:ro"
journal() { in_it journalctl --no-pager -o cat -u "${1:-moored}" "${@:2}"; }
on_failure() { in_it journalctl --no-pager -o cat -n 60 -u moored -u moored-once >&2; }
version=$(in_it systemctl --version | sed -n 's/^systemd \([0-9]*\).*/\1/p')

settings() { # the address, the hosts
    config_head "static:$1"
    sed -e '/^#/d' -e "s/^hosts = .*/endpoint = \"http:\/\/$GATEWAY:5301\/v0\"\nhosts = [$2]/" contrib/systemd/config.toml
}
write_settings() { settings "$@" | in_it sh -c 'cat >/etc/moored/config.toml'; }

# What the README says, with a program that is built already and the secrets piped in.
printf '%s\n' sandbox sandbox-secret |
    in_it env MOORED=/source/moored /source/contrib/systemd/install domeneshop home.example.com www.example.com >/dev/null
equal "$(in_it cat /etc/moored/config.toml)" '[[domeneshop]]
token_credential = "domeneshop-token"
secret_credential = "domeneshop-secret"
hosts = ["home.example.com", "www.example.com"]'
shown "installed, with a configuration"
check "the secrets are for root alone" \
    equal "$(in_it stat -c '%U %a' /etc/moored/domeneshop-token /etc/moored/domeneshop-secret)" $'root 600\nroot 600'
write_settings 84.212.10.20 '"home.example.com"'
check "root can look before the service starts" \
    equal "$(in_it env CREDENTIALS_DIRECTORY=/etc/moored moored plan --exit-code >/dev/null 2>&1 || echo $?)" 10

same() { sed -n '/^User=/,/^SystemCallFilter=~/p' "contrib/systemd/$1"; }
check "both services have the same sandbox" equal "$(same moored.service)" "$(same moored-once.service)"
check "systemd finds nothing wrong in the units" \
    equal "" "$(in_it systemd-analyze verify moored.service moored-once.service moored.timer 2>&1)"
for unit in moored moored-once; do
    exposure=$(in_it systemd-analyze security --no-pager "$unit.service" | sed -n 's/.*exposure level.*: \([0-9.]*\) .*/\1/p')
    check "the exposure of $unit is $exposure, at most 1.5" awk -v exposure="$exposure" \
        'BEGIN { exit !(exposure != "" && exposure <= 1.5) }'
done

in_it systemctl enable --now moored
check "started, and ready" has_property ActiveState active
check "the record was there as soon as it was ready" has_address home 84.212.10.20
within 5 "the status line" status_has "1 host right · 84.212.10.20 · next check "
in_it systemctl status --no-pager moored | grep -E '^ +Status:'

pid=$(property MainPID)
of_process() { in_it awk -v key="$1:" '$1 == key {print $2}' "/proc/$pid/status"; }
check "it is not root (user $(of_process Uid))" [ "$(of_process Uid)" -ge 61184 ]
check "it has no capability" equal "$(of_process CapEff)$(of_process CapBnd)" 00000000000000000000000000000000
check "it cannot gain any, and its system calls are filtered" equal "$(of_process NoNewPrivs)$(of_process Seccomp)" 12
check "its credential is its own" \
    equal "$(in_it cat /run/credentials/moored.service/domeneshop-token)" sandbox
check "its state is in /var/lib/private/moored, with what root's look left" \
    equal "$(in_it stat -c %u /var/lib/private/moored/state.json)" "$(of_process Uid)"

write_settings 84.212.10.20 '"home.example.com", "www.example.com"'
in_it systemctl reload moored
if [ "$version" -ge 253 ]; then
    check "the reload was over when systemctl returned" has_address www 84.212.10.20
else
    within 10 "a reload takes over a host" has_address www 84.212.10.20
fi
reads() { journal | grep -c 'configuration was read again'; }
check "the configuration was read once" equal "$(reads)" 1
within 5 "the status line" status_has "2 hosts right"
check "it is active after the reload, the same process" equal "$(property ActiveState) $(property MainPID)" "active $pid"

id=$(control 'records?service=domeneshop&zone=example.com' | jq '.[] | select(.host == "home").id')
control "set?service=domeneshop&zone=example.com&id=$id&value=9.9.9.9" -X POST >/dev/null
in_it systemctl kill -s USR1 --kill-who=main moored
within 10 "USR1 repairs what was changed by hand" has_address home 84.212.10.20
shown "USR1 repaired what was changed by hand"

began=$(date +%s%N)
in_it systemctl stop moored
took=$((($(date +%s%N) - began) / 1000000))
check "stopped in $took ms" [ "$took" -lt 5000 ]
check "the stop was clean" equal \
    "$(property ActiveState) $(property Result) $(property ExecMainCode) $(property ExecMainStatus)" "inactive success 1 0"
check "the state has survived" in_it grep -q 84.212.10.20 /var/lib/private/moored/state.json
in_it rm /var/lib/private/moored/lock
in_it env CREDENTIALS_DIRECTORY=/etc/moored moored plan >/dev/null 2>&1

before=$(requests)
in_it systemctl start moored
within 5 "the status line" status_has "2 hosts right"
check "a restart makes no request to the provider, though root has looked meanwhile" equal "$(requests)" "$before"

# The watchdog, with a tenth of a second for each of its minutes.
in_it sh -c 'mkdir /run/systemd/system/moored.service.d &&
    printf "[Service]\nWatchdogSec=1500ms\n" >/run/systemd/system/moored.service.d/quick.conf && systemctl daemon-reload &&
    systemctl restart moored'
pid=$(property MainPID)
for _ in $(seq 12); do
    in_it systemctl kill -s USR1 --kill-who=main moored
    sleep 0.3 # a pace, not a wait: more often than the pulse, for longer than the watchdog's time
done
check "busy for longer than the watchdog's time, and not killed" equal "$(property MainPID) $(property NRestarts)" "$pid 0"
in_it systemctl kill -s STOP --kill-who=main moored
restarted() { [ "$(property NRestarts)" -ge 1 ] || grep -qi 'watchdog timeout' < <(journal); }
within 10 "the watchdog notices a stuck process" restarted
shown "the watchdog noticed a stuck process"
in_it systemctl stop moored
in_it systemctl reset-failed moored

# A configuration that is wrong: once, not for ever.
in_it sh -c 'cp /etc/moored/config.toml /etc/moored/good && echo "intervall = 1" >/etc/moored/config.toml'
! in_it systemctl start moored 2>/dev/null || die "it started with a configuration that is wrong"
check "a wrong configuration fails once, with 78" \
    equal "$(property ActiveState) $(property ExecMainStatus) $(property NRestarts)" "failed 78 0"
check "the journal says what is wrong, as an error" grep -q 'did you mean `interval`' <(journal moored -p err)
in_it cp /etc/moored/good /etc/moored/config.toml
in_it mv /etc/moored/domeneshop-secret /etc/moored/elsewhere
! in_it systemctl start moored 2>/dev/null || die "it started without its secret"
check "a credential whose file is missing fails with 78 too" equal "$(property ExecMainStatus)" 78
check "and the journal says where it belongs" \
    grep -q 'secret_credential.*the file that `LoadCredential=` of the service names' <(journal moored -p err)
in_it mv /etc/moored/elsewhere /etc/moored/domeneshop-secret
in_it systemctl reset-failed moored

# The timer, without its five minutes.
write_settings 84.212.99.99 '"home.example.com"'
in_it sh -c 'mkdir /run/systemd/system/moored.timer.d &&
    printf "[Timer]\nOnActiveSec=1s\nAccuracySec=100ms\nRandomizedDelaySec=0\n" >/run/systemd/system/moored.timer.d/quick.conf &&
    systemctl daemon-reload && systemctl start moored.timer'
within 20 "the timer's round" has_address home 84.212.99.99
within 10 "the end of the timer's round" has_property ActiveState inactive moored-once.service
check "the timer's round ended well" equal "$(property Result moored-once) $(property ExecMainStatus moored-once)" "success 0"
in_it systemctl stop moored.timer

control 'fault?service=domeneshop&path=/&kind=status:503:down' -X POST >/dev/null
write_settings 84.212.10.21 '"home.example.com"'
! in_it systemctl start moored-once 2>/dev/null || die "a round that failed counts as success"
check "a round that failed is shown as failed, with 75" \
    equal "$(property ActiveState moored-once) $(property ExecMainStatus moored-once)" "failed 75"
check "the journal has it as a warning" grep -q '^home.example.com A: could not confirm' <(journal moored-once -p warning)
control clear -X POST >/dev/null
in_it systemctl start moored-once
check "the next good one clears it" equal "$(property ActiveState moored-once)" inactive

check "no line of ours has a time or a level of its own" \
    equal "" "$(journal moored -u moored-once | grep -E '^(<[0-9]>|[0-9]{4}-[0-9]{2}-[0-9]{2}T)|(INFO|WARN|ERROR) ' || true)"
log=$(in_it journalctl --no-pager -o cat)
check "the secret is not in the journal" lacks sandbox-secret "$log"
