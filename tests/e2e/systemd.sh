#!/usr/bin/env bash
# The units in contrib/systemd under a real systemd, which is PID 1 of a container. Run by script/e2e.
set -euo pipefail
. tests/e2e/lib.sh

boot_systemd -v "$(realpath "$MOORED"):/usr/local/bin/moored:ro" -v "$PWD/contrib/systemd:/contrib:ro"
journal() { in_it journalctl --no-pager -o cat -u moored; }
on_failure() { in_it journalctl --no-pager -o cat -n 60 -u moored -u moored-once >&2; }

settings() { # the address, the hosts
    config_head "static:$1"
    sed -e '/^#/d' -e "s/^hosts = .*/endpoint = \"http:\/\/$GATEWAY:5301\/v0\"\nhosts = [$2]/" contrib/systemd/config.toml
}
in_it mkdir /etc/moored
settings 84.212.10.20 '"home.example.com"' | in_it sh -c 'cat >/etc/moored/config.toml'
printf sandbox | in_it sh -c 'umask 077; cat >/etc/moored/domeneshop-token'
printf sandbox-secret | in_it sh -c 'umask 077; cat >/etc/moored/domeneshop-secret'
in_it sh -c 'cp /contrib/*.service /contrib/*.timer /etc/systemd/system/ && systemctl daemon-reload'

same() { sed -n '/^User=/,/^SystemCallFilter=~/p' "contrib/systemd/$1"; }
check "both services have the same sandbox" equal "$(same moored.service)" "$(same moored-once.service)"
check "systemd finds nothing wrong in the units" \
    equal "" "$(in_it systemd-analyze verify moored.service moored-once.service moored.timer 2>&1)"
echo "  $(in_it systemd-analyze security --no-pager moored.service | tail -n 1)"

in_it systemctl enable --now moored
check "started, and ready" has_property ActiveState active
check "the record was there as soon as it was ready" has_address home 84.212.10.20
within 5 "the status line" status_has "1 record right"
in_it systemctl status --no-pager moored | grep -E '^ +Status:'

pid=$(property MainPID)
of_process() { in_it awk -v key="$1:" '$1 == key {print $2}' "/proc/$pid/status"; }
check "it is not root (user $(of_process Uid))" [ "$(of_process Uid)" -ge 61184 ]
check "it has no capability" equal "$(of_process CapEff)$(of_process CapBnd)" 00000000000000000000000000000000
check "it cannot gain any, and its system calls are filtered" equal "$(of_process NoNewPrivs)$(of_process Seccomp)" 12
check "its credential is its own" \
    equal "$(in_it cat /run/credentials/moored.service/domeneshop-token)" sandbox
check "its state is in /var/lib/private/moored" in_it test -s /var/lib/private/moored/state.json

settings 84.212.10.20 '"home.example.com", "www.example.com"' | in_it sh -c 'cat >/etc/moored/config.toml'
in_it systemctl reload moored
within 10 "a reload takes over a host" has_address www 84.212.10.20
within 5 "the status line" status_has "2 records right"
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

before=$(requests)
in_it systemctl start moored
within 5 "the status line" status_has "2 records right"
check "a restart makes no request to the provider" equal "$(requests)" "$before"

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
restarted() { [ "$(property NRestarts)" -ge 1 ] || journal | grep -qi 'watchdog timeout'; }
within 10 "the watchdog notices a stuck process" restarted
shown "the watchdog noticed a stuck process"
in_it systemctl stop moored
in_it systemctl reset-failed moored

# A configuration that is wrong: once, not for ever.
in_it sh -c 'cp /etc/moored/config.toml /etc/moored/good && echo "intervall = 1" >/etc/moored/config.toml'
! in_it systemctl start moored 2>/dev/null || die "it started with a configuration that is wrong"
check "a wrong configuration fails once, with 78" \
    equal "$(property ActiveState) $(property ExecMainStatus) $(property NRestarts)" "failed 78 0"
check "the journal says what is wrong" grep -q 'did you mean `interval`' <(journal)
in_it cp /etc/moored/good /etc/moored/config.toml
in_it systemctl reset-failed moored

# The timer, without its five minutes.
settings 84.212.99.99 '"home.example.com"' | in_it sh -c 'cat >/etc/moored/config.toml'
in_it sh -c 'mkdir /run/systemd/system/moored.timer.d &&
    printf "[Timer]\nOnActiveSec=1s\nAccuracySec=100ms\nRandomizedDelaySec=0\n" >/run/systemd/system/moored.timer.d/quick.conf &&
    systemctl daemon-reload && systemctl start moored.timer'
within 20 "the timer's round" has_address home 84.212.99.99
within 10 "the end of the timer's round" has_property ActiveState inactive moored-once.service
check "the timer's round ended well" equal "$(property Result moored-once) $(property ExecMainStatus moored-once)" "success 0"
in_it systemctl stop moored.timer

control 'fault?service=domeneshop&path=/&kind=status:503:down' -X POST >/dev/null
settings 84.212.10.21 '"home.example.com"' | in_it sh -c 'cat >/etc/moored/config.toml'
! in_it systemctl start moored-once 2>/dev/null || die "a round that failed counts as success"
check "a round that failed is shown as failed, with 75" \
    equal "$(property ActiveState moored-once) $(property ExecMainStatus moored-once)" "failed 75"
control clear -X POST >/dev/null
in_it systemctl start moored-once
check "the next good one clears it" equal "$(property ActiveState moored-once)" inactive

log=$(in_it journalctl --no-pager -o cat)
check "the secret is not in the journal" lacks sandbox-secret "$log"
