#!/usr/bin/env bash
# The image made from packaging/docker/Dockerfile around a program that is built already. Run by script/e2e.
set -euo pipefail
. tests/e2e/lib.sh

image=$IMAGE-program
mkdir -p "$WORK/secrets" "$WORK/address"
program_image
echo "  image: $(docker image inspect -f '{{.Size}}' "$image") bytes"

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

began=$(date +%s%N)
docker stop "$container" >/dev/null
took=$((($(date +%s%N) - began) / 1000000))
check "stopped in $took ms" [ "$took" -lt 2000 ]
check "its exit code is 0" equal "$(field ExitCode)" 0
log=$(docker logs "$container" 2>&1)
check "the secret is not in its log" lacks sandbox-secret "$log"
check "its state could be written" lacks remembered "$log"

before=$(requests)
docker start "$container" >/dev/null
within 20 "healthy after a restart" has_health healthy
check "a restart makes no request to the provider" equal "$(requests)" "$before"
docker stop "$container" >/dev/null

{
    config_head file:/run/address/ipv4
    printf '[[domeneshop]]\nendpoint = "http://%s:5301/v0"\ntoken_file = "/run/secrets/token"\nsecret_file = "/run/secrets/secret"\nhosts = ["mounted.example.com"]\n' "$GATEWAY"
} >"$WORK/config.toml"
said=$(docker run --rm "${how[@]}" -v "$WORK/config.toml:/etc/moored/config.toml:ro" "$image" --once 2>&1)
check "a mounted configuration file does as well" has_address mounted 84.212.20.2
check "it finds its state without being told" lacks 'STATE_DIR|remembered' "$said"
