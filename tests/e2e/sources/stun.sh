# shellcheck shell=bash disable=SC2154
# The sources `stun` and `stun:HOST:PORT` over coturn; read by tests/e2e/sources.sh.

# Google's port is another one than the others'.
for port in 3478 19302; do
    in_background "coturn$port" "$net" turnserver -n --stun-only --no-tls --no-dtls --no-cli --log-file stdout --simple-log \
        --pidfile "$here/coturn$port.pid" --userdb "$here/coturn$port.db" -p "$port" -L "${STUN[0]}" -L "${STUN[1]}"
done
listens() { grep -q "$2" < <(ip netns exec "$net" ss -Hlnu "sport = :$1"); }
for port in 3478 19302; do
    for family in 0 1; do
        within 10 "coturn listens" listens "$port" "${STUN[family]}"
    done
done

settings '"stun"' '"stun"'
for family in 0 1; do
    name=${FAMILIES[family]}
    check "$name: coturn's answers are believed" equal "$(detected "$name")" "known ${HOST[family]} 0"
    for operator in Google Cloudflare Nextcloud sipgate; do
        check "$name: as $operator" equal "$(heard "$name" "$operator")" "${HOST[family]}"
    done
done
settings '"stun:stun.example.net:3478"' "\"stun:[${STUN[1]}]:19302\"" 'confirm = 1'
check "a server by its name is asked" equal "$(detected ipv4)" "known ${HOST[0]} 0"
check "and one by its address" equal "$(detected ipv6)" "known ${HOST[1]} 0"
settings '"stun:stun.example.net:3478", "dns"' '"stun:stun.l.google.com:19302", "dns"' 'confirm = 4'
rm -rf "$here/state"
check "with three of the others it makes four witnesses" equal "$(detected ipv4)" "known ${HOST[0]} 69"
check "while Google's server and Google's name are one" equal "$(detected ipv6)" "unavailable 69"
