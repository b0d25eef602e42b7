//! Groups of domains: eight of the service's, and those a user makes.

use super::calls::{Call, CallAnswer};
use super::codes::{self, Code};
use super::domain::{DEFAULT_GROUP, SHARED_GROUP};
use super::state::DnsPodState;
use crate::json::{Json, object};

/// The service's groups, which have the numbers from 1, in English and in Chinese.
const SYSTEM_GROUPS: [(&str, &str); 8] = [
    ("Default Group", "默认分组"),
    ("Often Change", "经常修改"),
    ("Few Change", "很少修改"),
    ("Expiring", "即将到期"),
    ("Personal Domain", "私人域名"),
    ("Company Domain", "公司域名"),
    ("Customer Domain", "客户域名"),
    ("Shared To Me", "与我共享"),
];

/// So many groups a user makes at most; on the free plan, none.
const MAX_GROUPS: usize = 10;

const MAX_NAME_LENGTH: usize = 32;

#[derive(Debug)]
pub(super) struct Group {
    id: u64,
    name: String,
}

impl DnsPodState {
    pub(super) fn group_list(&self, call: &Call<'_>) -> Json {
        let system = (1..).zip(SYSTEM_GROUPS).map(|(id, (english, chinese))| {
            let name = if self.china() { chinese } else { english };
            (id, name, "system")
        });
        let own = self.accounts[call.user].groups.iter();
        let own = own.map(|g| (g.id, g.name.as_str(), "custom"));
        let shown = system.chain(own).map(|(id, name, kind)| {
            object! {
                "group_id": id,
                "group_name": name,
                "group_type": kind,
                "size": self.group_size(call, id),
            }
        });
        object! {"groups": shown.collect::<Json>()}
    }

    /// Only those who pay for a domain may. The answer is an object, unlike the list's array.
    pub(super) fn group_create(&mut self, call: &Call<'_>) -> CallAnswer {
        let name = self.new_name(call)?;
        let pays = self.domains.iter().any(|d| d.owner == call.user && d.vip);
        let groups = self.accounts[call.user].groups.len();
        if !pays || groups >= MAX_GROUPS {
            return Err("9");
        }
        let id = self.other_id();
        self.accounts[call.user].groups.push(Group { id, name });
        Ok(object! {"groups": object! {"id": id.to_string()}})
    }

    pub(super) fn group_modify(&mut self, call: &Call<'_>) -> CallAnswer {
        let at = self.own_group(call)?;
        let name = self.new_name(call)?;
        self.accounts[call.user].groups[at].name = name;
        Ok(Json::Null)
    }

    /// The domains that were in it go back to the first group.
    pub(super) fn group_remove(&mut self, call: &Call<'_>) -> CallAnswer {
        let at = self.own_group(call)?;
        let gone = self.accounts[call.user].groups.remove(at).id;
        for domain in &mut self.domains {
            if domain.owner == call.user && domain.group == gone {
                domain.group = DEFAULT_GROUP;
            }
        }
        Ok(Json::Null)
    }

    /// A group into which the caller may put a domain of his.
    pub(super) fn group(&self, call: &Call<'_>, id: &str) -> Option<u64> {
        let id: u64 = id.parse().ok()?;
        let own = self.accounts[call.user].groups.iter().any(|g| g.id == id);
        ((1..SHARED_GROUP).contains(&id) || own).then_some(id)
    }

    /// Where the group is that a call names, if the caller made it.
    fn own_group(&self, call: &Call<'_>) -> Result<usize, Code> {
        let id: Option<u64> = call.filled("group_id").and_then(|id| id.parse().ok());
        let mut groups = self.accounts[call.user].groups.iter();
        let found = groups.position(|g| Some(g.id) == id);
        found.ok_or(codes::BAD_PARAMETER)
    }

    fn new_name(&self, call: &Call<'_>) -> Result<String, Code> {
        let name = call.param("group_name").unwrap_or_default().trim();
        if name.is_empty() || name.chars().count() > MAX_NAME_LENGTH {
            return Err("7");
        }
        let own = self.accounts[call.user].groups.iter();
        let system = SYSTEM_GROUPS.iter().any(|(e, c)| *e == name || *c == name);
        if system || own.into_iter().any(|g| g.name == name) {
            return Err("8");
        }
        Ok(name.to_owned())
    }
}
