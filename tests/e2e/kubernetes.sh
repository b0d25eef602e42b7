#!/usr/bin/env bash
# packaging/kubernetes/moored.yaml by Kubernetes' own schemas, and what it describes as a container: its user, its file
# systems, its files, its probes. Run by script/e2e.
set -euo pipefail
. tests/e2e/lib.sh

python_tools kubernetes
program_image
here=$WORK/kubernetes
mkdir -p "$here/secret/..1"
manifest=packaging/kubernetes/moored.yaml
check "Kubernetes' schemas know every field" "$venv/bin/kubernetes-validate" --strict --quiet "$manifest"
"$venv/bin/python" -c 'import json, sys, yaml; json.dump(list(yaml.safe_load_all(sys.stdin)), sys.stdout)' \
    <"$manifest" >"$here/manifest.json"
of() { jq -er "map(select(.kind == \"$1\"))[0] | $2" "$here/manifest.json"; }
pod() { of Deployment ".spec.template.spec | $1"; }
main() { pod ".containers[0] | $1"; }
check "there is one, and never two" equal "$(of Deployment '"\(.spec.replicas) \(.spec.strategy.type)"')" "1 Recreate"
check "it selects its own pods" equal "$(of Deployment '.spec.selector.matchLabels == .spec.template.metadata.labels')" true

# As the kubelet lays them out: files behind links, the group's; a directory for anybody, the group's.
user=$(pod .securityContext.runAsUser) group=$(pod .securityContext.fsGroup)
printf sandbox >"$here/secret/..1/token"
printf sandbox-secret >"$here/secret/..1/secret"
chgrp -R "$group" "$here/secret"
chmod "$(printf '0%o' "$(pod '.volumes[] | select(.name == "secret").secret.defaultMode')")" "$here"/secret/..1/*
ln -s ..1 "$here/secret/..data"
ln -s ..data/token ..data/secret "$here/secret/"
install -d -m 2777 -g "$group" "$here/state"
of ConfigMap '.data["config.toml"]' |
    sed -e "s|^hosts = .*|endpoint = \"http://$GATEWAY:5301/v0\"\n&|" -e '/^\[ipv4\]/,/^$/d' -e '/^\[ipv6\]/,/^$/d' >"$here/rest"
# A key of no table comes before every table.
{
    grep '^state_dir' "$here/rest"
    config_head static:84.212.70.1
    grep -v '^state_dir' "$here/rest"
} >"$here/config.toml"
at() { main ".volumeMounts[] | select(.name == \"$1\").mountPath"; }

container=$(docker run -d --label "$LABEL" --network "$NETWORK" --user "$user:$(pod .securityContext.runAsGroup)" --group-add "$group" \
    "--read-only=$(main .securityContext.readOnlyRootFilesystem)" --cap-drop ALL --security-opt no-new-privileges \
    --memory "$(main .resources.limits.memory | tr -d i)" -v "$here/config.toml:$(at config):ro" \
    -v "$here/secret:$(at secret):ro" -v "$here/state:$(at state)" "$IMAGE-program")
on_failure() { docker logs "$container" >&2; }
probe() {
    local words
    mapfile -t words < <(main ".${1}Probe.exec.command[]")
    docker exec "$container" "${words[@]}" >/dev/null
}
within 10 "the record" has_address home 84.212.70.1
within 10 "ready" probe readiness
shown "it is ready, and the record is there"
check "and alive" probe liveness
check "it complains of nothing but the sandbox's want of encryption" equal \
    "$(docker logs "$container" 2>&1 | awk '/WARN|ERROR/ && !/without encryption/')" ""
control 'fault?service=domeneshop&path=/&kind=status:503:down' -X POST >/dev/null
# In place: a file that takes another's would not be seen, in a pod neither.
changed=$(sed s/84.212.70.1/84.212.70.2/ "$here/config.toml")
echo "$changed" >"$here/config.toml"
docker kill -s HUP "$container" >/dev/null
unready() { ! probe readiness; }
within 20 "not ready while the provider fails" unready
shown "it is not ready while the provider fails"
check "and alive all the same" probe liveness
