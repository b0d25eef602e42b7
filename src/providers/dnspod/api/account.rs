//! `User.*` and `Info.Version` (facts: DNSPod section 7.7).

use crate::providers::dnspod::{
    codes::tables::COMMON,
    types::{Account, Log, Version},
};

crate::operations! {
    /// Shows the account's owner.
    UserDetail "User.Detail" POST "/User.Detail" reads -> Account {
    }
    one_of []
    codes [COMMON]
    page "https://docs.dnspod.com/api-legacy/accounts.html#get-account-information"

    /// Shows what was done in the account.
    UserLog "User.Log" POST "/User.Log" reads -> Log {
    }
    one_of []
    codes [COMMON]
    page "https://docs.dnspod.com/api-legacy/accounts.html#get-the-account-s-operate-log"

    /// Shows the API's version.
    InfoVersion "Info.Version" POST "/Info.Version" reads -> Version {
    }
    one_of []
    codes [COMMON]
    page "https://docs.dnspod.com/api-legacy/info.html"
}
