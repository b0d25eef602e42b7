# shellcheck shell=bash
# moored with the configuration that the sandbox prints, and by it the calls that need a second account, a paid plan and
# invoices. Read by tests/e2e/clients.sh.

sed -n '/^state_dir = /,/^Requests:/p' "$here/sandbox.log" | sed '$d' >"$here/printed.toml"
sed -i "s#^state_dir = .*#state_dir = \"$here/state\"#" "$here/printed.toml"
chmod 0600 "$here/printed.toml"
moored() { in_it timeout 60 "$MOORED" --config "$here/printed.toml" "$@"; }
call() { moored api "$@" --yes --json >"$here/said" 2>&1; }
echo "  $("$MOORED" --version)"
moored check >"$here/said" 2>&1 || die "moored refuses the configuration that the sandbox prints"
shown "the configuration that the sandbox prints is one, and every zone in it is found"
for account in dnspod china; do
    case $account in
        dnspod) zone=example.org paid=paid.example ;;
        *) zone=example.cn paid=paid-china.example ;;
    esac
    check "with it a domain is shared ($account)" \
        call "$account" Domainshare.Create "domain=$zone" email=neighbour@example.com mode=rw
    check "which the other account sees" call "$account-neighbour" Domain.Info "domain=$zone"
    check "a group is made, for the plan is paid for" call "$account" Domaingroup.Create group_name=homes
    check "and the domain of that plan is shown as such" call "$account" Domain.Info "domain=$paid"
    check "a domain is handed over" call "$account" Domain.Transfer "domain=$zone" email=neighbour@example.com
done
check "invoices are listed" equal "$(moored api domeneshop invoices.list --json | jq -r '.[].status' | sort | xargs)" \
    "paid settled unpaid"
