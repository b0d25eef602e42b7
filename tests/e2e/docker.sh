#!/usr/bin/env bash
# The image made from packaging/docker/Dockerfile around a program that is built already. Run by script/e2e.
set -euo pipefail
. tests/e2e/lib.sh

install_tools openssl ps:procps ss:iproute2
image=$IMAGE-program
mkdir -p "$WORK/secrets" "$WORK/address"
program_image
size=$(docker image inspect -f '{{.Size}}' "$image")
check "the image has $size bytes, at most 6 MB" [ "$size" -le 6000000 ]
only() {
    local other
    other=$(docker create --label "$LABEL" "$image")
    # What Docker itself puts into every container is empty.
    docker export "$other" | tar -tv | awk '$1 ~ /^-/ && $3 > 0 { print $6 }'
    docker rm -v "$other" >/dev/null
}
check "nothing is in it but the program and its licences" equal "$(only | LC_ALL=C sort | xargs)" "LICENSE-MIT moored third-party.gz"

printf 'sandbox\n' >"$WORK/secrets/token"
printf 'sandbox-secret\n' >"$WORK/secrets/secret"
chown 65532 "$WORK"/secrets/*
chmod 0400 "$WORK"/secrets/*
echo 84.212.20.1 >"$WORK/address/ipv4"
chmod 0755 "$WORK" "$WORK/address"
how=(--label "$LABEL" --network "$NETWORK" --read-only --cap-drop ALL --security-opt no-new-privileges
    -v "$WORK/secrets:/run/secrets:ro" -v "$WORK/address:/run/address:ro")
settings=(-e MOORED_DOMENESHOP_TOKEN_FILE=/run/secrets/token -e MOORED_DOMENESHOP_SECRET_FILE=/run/secrets/secret
    -e "MOORED_DOMENESHOP_ENDPOINT=http://$GATEWAY:5301/v0" -e MOORED_DOMENESHOP_HOSTS=docker.example.com
    -e MOORED_IPV4_SOURCES=file:/run/address/ipv4 -e MOORED_IPV6_SOURCES=none
    -e "MOORED_DNS_SERVERS=$GATEWAY:5300" -e MOORED_INTERVAL=1s -e MOORED_TIMEOUT=2s)
container=$(docker run -d "${how[@]}" "${settings[@]}" \
    --health-interval 1s --health-retries 1 --health-start-period 0s "$image")
on_failure() { docker logs "$container" >&2; }
field() { docker inspect -f "{{.State.$1}}" "$container"; }
has_health() { [ "$(field Health.Status)" = "$1" ]; }

within 10 "the record" has_address docker 84.212.20.1
within 20 "healthy" has_health healthy
shown "healthy, and the record is there"
pid=$(field Pid)
of_process() { awk -v key="$1:" -v n="$2" '$1 == key {print $n}' "/proc/$pid/status"; }
check "it is PID 1, as user 65532, without capabilities" \
    equal "$(of_process NSpid 3) $(of_process Uid 2) $(of_process CapEff 2)" "1 65532 0000000000000000"

control 'fault?service=domeneshop&path=/&kind=status:503:down' -X POST >/dev/null
echo 84.212.20.2 >"$WORK/address/ipv4"
within 20 "unhealthy while the provider fails" has_health unhealthy
check "unhealthy while the provider fails, and it says why" \
    grep -q 'docker.example.com A:' <(docker inspect -f '{{range .State.Health.Log}}{{.Output}}{{end}}' "$container")
control clear -X POST >/dev/null
docker kill -s USR1 "$container" >/dev/null
within 20 "the record once the provider is back" has_address docker 84.212.20.2
within 20 "healthy again" has_health healthy
shown "healthy again once the provider is back"

# Milliseconds from now until a container has ended by TERM, by the engine's own clock.
stop() {
    local began end
    began=$(date +%s%N)
    docker kill -s TERM "$1" >/dev/null
    docker wait "$1" >/dev/null
    end=$(date -d "$(docker inspect -f '{{.State.FinishedAt}}' "$1")" +%s%N)
    echo $(((end - began) / 1000000))
}
took=$(stop "$container")
check "stopped in $took ms" [ "$took" -lt 1000 ]
check "its exit code is 0" equal "$(field ExitCode)" 0
log=$(docker logs "$container" 2>&1)
check "the secret is not in its log" lacks sandbox-secret "$log"
check "its state could be written" lacks remembered "$log"

before=$(requests)
docker start "$container" >/dev/null
within 20 "healthy after a restart" has_health healthy
check "a restart makes no request to the provider" equal "$(requests)" "$before"

echo 84.212.20.3 >"$WORK/address/ipv4"
control 'fault?service=domeneshop&path=/&kind=hang' -X POST >/dev/null
docker kill -s USR1 "$container" >/dev/null
asked() { [ "$(requests)" -gt "$before" ]; }
within 10 "a request that hangs" asked
took=$(stop "$container")
check "stopped in $took ms in the middle of a request that hangs" [ "$took" -lt 1000 ]
check "with 0, and it says so" equal "$(field ExitCode) $(docker logs "$container" 2>&1 | grep -c 'in the middle of a round')" "0 1"
control clear -X POST >/dev/null
echo 84.212.20.2 >"$WORK/address/ipv4"

{
    config_head file:/run/address/ipv4
    printf '[[domeneshop]]\nendpoint = "http://%s:5301/v0"\ntoken_file = "/run/secrets/token"\nsecret_file = "/run/secrets/secret"\nhosts = ["mounted.example.com"]\n' "$GATEWAY"
} >"$WORK/config.toml"
said=$(docker run --rm "${how[@]}" -v "$WORK/config.toml:/etc/moored/config.toml:ro" "$image" --once 2>&1)
check "a mounted configuration file does as well" has_address mounted 84.212.20.2
check "it finds its state without being told" lacks 'STATE_DIR|remembered' "$said"

# How a single round in a container ends, with more of Docker's arguments: its exit code, then what it said.
once() {
    local code=0
    docker run --rm "${how[@]}" "${settings[@]}" "$@" "$image" --once --verbose >"$WORK/said" 2>&1 || code=$?
    echo "$code"
}
says() { grep -qF "$1" "$WORK/said" || { cat "$WORK/said" >&2 && return 1; }; }
printf sandbox >"$WORK/secrets/roots"
chmod 0400 "$WORK/secrets/roots"
check "a secret that its user may not read is 78" \
    equal "$(once -e MOORED_DOMENESHOP_TOKEN_FILE=/run/secrets/roots)" 78
check "and it says who has to" says '/run/secrets/roots: Permission denied (os error 13); the user that moored runs as must be'
mkdir "$WORK/roots"
check "a state directory of somebody else's ends nothing" equal "$(once -v "$WORK/roots:/var/lib/moored")" 0
check "and is told of" says '/var/lib/moored: the lock file could not be opened: Permission denied'
chown 65532 "$WORK/roots"
check "nor does a read-only file system" equal "$(once -v "$WORK/roots:/var/lib/moored:ro")" 0
check "which is told of" says 'Read-only file system'

# Nobody's certificates are in the image; those that the program brings judge.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=stranger \
    -addext "subjectAltName=IP:$GATEWAY" -addext basicConstraints=CA:FALSE -keyout "$WORK/tls.key" -out "$WORK/tls.pem" 2>/dev/null
openssl s_server -accept "$GATEWAY:5443" -cert "$WORK/tls.pem" -key "$WORK/tls.key" -www >/dev/null 2>&1 &
stranger=$!
trap 'kill "$stranger"' EXIT
listens() { grep -q . < <(ss -Hltn "src $GATEWAY:5443"); }
within 10 "a stranger listens" listens
check "without any CA bundle a stranger is no provider, for now" \
    equal "$(once -e "MOORED_DOMENESHOP_ENDPOINT=https://$GATEWAY:5443/v0")" 75
check "and it says why" says 'UnknownIssuer'

# PID 1 inherits what a command leaves behind. That takes a shell, so here the program is in Debian.
debian
container=$(docker run -d "${how[@]}" "${settings[@]}" --user 65532 -e STATE_DIRECTORY=/tmp --tmpfs /tmp \
    -e 'MOORED_IPV4_SOURCES=command:(setsid sleep 0.1; :) >/dev/null 2>&1 & sleep 60 >/dev/null & echo 84.212.20.2' \
    -v "$(realpath "$MOORED"):/moored:ro" --entrypoint /moored "$IMAGE" --log debug)
rounds() { [ "$(docker logs "$container" 2>&1 | grep -c 'command:.* says')" -ge 5 ]; }
within 30 "five rounds with a command" rounds
pid=$(field Pid)
# Docker's own list has no zombies.
no_zombie() { [ -e "/proc/$pid/status" ] && ! ps -o stat= --ppid "$pid" | grep '^Z'; }
on_failure() { ps -o pid,stat,args --ppid "$pid" >&2; }
within 5 "the end of the last zombie" no_zombie
shown "no zombie is left of them, as PID 1"
docker rm -f "$container" >/dev/null

# The example for compose, with what the sandbox needs beside it. Its secrets are in no commit and no build.
if git rev-parse --git-dir >/dev/null 2>&1; then
    check "git leaves the secrets beside compose.yaml alone" git check-ignore -q packaging/docker/secrets/token
fi
check "and so does the Dockerfile" grep -qx packaging/docker/secrets .dockerignore
if docker compose version >/dev/null 2>&1; then
    compose=(docker compose)
else
    install_tools docker-compose
    compose=(docker-compose)
fi
mkdir -p "$WORK/compose/secrets"
cp packaging/docker/compose.yaml "$WORK/compose/"
cp -p "$WORK/secrets/token" "$WORK/compose/secrets/domeneshop_token"
cp -p "$WORK/secrets/secret" "$WORK/compose/secrets/domeneshop_secret"
beside() { # the service, its host, its address
    cat <<TXT
  $1:
    image: $image
    labels: ["$LABEL"]
    environment:
      MOORED_DOMENESHOP_ENDPOINT: http://$GATEWAY:5301/v0
      MOORED_DOMENESHOP_HOSTS: $2.example.com
      MOORED_IPV4_SOURCES: static:$3
      MOORED_IPV6_SOURCES: none
      MOORED_DNS_SERVERS: $GATEWAY:5300
TXT
}
{
    echo 'services:'
    beside moored compose-host 84.212.20.8
    beside bridged compose-bridged 84.212.20.9
} >"$WORK/compose/sandbox.yaml"
compose() { "${compose[@]}" -p "moored-e2e-$$" -f "$WORK/compose/compose.yaml" -f "$WORK/compose/sandbox.yaml" "$@" >>"$WORK/compose.log" 2>&1; }
trap 'kill "$stranger"; compose --profile bridged down -v' EXIT
on_failure() { tail -n 20 "$WORK/compose.log" >&2; }
compose up -d --no-build || die "compose does not start it"
within 20 "the record, by compose" has_address compose-host 84.212.20.8
container=$(docker ps -q --filter "label=$LABEL" --filter label=com.docker.compose.service)
on_failure() { docker logs "$container" >&2; }
within 60 "healthy, by compose" has_health healthy
hardening() {
    docker inspect -f '{{.HostConfig.NetworkMode}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.Config.User}}' "$1"
}
check "compose runs it in the host's network, read-only, without capabilities" \
    equal "$(hardening "$container")" "host true [ALL] 65532:65532"
compose stop
compose up -d --no-build bridged || die "compose does not start it in a network of its own"
within 20 "the record, by compose in a network of its own" has_address compose-bridged 84.212.20.9
container=$(docker ps -q --filter "label=$LABEL" --filter label=com.docker.compose.service=bridged)
check "and in a network of its own, with IPv6" grep -q '^fd6d:6f6f:7265:64:' \
    <(docker inspect -f '{{range .NetworkSettings.Networks}}{{.GlobalIPv6Address}}{{end}}' "$container")
