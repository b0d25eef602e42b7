#!/usr/bin/env bash
# packaging/alpine: what its APKBUILD installs, with BusyBox's shell, and its service under a real OpenRC (Debian's) with
# BusyBox's init as PID 1, as on Alpine, and BusyBox's logger and syslogd. Run by script/e2e.
set -euo pipefail
. tests/e2e/lib.sh

install_tools busybox
here=$WORK/alpine
files=packaging/alpine
mkdir -p "$here/src" "$here/root"

# abuild's part: its variables, the sources linked, the directory of the build entered.
program=$(realpath "$MOORED")
apkbuild() {
    env -i PATH="$PATH" MOORED_PROGRAM="$program" startdir="$PWD/$files" srcdir="$here/src" pkgdir="$here/root" \
        busybox ash -e -c 'umask 022 && . "$startdir/APKBUILD" && '"$1"
}
for file in $(apkbuild 'echo "$source"'); do
    ln -s "$PWD/$files/$file" "$here/src/$file"
done
check "its version is the program's" equal "moored $(apkbuild 'echo "$pkgver"')" "$("$MOORED" --version)"
check "its checksums are those of its sources" equal "$(apkbuild 'echo "$sha512sums"' | sed '/^$/d')" \
    "$(cd "$here/src" && sha512sum -- *)"
apkbuild 'cd "$builddir" && package'
check "its service wants an OpenRC that it works with" equal \
    "$(apkbuild 'default_openrc() { depends=; } && openrc && echo "$depends"')" "openrc>=0.56"
check "it installs the program, the service, the configuration and what describes them" equal \
    "$(cd "$here/root" && find . -not -type d -printf '%m %P\n' | LC_ALL=C sort -k 2)" "$(printf '%s\n' \
        '644 etc/conf.d/moored' '755 etc/init.d/moored' '644 etc/moored/config.toml' '755 usr/bin/moored' \
        '644 usr/share/bash-completion/completions/moored' '644 usr/share/doc/moored/CHANGELOG.md' \
        '644 usr/share/doc/moored/config.example.toml' '644 usr/share/fish/vendor_completions.d/moored.fish' \
        '644 usr/share/licenses/moored/LICENSE-APACHE' '644 usr/share/licenses/moored/LICENSE-MIT' \
        '644 usr/share/licenses/moored/third-party.gz' \
        '644 usr/share/man/man1/moored.1' '644 usr/share/man/man5/moored.toml.5' '644 usr/share/moored/moored.schema.json' \
        '644 usr/share/zsh/site-functions/_moored')"
check "the program is the one that was named" cmp "$MOORED" "$here/root/usr/bin/moored"
program=/nowhere
! apkbuild package 2>"$here/said" || die "a package of no program was made"
check "without a program it says what is missing" grep -q '^MOORED_PROGRAM names no program' "$here/said"

# The newest OpenRC that Debian releases, which is nearest to Alpine's.
IMAGE=$IMAGE-openrc SUITE=trixie INCLUDE=openrc,busybox,passwd,procps debian
# Without a PID 1 that takes care of processes whose parents are gone, `rc-service moored stop` would wait for ever: it waits
# until there is no process with the supervisor's number, and the supervisor would remain as a zombie.
container=$(docker run -d --label "$LABEL" --network "$NETWORK" --tmpfs /run --tmpfs /tmp -v "$PWD/tests/e2e/alpine:/here:ro" \
    "$IMAGE-openrc" /bin/sh -c '
        cp /here/inittab /etc/inittab
        install -m 0755 /here/localmount /here/syslog /etc/init.d
        install -m 0755 /here/adduser /usr/local/sbin/adduser
        ln -s adduser /usr/local/sbin/addgroup
        ln -s busybox /usr/bin/logger
        ln -s ../bin/busybox /usr/sbin/init
        echo rc_sys=docker >>/etc/rc.conf
        # It wants services that are not here.
        rm /etc/init.d/procps
        rc-update -q add syslog default
        exec /usr/sbin/init')
# Whatever hangs is a failure.
in_it() { timeout 60 docker exec -i "$container" "$@"; }
service() { in_it rc-service -C moored "$@"; }
messages() { in_it cat /var/log/messages; }
# Not by a pipe, which grep would break as soon as it has seen enough.
logged() { grep -qE "$1" < <(messages); }
on_failure() {
    messages >&2 || true
    in_it rc-status -C -s >&2 || true
}
syslog_runs() { in_it rc-service -q syslog status; }
within 30 "OpenRC has booted" syslog_runs
echo "  $(in_it openrc --version)"

for _ in 1 2; do
    in_it sh -c 'exec sh -s' <"$files/moored.pre-install"
done
check "its user is made, once, and nobody can log in as it" \
    equal "$(in_it getent passwd moored | cut -d: -f 1,6,7)" "moored:/var/lib/moored:/sbin/nologin"
tar -C "$here/root" --owner=0 --group=0 -c . | in_it tar -C / --keep-directory-symlink -x
check "OpenRC knows what the service can be asked" equal "$(service describe 2>&1 | sed -n 's/^ \* \([a-z]*\): .*/\1/p' | sort | xargs)" \
    "checkconfig healthcheck reload unhealthy"

settings() { # the address, the hosts
    config_head "static:$1"
    sed -e '/^#/d' -e "s|^hosts = .*|endpoint = \"http://$GATEWAY:5301/v0\"\nhosts = [$2]|" "$files/config.toml"
}
write_settings() { settings "$@" | in_it sh -c 'cat >/etc/moored/config.toml'; }
fails() { ! service "$@" >"$here/said" 2>&1; }
check "as installed it does not start" fails start
check "for the secrets are missing, it says" grep -qF 'token_file: cannot read /etc/moored/domeneshop-token' "$here/said"
# As the manual says, with the secrets piped in.
printf sandbox | in_it install -m 600 -o moored /dev/stdin /etc/moored/domeneshop-token
printf sandbox-secret | in_it install -m 600 -o moored /dev/stdin /etc/moored/domeneshop-secret
write_settings 84.212.70.1 '"alpine.example.com"'

began=$(date +%s%N)
service start >/dev/null
check "configured it starts, in $((($(date +%s%N) - began) / 1000000)) ms" service -q status
within 10 "the record" has_address alpine 84.212.70.1
shown "the record is there"
# As its supervisor notes it; the init script is called moored, too.
pid() { in_it cat /run/openrc/options/moored/child_pid; }
replaced() { local now && now=$(pid) && [ "$now" != "$first" ]; }
first=$(pid)
of_process() { in_it awk -v key="$1:" '$1 == key {print $2}' "/proc/$(pid)/status"; }
check "it is moored's process, and can gain nothing" \
    equal "$(in_it ps -o user=,group= -p "$first" | xargs) $(of_process CapEff) $(of_process NoNewPrivs)" \
    "moored moored 0000000000000000 1"
check "its state is its own" equal "$(in_it stat -c '%U %a' /var/lib/moored /var/lib/moored/state.json | xargs)" "moored 700 moored 600"
check "root sees how it stands" grep -q 'alpine.example.com' <(in_it moored status)
within 5 "a line in the system's log" logged 'daemon\.info moored: .*alpine\.example\.com'
shown "what it says is in the system's log"

write_settings 84.212.70.1 '"alpine.example.com", "edge.example.com"'
service reload >/dev/null
within 10 "the host that was added" has_address edge 84.212.70.1
check "a reload takes over a host, in the same process" equal "$(pid)" "$first"
in_it sh -c 'cp /etc/moored/config.toml /good && echo "intervall = 1" >/etc/moored/config.toml'
for word in reload restart checkconfig; do
    check "a wrong configuration ends the $word" fails "$word"
    check "and is explained" grep -qF 'did you mean `interval`' "$here/said"
done
check "while what runs goes on" equal "$(pid)" "$first"
in_it cp /good /etc/moored/config.toml

asked=$(requests)
in_it sh -c 'echo respawn_delay=1 >>/etc/conf.d/moored'
service restart >/dev/null
within 10 "a new process" replaced
shown "a restart is another process"
first=$(pid)
in_it sh -c "kill -KILL $first"
within 15 "it is started again" replaced
check "killed, it is started again" service -q status
within 10 "the new one answers" in_it moored status
check "and neither of them asked the provider anything" equal "$(requests)" "$asked"

began=$(date +%s%N)
service stop >/dev/null
took=$((($(date +%s%N) - began) / 1000000))
check "stopped in $took ms" [ "$took" -lt 5000 ]
check "it is gone, and so are its supervisor and its logger" equal "$(in_it pgrep -a 'moored|supervise|logger' || true)" ""
check "and not by force" lacks 'Sending signal 9|killed' "$(messages | grep supervise)"
check "and OpenRC says so" grep -q 'status: stopped' <(service status 2>&1)

# Its health, with two seconds for the 15 minutes. OpenRC tells syslog of each look only if it is to be verbose.
in_it sh -c 'printf "%s\n" healthcheck_timer=2 retry=TERM/1/KILL/5 >>/etc/conf.d/moored'
service -v start >/dev/null 2>&1
first=$(pid)
looks() { [ "$(messages | grep -c 'running health check')" -ge "$1" ]; }
within 20 "three looks at its health" looks 3
check "one that answers goes on" equal "$(pid)" "$first"
in_it sh -c "kill -STOP $first"
within 60 "it is started anew" replaced
check "one that is stuck is started anew" logged 'health check for moored failed'
within 20 "it answers again" in_it moored status
first=$(pid)
in_it rm /var/lib/moored/status.sock
seen=$(messages | grep -c 'running health check')
within 20 "three more looks" looks $((seen + 3))
check "one that has no socket, as on a full disk, goes on" equal "$(pid)" "$first"
service stop >/dev/null
check "the secret is nowhere in the log" lacks sandbox-secret "$(messages)"
