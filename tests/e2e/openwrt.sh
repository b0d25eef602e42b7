#!/usr/bin/env bash
# packaging/openwrt: what its scripts make of /etc/config/moored, in BusyBox's shell and with BusyBox's tools, and what its
# Makefile installs. OpenWrt's own functions have stand-ins here. Run by script/e2e.
set -euo pipefail
. tests/e2e/lib.sh

install_tools busybox make python3
here=$WORK/openwrt
files=packaging/openwrt/files
root=$here/root
mkdir -p "$here/bin" "$here/uci"
busybox --install -s "$here/bin"

# A chroot would need a static BusyBox; the paths are changed instead.
there() { sed -e "s|/lib/functions.sh|$PWD/tests/e2e/openwrt/functions.sh|" -e "s|/var/|$root/var/|g" -e "s|/usr/|$root/usr/|g" "$@"; }
ash() { env -i PATH="$here/bin" UCI="$here/uci" "$here/bin/ash" "$@"; }
toml() { ash "$root/usr/libexec/moored/uci-to-toml" "$@"; }

cat >"$here/rules.mk" <<'MK'
INSTALL_DIR = install -d -m 0755
INSTALL_BIN = install -m 0755
INSTALL_DATA = install -m 0644
INSTALL_CONF = install -m 0600
define BuildPackage
all: ; $(call Build/Compile) && true
install: all ; $(call Package/moored/install,$(DESTINATION))
endef
MK
touch "$here/package.mk"
# The recipes as OpenWrt runs them: one line, one shell.
make -s -C packaging/openwrt TOPDIR="$here" INCLUDE_DIR="$here" DESTINATION="$root" MOORED_PROGRAM="$(realpath "$MOORED")" install
check "the Makefile installs the program, its licences, the scripts and the configuration" equal \
    "$(cd "$root" && find . -not -type d -printf '%m %P\n' | sort -k 2)" "$(printf '%s\n' '600 etc/config/moored' \
        '755 etc/init.d/moored' '777 etc/moored/config.toml' '755 usr/bin/moored' '755 usr/libexec/moored/uci-to-toml' \
        '644 usr/share/licenses/moored/third-party.gz')"
check "its version is the program's" equal "moored $(sed -n 's/^PKG_VERSION:=//p' packaging/openwrt/Makefile)" "$("$MOORED" --version)"
there "$files/uci-to-toml" >"$root/usr/libexec/moored/uci-to-toml"

# The committed file, with what is commented out in it.
sed 's/^#\(config\|\t\)/\1/' "$files/moored.config" >"$here/uci/moored"
toml >"$here/committed.toml"
cat >"$here/wanted.toml" <<'TOML'
interval = "5m"
[ipv4]
sources = ["interface:wan", "https"]
confirm = 2
[ipv6]
sources = []
[[domeneshop]]
name = "home"
token = ""
secret = ""
hosts = ["home.example.com"]
[[domeneshop.host]]
name = "nas.example.com"
ipv4 = false
ipv6.host = "::5054:ff:fe12:3456"
TOML
on_failure() { cat "$here"/*.log >&2; }
check "the committed file becomes what it says" diff "$here/wanted.toml" "$here/committed.toml"

# Whatever may stand in a value; main stands last, where `uci add` would put it.
cat >"$here/uci/hard" <<'UCI'
config dnspod
	option contact 'me@example.com'
	option token 'a "b" \c\n $HOME `d` '\''e'\'' é
second line'
	list hosts 'a.example.org'
	list hosts '*.example.org'
config host
	option name 'b.example.org'
	option ipv6_mac '52:54:00:12:34:56'
	option ipv6_prefix '56'
	option create '1'
	option ttl '600s'
config moored 'main'
	option timeout '2s'
UCI
toml hard >"$here/hard.toml"
python3 - "$here/hard.toml" <<'PY' || die "not what was written"
import sys, tomllib
with open(sys.argv[1], "rb") as file:
    read = tomllib.load(file)
assert read == {
    "timeout": "2s",
    "dnspod": [{
        "contact": "me@example.com",
        "token": "a \"b\" \\c\\n $HOME `d` 'e' é\nsecond line",
        "hosts": ["a.example.org", "*.example.org"],
        "host": [{"name": "b.example.org", "ipv6": {"mac": "52:54:00:12:34:56", "prefix": 56}, "create": True, "ttl": "600s"}],
    }],
}, read
PY
shown "quotes, backslashes, dollars and lines in a value arrive as they are"

# The init script, whose procd says what it is told.
cat >"$here/service" <<'SH'
for word in procd_open_instance procd_set_param procd_close_instance procd_add_reload_trigger; do
    eval "$word() { echo $word \"\$@\"; }"
done
chown() { echo chown "$@"; }
SH
{ cat "tests/e2e/openwrt/functions.sh" "$here/service" && there "$files/moored.init" && echo start_service; } >"$here/init"
cat >"$here/uci/moored" <<UCI
config moored 'main'
	option enabled '0'
	option timeout '2s'
config ipv4
	list sources 'static:84.212.60.1'
config ipv6
	list sources 'none'
config dns
	list servers '$GATEWAY:5300'
config domeneshop 'home'
	option endpoint 'http://$GATEWAY:5301/v0'
	option token 'sandbox'
	option secret 'sandbox-secret'
	list hosts 'openwrt.example.com'
UCI
check "what is not enabled is not started" equal "$(ash "$here/init")" ""
sed -i "s/enabled '0'/enabled '1'/" "$here/uci/moored"
ash "$here/init" >"$here/said"
made=$root/var/etc/moored.toml
check "enabled it is, by procd, as its own user" equal "$(grep -E ' (command|user|file) ' "$here/said" | sed "s|$root||g")" \
    "$(printf 'procd_set_param %s\n' 'command /usr/bin/moored run --config /var/etc/moored.toml --log info' 'user moored' \
        'file /var/etc/moored.toml')"
check "nobody else reads the configuration, nor looks into the state" equal "$(stat -c %a "$made" "$root/var/lib/moored" | xargs)" "600 700"
check "and it is one" "$MOORED" --config "$made" --once >/dev/null 2>"$here/once.log"
check "with which the record is made" has_address openwrt 84.212.60.1
sed -i "s/^.list sources 'static/\toption confrim '2'\n&/" "$here/uci/moored"
ash "$here/init" >/dev/null
! "$MOORED" --config "$made" --once 2>"$here/mistyped" || die "a mistyped option is accepted"
check "a mistyped option is moored's to explain" grep -qF 'did you mean `confirm`' "$here/mistyped"
