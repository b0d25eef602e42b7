#!/usr/bin/env bash
# The programs that packaging/build makes for other machines: what they are, what packages and images are made of them, and
# that under qemu-user they do what this machine's own does. Run by script/e2e.
#
#     TARGETS=riscv64 script/e2e architectures        others than arm64, armv7 and mipsel
#
# qemu-user hands their system calls to this machine's kernel, netlink's messages too, so it shows neither another kernel nor
# how fast they are.
set -euo pipefail
. tests/e2e/lib.sh

read -ra targets <<<"${TARGETS:-arm64 armv7 mipsel}"
install_tools ip:iproute2 jq openssl faketime ss:iproute2 qemu-aarch64:qemu-user readelf:binutils dpkg-deb:dpkg rpmbuild:rpm \
    /usr/share/doc/rustc-web:rustc-web /usr/lib/rustlib/src/rust/library/Cargo.lock:rust-web-src
python_tools architectures
here=$WORK/architectures
mkdir -p "$here/bin"

# Of each: qemu's word for the machine; what readelf says of the program; Debian's, rpm's and Docker's words, where these have
# such machines.
facts() {
    case $1 in
        amd64) echo 'x86_64;ELF64 Advanced Micro Devices X86-64;amd64;x86_64;amd64' ;;
        arm64) echo 'aarch64;ELF64 AArch64;arm64;aarch64;arm64' ;;
        armv7) echo 'arm;ELF32 ARM;armhf;armv7hl;arm/v7' ;;
        riscv64) echo 'riscv64;ELF64 RISC-V;riscv64;riscv64;riscv64' ;;
        mipsel) echo 'mipsel;ELF32 MIPS R3000' ;;
        *) die "nothing is known here of $1" ;;
    esac
}

# What is missing is said, and nothing is built: here a compiler without a library for other machines.
cat >"$here/bin/rustc" <<'SH'
#!/bin/sh
case "$*" in
    -V) echo 'rustc 1.2.3' ;;
    -vV) echo 'host: x86_64-unknown-linux-gnu' ;;
    *) echo /nonexistent ;;
esac
SH
chmod 0755 "$here/bin/rustc"
! said=$(RUSTC=$here/bin/rustc packaging/build arm64 2>&1) || die "it builds without a library"
check "without a standard library it says where one comes from" \
    grep -qxF '    rustup target add aarch64-unknown-linux-musl' <<<"$said"
mkdir -p "$here/root/lib/rustlib/aarch64-unknown-linux-musl/lib"
sed -i "s|/nonexistent|$here/root|" "$here/bin/rustc"
! said=$(PATH=$here/bin:/usr/bin:/bin packaging/build arm64 2>&1) || die "it builds without a linker"
check "with one, and no linker for it, it says what to do about that" \
    grep -qF 'CC_aarch64_unknown_linux_musl and CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_LINKER' <<<"$said"
! said=$(packaging/build sparc 2>&1) || die "it builds for sparc"
check "a name that is none is told the names there are" grep -qF 'amd64 arm64 armv7 riscv64 mipsel' <<<"$said"

# Debian's compiler, whose library sources there are.
began=$SECONDS
PATH=$venv/bin:$PATH RUSTC=/usr/bin/rustc CARGO_TARGET_DIR=$CACHE/architectures-build \
    packaging/build "${targets[@]}" >"$here/built" 2>"$here/build.log" ||
    { tail -n 30 "$here/build.log" && die "the programs cannot be built"; }
echo "  built in $((SECONDS - began)) s"
sed 's/^/  /' "$here/built"

# Somebody whose certificate nobody believes.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=stranger \
    -addext "subjectAltName=IP:$GATEWAY" -addext basicConstraints=CA:FALSE -keyout "$here/tls.key" -out "$here/tls.pem" 2>/dev/null
openssl s_server -accept "$GATEWAY:5444" -cert "$here/tls.pem" -key "$here/tls.key" -www >/dev/null 2>&1 &
processes=($!)
name=moored-e2e-$$
leave() {
    local process
    for process in "${processes[@]}"; do
        kill "$process" 2>/dev/null || true
    done
    ip netns del "$name" 2>/dev/null || true
}
trap leave EXIT
on_failure() { tail -n 30 "$here"/*.log "$here"/*.said >&2; }
listens() { grep -q . < <(ss -Hltn "src $GATEWAY:5444"); }
within 10 "a stranger listens" listens

# A configuration for a host: where its address comes from, the provider's endpoint, the secret, one line more.
configure() {
    {
        config_head "$2"
        printf '[[domeneshop]]\nendpoint = "%s"\ntoken = "sandbox"\nsecret = "%s"\nhosts = ["%s.example.com"]\n%s\n' "$3" "$4" "$1" "${5:-}"
    } >"$here/config.toml"
    chmod 0600 "$here/config.toml"
}

# What the program that the words from the third on run says, and ends with, as one thing after another is the case; but for
# its host, the time of day and waits, which are drawn.
tell() {
    local host=$1 address=$2 state provider=http://$GATEWAY:5301/v0
    shift 2
    local run=("$@" --config "$here/config.toml")
    say() {
        local code=0
        STATE_DIRECTORY=$here/$state "${run[@]}" "$@" 2>&1 |
            sed -E "s/$host\.example/HOST.example/g; s/^20[0-9T:.-]+Z //; s/(next attempt in) .*/\1 …/" || code=$?
        echo "exit code $code"
    }
    state=state-$host
    say --version
    say man moored.toml
    say --frobnicate
    configure "$host" "static:$address" "$provider" sandbox-secret 'confrim = 2'
    say --once
    configure "$host" "file:$here/nothing" "$provider" sandbox-secret
    say --once
    configure "$host" "static:$address" "$provider" wrong
    say --once
    # The whole of TLS is spoken with the stranger, up to the certificate.
    state=state-$host-stranger
    configure "$host" "static:$address" "https://$GATEWAY:5444/v0" sandbox-secret
    say --once
    state=state-$host-right
    configure "$host" "command:echo $address" "$provider" sandbox-secret
    say check
    say plan
    say --once
    say --once --verbose
}
# The year after which 32 bits hold no clock. qemu is this machine's own program, so faketime stands between it and the clock.
knows_2040() { # its host, and the program
    local host=$1 state=$here/state-$1
    shift
    configure "$host" static:84.212.70.1 "http://$GATEWAY:5301/v0" sandbox-secret
    STATE_DIRECTORY=$state faketime '2040-01-01 12:00:00' "$@" --config "$here/config.toml" --once >"$here/2040.log" 2>&1 &&
        jq -e '.written.wall > 2208900000000' "$state/state.json" >/dev/null && has_address "$host" 84.212.70.1
}
expected='0 0 2 78 69 77 75 0 0 0 0'

# An hour between a daemon's checks: that an address came and another went it has from the kernel. In a network namespace.
# The daemon's exit code is left in $ended.
in_it() { ip netns exec "$name" "$@"; }
there() { in_it curl -fsS --max-time 5 "http://127.0.0.1:57/$1"; }
published() { grep -qF "\"$1\"" < <(there 'records?service=domeneshop&zone=example.com'); }
hear() {
    local host=$1
    shift
    ended=0
    ip netns add "$name"
    in_it ip link set lo up
    ip netns exec "$name" "$SANDBOX" --port-base 53 >"$here/sandbox.log" 2>&1 &
    processes[1]=$!
    configure "$host" interface http://127.0.0.1:54/v0 sandbox-secret
    sed -i 's/^servers = .*/servers = ["127.0.0.1"]/; 1i interval = "1h"' "$here/config.toml"
    in_it ip link add wan0 type veth peer name isp0
    in_it ip link set isp0 up
    in_it ip link set wan0 up
    in_it ip addr add 84.212.70.2/24 dev wan0
    in_it ip route add default via 84.212.70.254
    within 10 "the sandbox answers" there log
    STATE_DIRECTORY=$here/state-$host-daemon ip netns exec "$name" "$@" --config "$here/config.toml" >"$here/daemon.log" 2>&1 &
    processes[2]=$!
    within 20 "the record" published 84.212.70.2
    in_it ip addr add 84.212.71.3/24 dev wan0
    in_it ip addr del 84.212.70.2/24 dev wan0
    in_it ip route replace default via 84.212.71.254
    within 20 "the record of the address that came" published 84.212.71.3
    kill "${processes[2]}"
    wait "${processes[2]}" || ended=$?
    kill "${processes[1]}"
    ip netns del "$name"
}

# The older of Docker's builders makes images for its own machine only.
docker=$(buildkit_client)

tell host 84.212.70.1 "$MOORED" >"$here/host.said"
for target in "${targets[@]}"; do
    program=packaging/dist/$target/moored
    IFS=';' read -r machine elf deb rpm platform <<<"$(facts "$target")"
    header=$(readelf -hldW "$program")
    field() { sed -n "s/^ *$1: *//p" <<<"$header"; }
    check "$target: it is a program for $elf" equal "$(field Class) $(field Machine)" "$elf"
    check "$target: it needs no other file" lacks 'INTERP|NEEDED' "$header"

    tell "$target" 84.212.70.1 "qemu-$machine" "$program" >"$here/$target.said"
    check "$target: its exit codes are $expected" equal "$(sed -n 's/^exit code //p' "$here/$target.said" | xargs)" "$expected"
    check "$target: its record is there" has_address "$target" 84.212.70.1
    check "$target: all that it says is what this machine's says" diff "$here/host.said" "$here/$target.said"
    check "$target: in 2040 it makes a record too" knows_2040 "$target-2040" "qemu-$machine" "$program"
    hear "$target" "qemu-$machine" "$program"
    check "$target: a daemon hears the kernel, and TERM" equal "$ended" 0

    [ -n "$deb" ] || continue
    packaging/packages "$program" "$here" >/dev/null
    check "$target: the .deb is for $deb" equal "$(dpkg-deb -f "$here"/moored_*_"$deb".deb Architecture)" "$deb"
    check "$target: and has that program" cmp "$program" <(dpkg-deb --fsys-tarfile "$here"/moored_*_"$deb".deb | tar -xO ./usr/bin/moored)
    check "$target: the .rpm is for $rpm" equal "$(rpm -qp --nosignature --qf '%{ARCH}' "$here"/moored-*."$rpm".rpm)" "$rpm"
    [ -n "$docker" ] || continue
    DOCKER_BUILDKIT=1 "$docker" build -q --label "$LABEL" -f packaging/docker/Dockerfile -t "$IMAGE-$target" --platform "linux/$platform" \
        --target prebuilt "packaging/dist/$target" >"$here/image.log" 2>&1
    check "$target: the image is for linux/$platform" equal \
        "$(docker image inspect -f '{{.Os}}/{{.Architecture}}{{with .Variant}}/{{.}}{{end}}' "$IMAGE-$target")" "linux/$platform"
done
[ -n "$docker" ] || skip "the images: no docker here has BuildKit"
