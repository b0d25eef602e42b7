#!/usr/bin/env bash
# The manual's pages as mandoc and man(1) read them, and the completions in real shells at a terminal. Run by script/e2e.
set -euo pipefail
. tests/e2e/lib.sh

install_tools mandoc man:man-db groff:groff bash zsh fish python3

here=$WORK/manual
mkdir -p "$here/zsh" "$here/fish/fish/completions"
# Where this is missing, fish begins to read every manual page of the system, and goes on when its user has left.
mkdir -p "$here/fish/data/fish/generated_completions"
on_failure() { cat "$here"/*.log >&2 2>/dev/null || true; }

for page in moored moored.toml; do
    "$MOORED" man "$page" >"$here/$page"
    case $page in
        moored) committed=contrib/man/moored.1 ;;
        moored.toml) committed=contrib/man/moored.toml.5 ;;
    esac
    check "moored man $page prints $committed" cmp "$here/$page" "$committed"
    check "mandoc finds nothing wrong with it" mandoc -T lint -W warning "$committed"
    # Only what man says of the source goes into the log; the page itself is looked at below.
    MANWIDTH=80 LC_ALL=C.UTF-8 man --warnings -l "$committed" >"$here/$page.txt" 2>"$here/$page.log"
    check "nor does man" equal "$(cat "$here/$page.log")" ""
done
# Without the marks that groff makes bold letters with. Not `grep -q`, which would leave sed without a reader.
shows() { sed -e 's/\x1b\[[0-9;]*m//g' -e 's/.\x08//g' "$here/$1.txt" | grep -E "$2" >/dev/null; }
check "moored(1) shows the commands" shows moored '^ +moored plan$'
check "and the exit codes" shows moored '^ +69 +[A-Z][a-z]+ .*address'
check "moored.toml(5) shows the keys" shows moored.toml '^ +interval = length of time, "1s" to "1d"$'
check "and their variables" shows moored.toml 'MOORED_DNSPOD_SITE'

# What the shells complete to is what this is called with.
cat >"$here/moored" <<SH
#!/bin/sh
printf '%s\n' "\$*" >'$here/called.new' && mv '$here/called.new' '$here/called'
SH
chmod 0755 "$here/moored"
"$MOORED" completions bash >"$here/moored.bash"
"$MOORED" completions zsh >"$here/zsh/_moored"
"$MOORED" completions fish >"$here/fish/fish/completions/moored.fish"
printf '. %q\nPS1=READY\n' "$here/moored.bash" >"$here/bashrc"
# shellcheck disable=SC2016 # zsh expands it
printf 'fpath=(%q $fpath)\nautoload -U compinit && compinit -u -D\nPS1=READY\n' "$here/zsh" >"$here/zsh/.zshrc"
printf 'function fish_prompt; printf READY; end\nset fish_greeting\n' >"$here/fish/fish/config.fish"

completed() {
    local shell=$1 line=$2
    case $shell in
        bash) set -- bash --noprofile --rcfile "$here/bashrc" -i ;;
        zsh) set -- env "ZDOTDIR=$here/zsh" zsh -i ;;
        fish) set -- env "XDG_CONFIG_HOME=$here/fish" "XDG_DATA_HOME=$here/fish/data" fish -i ;;
    esac
    python3 tests/e2e/manual/complete.py "$here" "$@" -- "$line"
}
for shell in bash zsh fish; do
    echo "  $("$shell" --version | head -n 1)"
    check "$shell completes a command" equal "$(completed "$shell" 'moored pl')" "plan"
    check "and a flag of it" equal "$(completed "$shell" 'moored plan --ex')" "plan --exit-code"
    check "and a flag of all commands" equal "$(completed "$shell" 'moored detect --js')" "detect --json"
    check "and a command within one" equal "$(completed "$shell" 'moored records home del')" "records home delete"
    check "and a word that a command takes" equal "$(completed "$shell" 'moored completions z')" "completions zsh"
    check "and a file" equal "$(completed "$shell" "moored --config $here/bashr")" "--config $here/bashrc"
done
