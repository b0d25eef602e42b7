# shellcheck shell=sh
# What contrib/systemd/install and packaging/cron/install share, which read it with `set -eu`, as root, and with $here, the folder
# they stand in. Before `configure` they define `reference KEY FILE`, which prints the line of the configuration by which a secret is
# found, and set $owner, the user whose file each secret is. $DESTDIR stands before every path that is written, as with make install.
destination=${DESTDIR:-}

# The program goes to /usr/local/bin: target/release/moored, packaging/dist/moored or what $MOORED names; none if moored is
# installed already.
install_program() {
    if [ -n "${MOORED:-}" ]; then
        if [ ! -f "$MOORED" ] || [ ! -x "$MOORED" ]; then
            echo "\$MOORED is $MOORED, and there is no program of that name." >&2
            exit 1
        fi
        set -- "$MOORED"
    else
        # shellcheck disable=SC2154 # set by who reads this
        set -- "$here/../../target/release/moored" "$here/../../packaging/dist/moored"
    fi
    for program; do
        [ -x "$program" ] || continue
        install -D -m 0755 "$program" "$destination/usr/local/bin/moored"
        return 0
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
    shift
    for host; do
        check_host "$host"
    done
}

# A host is written into the configuration as it is: a quote would end its text there. What else is wrong with a name, moored says.
check_host() {
    case $1 in
        *[[:space:][:cntrl:]\"\'\`\\/:,\;@]* | '' | .* | -* | *..*)
            echo "\"$1\" is no name of a host: write it like home.example.com or *.example.com." >&2
            exit 2
            ;;
        *.*) ;;
        *)
            echo "\"$1\" is not fully qualified: write it with its domain, like home.example.com." >&2
            exit 2
            ;;
    esac
}

# answer QUESTION [silent]: the answer, into $answer, never an empty one. On a terminal the question comes again, three times in all.
answer() {
    tries=1
    [ ! -t 0 ] || tries=3
    while [ "$tries" -gt 0 ]; do
        tries=$((tries - 1))
        if [ -t 0 ]; then
            printf '%s: ' "$1" >&2
            if [ -n "${2:-}" ]; then
                trap 'stty echo' EXIT
                trap 'exit 1' INT TERM
                stty -echo
            fi
        fi
        # The last line may have no end.
        read -r answer || [ -n "$answer" ] || tries=0
        if [ -t 0 ] && [ -n "${2:-}" ]; then
            stty echo
            echo >&2
        fi
        case $answer in
            '') echo "$1: there is no answer." >&2 ;;
            *[![:print:]]* | *[[:space:]]*) echo "$1: the answer is not one word of plain letters." >&2 ;;
            *) return 0 ;;
        esac
    done
    echo 'Nothing is stored in its place. Run this again with the answer at hand.' >&2
    exit 1
}

# ask NAME QUESTION: a secret, which is not shown, into a file of $owner's own. A file of blanks is none: it is asked for again.
ask() {
    file=$destination/etc/moored/$1
    if grep -q '[^[:space:]]' "$file" 2>/dev/null; then
        echo "${file#"$destination"} stays as it is." >&2
        return 0
    fi
    answer "$2" silent
    rm -f "$file"
    (umask 077 && printf '%s\n' "$answer" >"$file")
    # shellcheck disable=SC2154 # set by who reads this
    chown "$owner" "$file"
}

# configure HEAD PROVIDER HOST…: asks for the secrets, and writes /etc/moored/config.toml with HEAD before the account unless it is
# there already. For everybody to read: no secret stands in it.
configure() {
    config=$destination/etc/moored/config.toml
    head=$1 provider=$2
    shift 2
    hosts=$(printf ', "%s"' "$@")
    install -d -m 0755 "$destination/etc/moored"
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
                answer 'Your e-mail address, for DNSPod'
                case $answer in
                    *[\"\\]* | @* | *@) wrong=yes ;;
                    *@*) wrong='' ;;
                    *) wrong=yes ;;
                esac
                [ -z "$wrong" ] || {
                    echo "\"$answer\" is no e-mail address. Run this again: the secrets are stored already." >&2
                    exit 1
                }
                keys="$keys
contact = \"$answer\""
            fi
            ;;
    esac
    if [ -e "$config" ]; then
        echo "${config#"$destination"} stays as it is." >&2
    else
        (umask 022 && printf '%s[[%s]]\n%s\nhosts = [%s]\n' "$head" "$provider" "$keys" "${hosts#, }" >"$config")
    fi
}
