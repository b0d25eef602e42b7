//! Lines: the part of the network a record is for. Abroad a code, in China a name and an id.

use std::sync::LazyLock;

use crate::json::{Json, object};
use crate::log::Site;

/// The lines of the international site: areas, their names, and in each the codes that `record_line` takes.
static ABROAD: LazyLock<Json> =
    LazyLock::new(|| serde_json::from_str(include_str!("lines.json")).unwrap_or(Json::Null));

const DEFAULT: &str = "Default";
const DEFAULT_CHINA: &str = "默认";

/// The lines of the site for China, by name and id.
const CHINA: [(&str, &str); 15] = [
    (DEFAULT_CHINA, "0"),
    ("国内", "7=0"),
    ("国外", "3=0"),
    ("电信", "10=0"),
    ("联通", "10=1"),
    ("教育网", "10=2"),
    ("移动", "10=3"),
    ("百度", "90=0"),
    ("谷歌", "90=1"),
    ("有道", "90=2"),
    ("必应", "90=3"),
    ("搜搜", "90=4"),
    ("搜狗", "90=5"),
    ("奇虎", "90=6"),
    ("搜索引擎", "80=0"),
];

/// The line a caller asks for, as it is then shown. None: there is no such line. In China the id beats the name;
/// abroad there are no ids. Abroad the default line is shown with a capital and taken only without.
pub(super) fn asked(site: Site, name: Option<&str>, id: Option<&str>) -> Option<String> {
    match site {
        Site::International => match name? {
            "default" => Some(DEFAULT.to_owned()),
            code if is_code(code) => Some(code.to_owned()),
            _ => None,
        },
        Site::China => {
            let wanted = CHINA.iter().find(|(n, i)| match id {
                Some(id) => *i == id,
                None => name == Some(*n),
            });
            wanted.map(|(name, _)| (*name).to_owned())
        }
    }
}

fn is_code(code: &str) -> bool {
    ABROAD.fields().any(|(_, area)| {
        let lines = area.get("sub_area");
        lines.is_some_and(|lines| lines.get(code).is_some())
    })
}

/// What `Record.Line` answers: abroad areas with their lines, in China names, and beside them ids, of which the first is
/// a number and the others are strings.
pub(super) fn all(site: Site) -> Json {
    if site == Site::International {
        return object! {"lines": ABROAD.clone()};
    }
    let names = CHINA.iter().map(|(name, _)| *name);
    let ids = CHINA.iter().map(|(name, id)| {
        let id = if *id == "0" {
            Json::from(0_u32)
        } else {
            Json::from(*id)
        };
        ((*name).to_owned(), id)
    });
    object! {"lines": names.collect::<Json>(), "line_ids": Json::Object(ids.collect())}
}

/// The line of a record made by hand.
pub(super) fn by_hand(site: Site, name: Option<&str>, id: Option<&str>) -> String {
    let shown = asked(site, name, id).or_else(|| name.map(str::to_owned));
    shown.unwrap_or_else(|| {
        let default = match site {
            Site::International => DEFAULT,
            Site::China => DEFAULT_CHINA,
        };
        default.to_owned()
    })
}

/// Whether a filter means a line as it is shown.
pub(super) fn matches(site: Site, filter: &str, shown: &str) -> bool {
    filter == shown || asked(site, Some(filter), None).is_some_and(|line| line == shown)
}

pub(super) fn id_of(name: &str) -> String {
    let line = CHINA.iter().find(|(n, _)| *n == name);
    line.map_or("0", |(_, id)| id).to_owned()
}

pub(super) fn is_default(line: &str) -> bool {
    line == DEFAULT || line == DEFAULT_CHINA
}
