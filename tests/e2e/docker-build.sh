#!/usr/bin/env bash
# The README's `docker build` out of the source, by either of Docker's builders, and its `docker run`. Run by script/e2e.
#
# What it starts from, an image of Rust's, is this machine's own if it has that; else a stand-in: the same Debian with the same
# packages, this machine's Rust, and the crates as they came, for from there no registry is asked.
set -euo pipefail
. tests/e2e/lib.sh

here=$WORK/docker-build
mkdir -p "$here"
rust=$(sed -n 's/^FROM \(rust:[^ ]*\) AS build$/\1/p' packaging/docker/Dockerfile)
stands_in=no
# Nobody is to find the stand-in under that name.
trap '[ $stands_in = no ] || docker rmi -f "$rust" >/dev/null' EXIT

stand_in() {
    local sysroot container cargo=${CARGO_HOME:-$HOME/.cargo} kept=(registry/index registry/cache)
    sysroot=$(rustc --print sysroot)
    case $sysroot in
        /usr | /usr/local) skip "there is no $rust, and the Rust in $sysroot cannot be put into one" ;;
    esac
    SUITE=trixie INCLUDE=ca-certificates,gcc,libc6-dev IMAGE=$IMAGE-rust debian
    stands_in=yes
    cargo fetch --quiet --locked
    container=$(docker create --label "$LABEL" "$IMAGE-rust" true)
    tar -C "$sysroot" --transform 's|^|usr/local/rust/|' -c bin/cargo bin/rustc lib | docker cp - "$container:/"
    # It says where crates come from, and by that what their directory is called.
    [ ! -e "$cargo/config.toml" ] || kept+=(config.toml)
    tar -C "$cargo" --transform 's|^|usr/local/cargo/|' -c "${kept[@]}" | docker cp - "$container:/"
    docker commit -c 'ENV PATH=/usr/local/rust/bin:/usr/sbin:/usr/bin:/sbin:/bin CARGO_HOME=/usr/local/cargo CARGO_NET_OFFLINE=true' \
        "$container" "$rust" >/dev/null
    docker rm "$container" >/dev/null
    echo "  $rust is a stand-in"
}
# One that an interrupted run has left is none.
is_real() {
    local labels
    labels=$(docker image inspect -f '{{json .Config.Labels}}' "$rust" 2>/dev/null) && lacks "${LABEL%=*}" "$labels" >/dev/null
}
is_real || stand_in

# By a client, and the word by which it takes the older builder (0) or BuildKit (1).
build() {
    local began=$SECONDS
    DOCKER_BUILDKIT=$2 "$1" build --force-rm --label "$LABEL" -f packaging/docker/Dockerfile -t "$IMAGE-built" . >"$here/log" 2>&1
    echo "  built in $((SECONDS - began)) s"
}
on_failure() { tail -n 30 "$here/log" >&2; }
inspect() { docker image inspect -f "{{$1}}" "$IMAGE-built"; }
only() {
    local other
    other=$(docker create --label "$LABEL" "$IMAGE-built")
    # What Docker itself puts into every container is empty.
    docker export "$other" | tar -tv --numeric-owner | awk '$1 ~ /^-/ && $3 > 0 || $6 ~ /moored\/$/ { print $1, $2, $6 }' | LC_ALL=C sort -k 3
    docker rm -v "$other" >/dev/null
}
# As the README says, but for whom it asks.
run() {
    docker run -d --label "$LABEL" --network "$NETWORK" --read-only --cap-drop ALL --restart unless-stopped \
        -v "$IMAGE-built:/var/lib/moored" -e MOORED_DOMENESHOP_TOKEN=sandbox -e MOORED_DOMENESHOP_SECRET=sandbox-secret \
        -e "MOORED_DOMENESHOP_HOSTS=$1.example.com" -e "MOORED_DOMENESHOP_ENDPOINT=http://$GATEWAY:5301/v0" \
        -e "MOORED_IPV4_SOURCES=static:$2" -e MOORED_IPV6_SOURCES=none -e "MOORED_DNS_SERVERS=$GATEWAY:5300" "$IMAGE-built"
}
built() { # by whom, and a host and address for it
    local container asked
    check "$1: the program, its licences and a directory for its user are in the image" equal "$(only)" \
"-rw-r--r-- 0/0 LICENSE-MIT
-rwxr-xr-x 0/0 moored
-rw-r--r-- 0/0 third-party.gz
drwxr-xr-x 65532/65532 var/lib/moored/"
    check "$1: it has $(inspect .Size) bytes, at most 6 MB" [ "$(inspect .Size)" -le 6000000 ]
    container=$(run "$2" "$3")
    # shellcheck disable=SC2317 # by die
    on_failure() { docker logs "$container" >&2; }
    within 20 "the record" has_address "$2" "$3"
    check "$1: docker logs says so" grep -qF "$2.example.com" <(docker logs "$container" 2>&1)
    docker rm -f "$container" >/dev/null
    asked=$(requests)
    container=$(run "$2" "$3")
    within 20 "the first round" docker exec "$container" /moored health
    check "$1: a new container with the old one's volume asks the provider nothing" equal "$(requests)" "$asked"
    docker rm -f "$container" >/dev/null
    docker volume rm "$IMAGE-built" >/dev/null
}
build docker 0
built "the older builder" built 84.212.80.1

client=$(buildkit_client)
[ -n "$client" ] || skip "no docker here has BuildKit"
if [ $stands_in = yes ]; then
    # A stand-in for which all is compiled already.
    DOCKER_BUILDKIT=0 docker build -q --label "$LABEL" -f packaging/docker/Dockerfile --target build -t "$rust" . >"$here/log" 2>&1
fi
build "$client" 1
built BuildKit buildkit 84.212.80.2
