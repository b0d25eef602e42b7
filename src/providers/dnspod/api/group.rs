//! `Domaingroup.*` (facts: DNSPod section 7.4). Domains that others share lie in group 8 and stay
//! there.

use crate::providers::dnspod::{
    codes::tables::{COMMON, GROUP_ID, GROUP_NAME},
    types::{Done, Groups, NewGroup},
};

crate::operations! {
    /// Lists the account's groups of domains.
    DomaingroupList "Domaingroup.List" POST "/Domaingroup.List" reads -> Groups {
    }
    one_of []
    codes [COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#get-the-domain-group-list"

    /// Adds a group, which only accounts with a paid plan may.
    DomaingroupCreate "Domaingroup.Create" POST "/Domaingroup.Create" writes -> NewGroup {
        /// The group's name.
        group_name: required text,
    }
    one_of []
    codes [GROUP_NAME, COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#add-a-new-domain-group"

    /// Gives a group another name.
    DomaingroupModify "Domaingroup.Modify" POST "/Domaingroup.Modify" writes -> Done {
        /// The group's identifier.
        group_id: required text,
        /// The group's new name.
        group_name: required text,
    }
    one_of []
    codes [GROUP_ID, GROUP_NAME, COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#update-a-domain-group"

    /// Removes a group.
    DomaingroupRemove "Domaingroup.Remove" POST "/Domaingroup.Remove" writes -> Done {
        /// The group's identifier.
        group_id: required text,
    }
    one_of []
    codes [GROUP_ID, COMMON]
    page "https://docs.dnspod.com/api-legacy/domains.html#remove-a-domain-group"
}
