#!/usr/bin/env bash
# What packaging/packages makes: the .deb in a clean Debian with systemd as PID 1, installed, upgraded, removed and purged,
# and the .rpm in a clean root. Run by script/e2e.
set -euo pipefail
. tests/e2e/lib.sh

install_tools jq dpkg-deb:dpkg rpmbuild:rpm lintian
here=$WORK/packages
mkdir -p "$here/again"
# The sandbox cannot be told of a program of another version, so a later revision is what is upgraded to.
packaging/packages "$MOORED" "$here" | sed 's/^/  /'
packaging/packages "$MOORED" "$here/again" >/dev/null
DEBFULLNAME="A. Packager" DEBEMAIL=packager@example.org REVISION=2 packaging/packages "$MOORED" "$here" >/dev/null
one=$(cd "$here" && echo moored_*-1_*.deb)
two=$(cd "$here" && echo moored_*-2_*.deb)
rpm=$(cd "$here" && echo moored-*-1.*.rpm)
newer=$(cd "$here" && echo moored-*-2.*.rpm)
check "the same program makes the same .deb" cmp "$here/$one" "$here/again/$one"
check "and the same .rpm" cmp "$here/$rpm" "$here/again/$rpm"
lintian --allow-root --fail-on error,warning "$here/$one" >"$here/lintian" 2>&1 ||
    { cat "$here/lintian" && die "lintian finds something"; }
check "lintian finds nothing" [ ! -s "$here/lintian" ]
check "who hands packages out is named in them" equal "$(dpkg-deb -f "$here/$two" Maintainer
    dpkg-deb --fsys-tarfile "$here/$two" | tar -xO ./usr/share/doc/moored/changelog.Debian.gz | gzip -d | sed -n 's/^ -- \(.*>\).*/\1/p')" \
    $'A. Packager <packager@example.org>\nA. Packager <packager@example.org>'

boot_systemd -v "$here:/packages:ro"
on_failure() {
    in_it journalctl --no-pager -o cat -n 60 >&2
    ! [ -e "$here/rpm.log" ] || cat "$here/rpm.log" >&2
}
# What the installation of packages and systemd itself write meanwhile: caches, records, logs.
files() {
    in_it find / -xdev \( -path /proc -o -path /sys -o -path /var/log -o -path /var/cache -o -path /var/lib/dpkg/info \) \
        -prune -o -not -name '*-old' -print | LC_ALL=C sort
    in_it sh -c 'ls /var/lib/dpkg/info'
}
before=$(files)

in_it dpkg -i "/packages/$one" >/dev/null
check "the program is there" equal "$(in_it sh -c 'command -v moored')" /usr/bin/moored
check "nothing is enabled or started before somebody has said what for" equal \
    "$(property ActiveState) $(property UnitFileState) $(property UnitFileState moored.timer)" "inactive disabled disabled"
check "systemd finds nothing wrong in the units" \
    equal "" "$(in_it systemd-analyze verify moored.service moored-once.service moored.timer 2>&1)"
check "before systemd 253 the unit is as it is shipped" equal "$(property Type) $(property DropInPaths)" "notify "
check "every file is root's, and nobody else can write it" equal "" \
    "$(in_it sh -c 'dpkg -L moored | xargs -d "\n" -I{} find {} -maxdepth 0 \( -not -user root -o -perm /022 \)')"

# As README.Debian says, but that the provider is the sandbox.
configure() { # the address, the host
    in_it sh -c 'cp /usr/share/doc/moored/examples/config.toml /etc/moored/'
    printf sandbox | in_it install -m 600 /dev/stdin /etc/moored/domeneshop-token
    printf sandbox-secret | in_it install -m 600 /dev/stdin /etc/moored/domeneshop-secret
    in_it sed -i "s|^hosts = .*|endpoint = \"http://$GATEWAY:5301/v0\"\nhosts = [\"$2\"]|" /etc/moored/config.toml
    { config_head "static:$1"; in_it cat /etc/moored/config.toml; } | in_it sh -c 'cat >/new && mv /new /etc/moored/config.toml'
}
configure 84.212.40.1 home.example.com
in_it systemctl enable --now moored 2>/dev/null
check "configured and enabled it is active" has_property ActiveState active
check "and the record is there" has_address home 84.212.40.1
pid=$(property MainPID)

asked=$(requests)
in_it dpkg -i "/packages/$two" >/dev/null
check "an upgrade restarts it" [ "$(property MainPID)" != "$pid" ]
within 10 "the status line" status_has "1 host right"
check "it is active after that, and asked the provider nothing" \
    equal "$(property ActiveState) $(requests)" "active $asked"
in_it systemctl stop moored
in_it dpkg -i "/packages/$two" >/dev/null
check "one that was stopped stays so" has_property ActiveState inactive
in_it systemctl start moored

in_it dpkg -r moored >/dev/null
check "removing the package stops it" equal "$(property LoadState) $(property ActiveState)" "not-found inactive"
check "configuration and state stay" in_it test -s /etc/moored/config.toml -a -s /var/lib/private/moored/state.json
in_it dpkg -i "/packages/$two" >/dev/null
in_it systemctl start moored
check "installed again, it goes on where it was" equal "$(property UnitFileState) $(requests)" "enabled $asked"

said=$(in_it dpkg -P moored 2>&1)
check "purging stops it too" equal "$(property LoadState) $(property ActiveState)" "not-found inactive"
check "and says that what the administrator wrote stays" grep -qF '/etc/moored is kept' <<<"$said"
in_it rm -r /etc/moored
check "but for that nothing is left" equal "$(diff <(echo "$before") <(files))" ""
in_it dpkg -i "/packages/$one" >/dev/null
in_it dpkg -P moored >/dev/null
check "nor after one that was never configured" equal "$(diff <(echo "$before") <(files))" ""

# Debian 13, whose systemd is new enough for notify-reload.conf.
SUITE=trixie IMAGE=$IMAGE-trixie boot_systemd -v "$here:/packages:ro"
before=$(files)
in_it dpkg -i "/packages/$one" >/dev/null
check "from systemd 253 on it is told when a reload is over" equal "$(property Type) $(property ExecReload)" "notify-reload "
check "and finds nothing wrong in that" equal "" "$(in_it systemd-analyze verify moored.service 2>&1)"
configure 84.212.40.2 home.example.com
in_it systemctl enable --now moored 2>/dev/null
in_it sed -i 's/^hosts = .*/hosts = ["home.example.com", "www.example.com"]/' /etc/moored/config.toml
in_it systemctl reload moored
check "so it is over when systemctl returns" has_address www 84.212.40.2
in_it dpkg -i "/packages/$two" >/dev/null
check "that stays so with an upgrade" has_property Type notify-reload
in_it dpkg -P moored >/dev/null 2>&1
in_it rm -r /etc/moored
check "purged it leaves nothing here either" equal "$(diff <(echo "$before") <(files))" ""

# The .rpm with its scripts under the same systemd. Debian's rpm says each time that Debian has another way, and knows nothing
# of what is installed besides.
here_rpm() { in_it rpm --nodeps "$@" 2>>"$here/rpm.log"; }
here_rpm -i "/packages/$rpm"
check "the .rpm too starts nothing by itself" equal \
    "$(property ActiveState) $(property UnitFileState) $(property UnitFileState moored.timer)" "inactive disabled disabled"
check "and is told when a reload is over" equal "$(property Type)" notify-reload
configure 84.212.40.3 rpm.example.com
in_it systemctl enable --now moored 2>/dev/null
check "configured and enabled as the .deb is, the record is there" has_address rpm 84.212.40.3
pid=$(property MainPID) asked=$(requests)
here_rpm -U "/packages/$newer"
check "an upgrade by rpm restarts it" [ "$(property MainPID)" != "$pid" ]
within 10 "the status line" status_has "1 host right"
check "and after it all is as it was, with no request to the provider" equal \
    "$(property ActiveState) $(property UnitFileState) $(property Type) $(requests)" "active enabled notify-reload $asked"
in_it systemctl stop moored
here_rpm -U --replacepkgs "/packages/$newer"
check "one that was stopped stays so with rpm" has_property ActiveState inactive
in_it systemctl start moored
here_rpm -e moored
check "erasing it stops it" equal "$(property LoadState) $(property ActiveState)" "not-found inactive"
in_it rm -r /etc/moored /var/lib/moored /var/lib/private/moored
check "and leaves nothing but configuration and state" lacks moored "$(files)"

# The .rpm has the same files, by the names that Fedora has for them.
own='^/usr/(bin|lib/systemd|share/(man|bash-completion|zsh|fish|moored|doc/moored/examples))/'
check "the .rpm has what the .deb has" equal "$(rpm -qp --qf '[%{FILEMODES:perms} %{FILENAMES}\n]' "$here/$rpm" |
    awk -v own="$own" '$1 ~ /^-/ && $2 ~ own { print $2 }' | LC_ALL=C sort)" \
    "$(dpkg-deb --fsys-tarfile "$here/$one" | tar -t | sed -e 's|^\.||' -e 's|/vendor-completions/|/site-functions/|' |
        grep -E "$own" | grep -v '/$' | LC_ALL=C sort)"
check "and the licences" equal "$(rpm -qLp "$here/$rpm" | xargs)" \
    "/usr/share/licenses/moored/LICENSE-APACHE /usr/share/licenses/moored/LICENSE-MIT /usr/share/licenses/moored/third-party.gz"

mkdir "$here/deb"
dpkg-deb -x "$here/$one" "$here/deb"
gzip -dc "$here/deb/usr/share/doc/moored/third-party.gz" >"$here/third-party"
check "both have the same list of what else is in the program" cmp "$here/third-party" \
    <(rpm2archive -n - <"$here/$rpm" | tar -xO ./usr/share/licenses/moored/third-party.gz | gzip -d)
covers() { [ "$(wc -l <"$2")" -gt 20 ] && lacks . "$(comm -13 "$1" "$2")"; }
# Whatever may panic has the place in the source in the program.
sed -n 's/^\([^ ]*\) \([0-9][^ ]*\) .*;[ 0-9]*$/\1-\2/p' "$here/third-party" | LC_ALL=C sort >"$here/listed"
grep -aoE 'registry/src/[^/]+/[^/]+/' "$MOORED" | cut -d / -f 4 | LC_ALL=C sort -u >"$here/linked"
check "the $(wc -l <"$here/linked") crates that the program itself names are among the $(wc -l <"$here/listed") there" \
    covers "$here/listed" "$here/linked"
check "each has its licence, and a text of it" lacks '; none$|see its text' "$(cat "$here/third-party")"
check "and every text is there" equal "$(sed -n '/^========/q; s/^[^ ].*;\([ 0-9]*\)$/\1/p' "$here/third-party" | xargs -n 1 | sort -nu)" \
    "$(sed -n 's/^======== \([0-9]*\)$/\1/p' "$here/third-party")"
check "the C library is there, with its own" grep -qE '^the (GNU C Library +LGPL-2.1-or-later|C library musl +MIT); 1' "$here/third-party"
check "and the copyright names the list" grep -q 'third-party.gz' "$here/deb/usr/share/doc/moored/copyright"

# Debian's rpm says each time that Debian has another way.
in_root() { rpm --root "$root" "$@" 2>>"$here/rpm.log"; }
# The directories of the shells belong to other packages there.
files_of_root() { (cd "$root" && find . -path ./var/lib/rpm -prune -o \( -not -type d -o -name 'moored*' \) -print | sort); }
for suite in bookworm trixie; do
    root=$here/$suite
    SUITE=$suite debian_tree
    cp -a "$tree" "$root"
    in_root --initdb
    before=$(files_of_root)
    in_root -i --nodeps "$here/$rpm"
    check "installed it is as packaged" equal "$(in_root -V moored --nodeps)" ""
    dropins=$(find "$root/usr/lib/systemd/system/moored.service.d" -name '*.conf' -printf '%f -> %l\n' 2>/dev/null || true)
    wanted=
    [ "$suite" = bookworm ] || wanted='notify-reload.conf -> /usr/share/moored/notify-reload.conf'
    check "from systemd 253 on it is told when a reload is over ($suite)" equal "$dropins" "$wanted"
    check "and runs" equal "$(chroot "$root" moored --version)" "$("$MOORED" --version)"
    check "nothing is enabled" [ -z "$(find "$root/etc/systemd" -name 'moored*')" ]
    in_root -e --nodeps moored
    rmdir "$root/etc/moored"
    check "removed it leaves nothing but a directory for the configuration" equal "$(diff <(echo "$before") <(files_of_root))" ""
done
