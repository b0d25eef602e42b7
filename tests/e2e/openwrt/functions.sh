# Stands in for OpenWrt's /lib/functions.sh: what it calls while it loads a UCI file, whose lines are commands to it there too.
# shellcheck shell=sh disable=SC1090,SC2034
config_load() {
    . "$UCI/$1"
    config_cb
}
config() {
    section=${2:-cfg$((count += 1))}
    config_cb "$1" "$section"
}
option() {
    eval "CONFIG_${section}_$1=\$2"
    option_cb "$1" "$2"
}
list() { list_cb "$1" "$2"; }
config_cb() { :; }
option_cb() { :; }
list_cb() { :; }
config_get() { eval "$1=\${CONFIG_$2_$3:-$4}"; }
config_get_bool() { config_get "$@"; }
