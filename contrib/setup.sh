# shellcheck shell=sh
# What contrib/systemd/install and packaging/cron/install share, which read it with `set -eu`, as root and from the top of the
# source tree. Before `configure` they define `reference KEY FILE`, which prints the line of the configuration by which a secret is
# found, and set $owner, the user whose file each secret is.

# The program goes to /usr/local/bin: target/release/moored, packaging/dist/moored or what $MOORED names; none if moored is
# installed already.
install_program() {
    for program in ${MOORED:-target/release/moored packaging/dist/moored}; do
        [ -x "$program" ] || continue
        install -m 0755 "$program" /usr/local/bin/moored
        break
    done
    command -v moored >/dev/null || {
        echo 'There is no program yet: cargo build --release makes target/release/moored.' >&2
        exit 1
    }
}

# A provider and hosts, or nothing. What is wrong with them is said before anything is changed.
check_account() {
    case ${1:-} in
        domeneshop | dnspod) ;;
        '') return 0 ;;
        *)
            echo "$1 is neither domeneshop nor dnspod." >&2
            exit 2
            ;;
    esac
    [ $# -gt 1 ] || {
        echo "Which hosts? $0 $1 home.example.com" >&2
        exit 2
    }
}

# ask NAME QUESTION: a secret, which is not shown, into a file of $owner's own.
ask() {
    file=/etc/moored/$1
    if [ -e "$file" ]; then
        echo "$file stays as it is." >&2
        return 0
    fi
    if [ -t 0 ]; then
        printf '%s: ' "$2" >&2
        trap 'stty echo' EXIT
        trap 'exit 1' INT TERM
        stty -echo
    fi
    read -r answer
    if [ -t 0 ]; then
        stty echo
        echo >&2
    fi
    (umask 077 && printf '%s\n' "$answer" >"$file")
    # shellcheck disable=SC2154 # set by who reads this
    chown "$owner" "$file"
}

# configure HEAD PROVIDER HOST…: asks for the secrets, and writes /etc/moored/config.toml with HEAD before the account unless it is
# there already. For everybody to read: no secret stands in it.
configure() {
    config=/etc/moored/config.toml
    head=$1 provider=$2
    shift 2
    hosts=$(printf ', "%s"' "$@")
    install -d -m 0755 /etc/moored
    case $provider in
        domeneshop)
            ask domeneshop-token 'Token of Domeneshop'
            ask domeneshop-secret 'Secret of Domeneshop'
            keys="$(reference token domeneshop-token)
$(reference secret domeneshop-secret)"
            ;;
        dnspod)
            ask dnspod-token 'Token of DNSPod, as ID,Token'
            keys=$(reference token dnspod-token)
            if [ ! -e "$config" ]; then
                # DNSPod wants to know whom to write to.
                [ ! -t 0 ] || printf 'Your e-mail address, for DNSPod: ' >&2
                read -r contact
                keys="$keys
contact = \"$contact\""
            fi
            ;;
    esac
    if [ -e "$config" ]; then
        echo "$config stays as it is." >&2
    else
        (umask 022 && printf '%s[[%s]]\n%s\nhosts = [%s]\n' "$head" "$provider" "$keys" "${hosts#, }" >"$config")
    fi
}
