//! Lines: DNSPod answers differently to different networks, and a record is on one line.
//!
//! The two sites write the line for everybody else differently, and the international one writes
//! it differently from how it wants it written (facts: DNSPod section 4).

use super::Site;

/// The line a record is on: exactly one of `record_line` and `record_line_id` is sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum LineRef {
    /// By its name.
    Name(String),
    /// By its identifier: China only.
    Id(String),
}

impl LineRef {
    /// The two parameters, of which one is given.
    pub(super) fn parameters(self) -> (Option<String>, Option<String>) {
        match self {
            Self::Name(name) => (Some(name), None),
            Self::Id(id) => (None, Some(id)),
        }
    }
}

/// The line that an account keeps.
#[derive(Clone, Debug)]
pub(super) struct RecordLine {
    site: Site,
    configured: String,
}

/// The identifier of China's default line.
const DEFAULT_ID: &str = "0";

impl RecordLine {
    pub(super) fn new(site: Site, configured: &str) -> Self {
        Self {
            site,
            configured: configured.trim().to_owned(),
        }
    }

    pub(super) fn site(&self) -> Site {
        self.site
    }

    /// Whether a record listed with this line's name and identifier is on it; `None` if the listing
    /// does not say enough.
    pub(super) fn holds(&self, name: Option<&str>, id: Option<&str>) -> Option<bool> {
        match self.site {
            Site::International => name.map(|name| name.eq_ignore_ascii_case(&self.configured)),
            Site::China if self.is_id() => id.map(|id| id == self.configured),
            // The identifier, where there is one, does not change with the language of the answer.
            Site::China if self.configured == self.site.default_line() && id.is_some() => {
                id.map(|id| id == DEFAULT_ID)
            }
            Site::China => name.map(|name| name == self.configured),
        }
    }

    /// How the line is written for a new record.
    pub(super) fn of_new(&self) -> LineRef {
        if self.site == Site::China && self.is_id() {
            LineRef::Id(self.configured.clone())
        } else {
            LineRef::Name(self.sent_name(&self.configured))
        }
    }

    /// How the line of an existing record is written, from its name and identifier as listed.
    pub(super) fn of_existing(&self, name: Option<&str>, id: Option<&str>) -> LineRef {
        match (self.site, name, id) {
            (Site::China, _, Some(id)) => LineRef::Id(id.to_owned()),
            (_, Some(name), _) => LineRef::Name(self.sent_name(name)),
            (_, None, _) => self.of_new(),
        }
    }

    /// The name as the site wants it: the international one lists `Default` and takes `default`.
    pub(super) fn sent_name(&self, name: &str) -> String {
        let default = self.site.default_line();
        if name.eq_ignore_ascii_case(default) {
            default.to_owned()
        } else {
            name.to_owned()
        }
    }

    /// `10=1`, `0`: an identifier, not a name.
    fn is_id(&self) -> bool {
        let is_part = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
        self.configured.split('=').all(is_part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> LineRef {
        LineRef::Name(name.into())
    }

    #[test]
    fn the_international_default_line_is_recognised_and_sent_in_lower_case() {
        let line = RecordLine::new(Site::International, "default");
        assert_eq!(line.holds(Some("Default"), None), Some(true));
        assert_eq!(line.holds(Some("CN"), None), Some(false));
        assert_eq!(line.of_new(), named("default"));
        assert_eq!(line.of_existing(Some("Default"), None), named("default"));
        assert_eq!(
            line.of_existing(Some("Default"), Some("0")),
            named("default")
        );
        let capital = RecordLine::new(Site::International, "Default");
        assert_eq!(capital.of_new(), named("default"));
    }

    #[test]
    fn another_international_line_is_sent_back_as_it_was_listed() {
        let line = RecordLine::new(Site::International, "CN");
        assert_eq!(line.holds(Some("CN"), None), Some(true));
        assert_eq!(line.holds(Some("Default"), None), Some(false));
        assert_eq!(line.of_existing(Some("CN"), None), named("CN"));
    }

    #[test]
    fn a_chinese_line_is_known_by_name_or_by_identifier() {
        let id = |id: &str| LineRef::Id(id.into());
        let default = RecordLine::new(Site::China, "默认");
        assert_eq!(default.holds(Some("默认"), None), Some(true));
        assert_eq!(default.holds(Some("Default"), Some("0")), Some(true));
        assert_eq!(default.holds(Some("联通"), Some("10=1")), Some(false));
        assert_eq!(default.of_new(), named("默认"));
        assert_eq!(default.of_existing(Some("默认"), Some("0")), id("0"));
        assert_eq!(default.of_existing(Some("默认"), None), named("默认"));

        let unicom = RecordLine::new(Site::China, "10=1");
        assert_eq!(unicom.holds(Some("联通"), Some("10=1")), Some(true));
        assert_eq!(unicom.holds(Some("电信"), Some("10=0")), Some(false));
        assert_eq!(unicom.of_new(), id("10=1"));
    }

    #[test]
    fn a_listing_that_does_not_say_the_line_is_not_taken_for_another_line() {
        assert_eq!(
            RecordLine::new(Site::International, "default").holds(None, None),
            None
        );
        assert_eq!(RecordLine::new(Site::China, "默认").holds(None, None), None);
        assert_eq!(
            RecordLine::new(Site::China, "10=1").holds(Some("联通"), None),
            None
        );
    }
}
