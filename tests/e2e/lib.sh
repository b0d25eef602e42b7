# shellcheck shell=bash
# What the parts share; read by script/e2e and by each of them.

SKIPPED=77
CACHE=${MOORED_E2E_CACHE:-/var/cache/moored-e2e}

# Says what was seen to be so.
shown() { echo "  ok: $*"; }

# Ends the part; what may explain it is shown by the part's own `on_failure`.
die() {
    ! declare -F on_failure >/dev/null || on_failure || true
    echo "  FAILED: $*" >&2
    exit 1
}

# A command that failed where nobody expected it to.
set -E
trap 'die "line $LINENO: $BASH_COMMAND"' ERR

# Ends the part (or all of them) for want of something.
skip() {
    [ "${CI:-}" != true ] || die "$* (with CI=true nothing is skipped)"
    echo "  skipped: $*" >&2
    exit "$SKIPPED"
}

# Waits until a command succeeds, for so many seconds at most. What is waited for happens in other processes, for which
# there is no event to wait on.
within() {
    local seconds=$1 what=$2 end
    shift 2
    end=$((SECONDS + seconds))
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$end" ] || die "not within $seconds s: $what"
        sleep 0.1
    done
}

# What the rest of the line says is so, or the part fails.
check() {
    local what=$1
    shift
    "$@" || die "$what"
    shown "$what"
}

lacks() { ! grep -E "$1" <<<"$2"; }

equal() {
    [ "$1" = "$2" ] || {
        echo "  \"$1\" is not \"$2\"" >&2
        return 1
    }
}

# Programs and files, each NAME or NAME:PACKAGE; what is missing is installed, and nothing is removed for it.
install_tools() {
    local tool missing=()
    for tool in "$@"; do
        [ -e "${tool%%:*}" ] || command -v "${tool%%:*}" >/dev/null || missing+=("${tool##*:}")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || skip "missing: ${missing[*]}"
    apt-get update -qq || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-remove --no-install-recommends "${missing[@]}" >/dev/null ||
        skip "could not install: ${missing[*]}"
}

# A virtual environment of what tests/e2e/PART/requirements.txt lists, called $venv. It is made once for each such list; it
# cannot be moved, so a mark says that it is whole.
python_tools() {
    local list=tests/e2e/$1/requirements.txt wanted
    install_tools python3
    python3 -c 'import ensurepip, venv' 2>/dev/null || install_tools python3-venv
    venv=$CACHE/$1
    wanted=$({
        python3 -c 'import sys; print(sys.executable, sys.version)'
        cat "$list"
    } | sha256sum)
    [ "$(cat "$venv/wanted" 2>/dev/null)" != "$wanted" ] || return 0
    mkdir -p "$CACHE"
    rm -rf "$venv"
    { python3 -m venv "$venv" && "$venv/bin/pip" install -r "$list"; } >"$CACHE/$1.log" 2>&1 ||
        skip "what $list lists cannot be installed: $(tail -n 1 "$CACHE/$1.log")"
    echo "$wanted" >"$venv/wanted"
}

# A word to the sandbox: control PATH [curl's flags].
control() {
    local path=$1
    shift
    curl -fsS --max-time 5 "$@" "http://$GATEWAY:5304/$path"
}

# The addresses of a host's A records.
addresses() {
    control 'records?service=domeneshop&zone=example.com' |
        jq -r --arg host "$1" '.[] | select(.host == $host and .type == "A") | .data'
}

has_address() { [ "$(addresses "$1")" = "$2" ]; }

# Requests to the provider so far.
requests() { control log | jq '[.[] | select(.service == "domeneshop")] | length'; }

# What every configuration here begins with.
config_head() {
    cat <<TXT
timeout = "2s"
[ipv4]
sources = ["$1"]
[ipv6]
sources = []
[dns]
servers = ["$GATEWAY:5300"]
TXT
}

# A docker that has BuildKit, if there is one: it is in the client up to version 20, then in buildx, and Debian's client may be
# beside another.
buildkit_client() {
    local client
    for client in docker /usr/bin/docker; do
        ! grep -q -e --progress < <(DOCKER_BUILDKIT=1 "$client" build --help 2>&1 || true) || { echo "$client" && return; }
    done
}

# Two network namespaces with a cable between them: $host, where its end has the first name and the resolver the second's address,
# and $net, where it is isp0. They go with the part, and so does what it has started in the background.
host_and_net() {
    local each
    host=moored-e2e-$$
    net=moored-e2e-net-$$
    trap leave_host_and_net EXIT
    mkdir -p "/etc/netns/$host"
    echo "nameserver $2" >"/etc/netns/$host/resolv.conf"
    ip netns add "$host"
    ip netns add "$net"
    for each in "$host" "$net"; do
        ip -n "$each" link set lo up
        # No address has to be tried first, so that each can be used at once.
        ip netns exec "$each" sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0
    done
    ip -n "$host" link add "$1" type veth peer name isp0 netns "$net"
    ip -n "$net" link set isp0 up
    ip -n "$host" link set "$1" up
}
leave_host_and_net() {
    # shellcheck disable=SC2046 # one word for each process that runs
    kill $(jobs -p) 2>/dev/null || true
    ip netns del "$host" 2>/dev/null || true
    ip netns del "$net" 2>/dev/null || true
    rm -rf "/etc/netns/$host"
}
in_host() { ip netns exec "$host" "$@"; }

# The image of packaging/docker/Dockerfile around a program that is built already: "$IMAGE-program".
program_image() {
    ! docker image inspect "$IMAGE-program" >/dev/null 2>&1 || return 0
    cmp -s "$MOORED" <(tar -xOf "$(dirname "$MOORED")/image.tar" moored 2>/dev/null) ||
        die "beside $MOORED there is no image.tar with it: packaging/build makes both"
    docker build -q --label "$LABEL" -f packaging/docker/Dockerfile -t "$IMAGE-program" --target prebuilt "$(dirname "$MOORED")" >"$WORK/build.log" 2>&1 ||
        { cat "$WORK/build.log"; die "the image cannot be built"; }
}

# The files of a Debian with systemd, cron and rpm, in $tree, which stays for the next run. SUITE is another release, INCLUDE
# other packages.
debian_tree() {
    local suite=${SUITE:-bookworm} include=${INCLUDE:-systemd,systemd-sysv,dbus,cron,procps,rpm}
    tree=$CACHE/$suite-${include//,/-}
    [ ! -d "$tree" ] || return 0
    mkdir -p "$CACHE"
    rm -rf "$tree.partial"
    debootstrap --variant=minbase --include="$include" "$suite" "$tree.partial" >"$tree.log" 2>&1 ||
        skip "debootstrap failed: $(tail -n 1 "$tree.log")"
    rm -rf "$tree.partial"/var/cache/apt/archives/*.deb "$tree.partial"/var/lib/apt/lists/*
    mv "$tree.partial" "$tree"
}

# It as an image.
debian() {
    local tree
    ! docker image inspect "$IMAGE" >/dev/null 2>&1 || return 0
    debian_tree
    tar -C "$tree" -c . | docker import -c "LABEL $LABEL" - "$IMAGE" >/dev/null
}

# A container of it with systemd as PID 1, called $container; the arguments are Docker's.
boot_systemd() {
    debian
    # No --privileged: systemd needs to mount, and its control groups writable. Nothing more.
    container=$(docker run -d --label "$LABEL" --network "$NETWORK" --cgroupns=private --cap-add SYS_ADMIN \
        --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined \
        --tmpfs /run --tmpfs /tmp -e container=docker --stop-signal SIGRTMIN+3 "$@" "$IMAGE" /bin/sh -c '
            for it in $(awk "\$3 ~ /^cgroup/ {print \$2}" FS=" " /proc/mounts) /sys/fs/cgroup; do
                mount -o remount,bind,rw "$it" || true
            done
            # Credentials are mounted by a helper in a namespace of its own.
            mount --make-rshared /
            exec /lib/systemd/systemd')
    within 60 "systemd has booted" booted
    echo "  $(in_it systemctl --version | head -n 1)"
}
in_it() { docker exec -i "$container" "$@"; }
booted() { grep -qE 'running|degraded' < <(in_it systemctl is-system-running); }
property() { in_it systemctl show -P "$1" "${2:-moored.service}"; }
has_property() { [ "$(property "$1" "${3:-moored.service}")" = "$2" ]; }
status_has() { grep -qF "$1" < <(property StatusText); }

# As install_tools, for packages that bring services, which are not to run on this machine: neither now nor when it starts
# again.
install_without_services() {
    local tool policy=/usr/sbin/policy-rc.d own=no installed=()
    for tool in "$@"; do
        command -v "${tool%%:*}" >/dev/null || installed+=("${tool##*:}")
    done
    [ -e "$policy" ] || {
        own=yes
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 0755 "$policy"
    }
    (install_tools "$@") || {
        local code=$?
        [ "$own" = no ] || rm -f "$policy"
        exit "$code"
    }
    [ "$own" = no ] || rm -f "$policy"
    for tool in "${installed[@]}"; do
        systemctl disable "$tool" >/dev/null 2>&1 || true
    done
}
