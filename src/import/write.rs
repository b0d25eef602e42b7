//! The configuration's text.

use std::{borrow::Cow, fmt::Write as _, time::Duration};

use super::{
    format::Program,
    merge::{MergedAccount, MergedConfig, MergedHost, MergedV6},
    model::{ImportedDevice, ImportedLogin, ImportedSecret, ImportedSource},
};
use crate::{
    core::{
        address::{family::Family, host_id::PrefixLength},
        foreign_text::{is_printable, printable},
    },
    providers::dnspod::Site,
};

/// How long a line of a comment may get.
const WIDTH: usize = 98;

/// Writes everything.
pub(super) fn write(gathered: &MergedConfig, program: Program, name: &str) -> String {
    let mut page = TomlWriter::default();
    head(&mut page, gathered, program, name);
    if gathered.accounts.is_empty() {
        return page.0;
    }
    page.0.push('\n');
    let lengths = [
        ("interval", gathered.interval),
        ("timeout", gathered.timeout),
    ];
    for (key, length) in lengths {
        if let Some(length) = length {
            page.line(&format!("{key} = {}", text(&duration(length))));
        }
    }
    family(&mut page, Family::V4, gathered.ipv4.as_ref(), program);
    family(&mut page, Family::V6, gathered.ipv6.as_ref(), program);
    for it in &gathered.accounts {
        account(&mut page, it, gathered);
    }
    page.0
}

fn head(page: &mut TomlWriter, gathered: &MergedConfig, program: Program, name: &str) {
    page.comment(&format!(
        "Made by `moored import` from {name}, a configuration of {program}."
    ));
    let usable = || gathered.accounts.iter().filter(|it| it.missing.is_empty());
    let has_secrets = usable().any(|account| {
        let secrets = account.login.secrets();
        secrets
            .iter()
            .any(|(_, given)| matches!(given, ImportedSecret::Literal(_)))
    });
    if has_secrets {
        page.comment("");
        page.comment(
            "It holds secrets: `chmod 600` it. Better, put each into a file of its own and write the \
             file's path as `token_file` or `secret_file`, in place of `token` or `secret`.",
        );
    }
    environment(page, gathered, program, name);
    if !gathered.left.is_empty() {
        page.comment("");
        page.comment("Not carried over:");
        for left in &gathered.left {
            page.item(&left.to_string());
        }
    }
    page.comment("");
    page.comment(&if usable().next().is_some() {
        format!(
            "Look before you leap: `moored check`, `moored plan`. Then stop {program} before moored \
             starts: two programs that keep one name undo each other's work."
        )
    } else {
        "No host is carried over: this is no configuration yet.".to_owned()
    });
}

/// ddns-updater is set up by its environment as well, most often in a compose file that nobody passes
/// to this command.
fn environment(page: &mut TomlWriter, gathered: &MergedConfig, program: Program, name: &str) {
    if program != Program::DdnsUpdater {
        return;
    }
    page.comment("");
    let taken = gathered.taken.iter().map(|name| format!("${name}"));
    let taken: Vec<_> = taken.collect();
    page.comment(&if taken.is_empty() {
        format!(
            "What {program}'s environment says (PERIOD, PUBLICIP_FETCHERS and so on) is taken along if \
             it is set for this command, as in `PERIOD=10m moored import {name}`; nothing of it was."
        )
    } else {
        format!("Taken from the environment: {}.", taken.join(", "))
    });
}

fn family(page: &mut TomlWriter, family: Family, way: Option<&ImportedSource>, program: Program) {
    let table = match family {
        Family::V4 => "[ipv4]",
        Family::V6 => "[ipv6]",
    };
    page.table(table);
    let Some(way) = way else {
        page.comment(&format!(
            "{program} kept no {family} address here. Remove this table to have it kept as well."
        ));
        page.line("sources = []");
        return;
    };
    if let Some(remark) = way.remark() {
        page.comment(remark);
    }
    page.line(&format!("sources = {}", list(&way.sources())));
    if way.is_one_witness() {
        page.comment("There is nobody else to confirm what it says.");
        page.line("confirm = 1");
    }
    if way.accepts_any() {
        page.comment("Addresses that the Internet cannot reach are published, too.");
        page.line("accept = \"any\"");
    }
}

fn account(page: &mut TomlWriter, account: &MergedAccount, gathered: &MergedConfig) {
    let unusable = !account.missing.is_empty();
    if unusable {
        page.0.push('\n');
        page.comment(&format!(
            "The account of line {} is not carried over: {}. Write in what is missing, and remove \
             the `#` at the beginning of each line.",
            account.line,
            account.missing.join("; ")
        ));
        page.comment("");
    }
    let mut table = TomlWriter::default();
    table.table(&format!("[[{}]]", account.login.provider()));
    credentials(&mut table, account);
    let is_plain = |host: &&MergedHost| {
        host.ttl.is_none()
            && (host.ipv4 || gathered.ipv4.is_none())
            && (host.ipv6 == MergedV6::Own || host.ipv6 == MergedV6::Off && gathered.ipv6.is_none())
    };
    let (plain, special): (Vec<_>, Vec<_>) = account.hosts.iter().partition(is_plain);
    if !plain.is_empty() {
        let names: Vec<_> = plain.iter().map(|host| host.name.to_string()).collect();
        table.line(&format!("hosts = {}", list(&names)));
    }
    for host in special {
        table.table(&format!("[[{}.host]]", account.login.provider()));
        table.line(&format!("name = {}", text(host.name.as_str())));
        if let Some(ttl) = host.ttl {
            table.line(&format!("ttl = {ttl}"));
        }
        if !host.ipv4 && gathered.ipv4.is_some() {
            table.line("ipv4 = false");
        }
        match host.ipv6 {
            MergedV6::Own => {}
            MergedV6::Off if gathered.ipv6.is_none() => {}
            MergedV6::Off => table.line("ipv6 = false"),
            MergedV6::Device(ImportedDevice { host, prefix })
                if prefix == PrefixLength::NETWORK =>
            {
                table.line(&format!("ipv6 = {{ host = \"{host}\" }}"));
            }
            MergedV6::Device(ImportedDevice { host, prefix }) => {
                let bits = prefix.bits();
                table.line(&format!("ipv6 = {{ host = \"{host}\", prefix = {bits} }}"));
            }
        }
    }
    if unusable {
        for line in table.0.lines() {
            page.line(format!("# {line}").trim_end());
        }
    } else {
        page.0.push('\n');
        page.0.push_str(&table.0);
    }
}

/// The lines of an account before its hosts. Where something is missing no secret is written: the
/// lines are comments then.
fn credentials(table: &mut TomlWriter, account: &MergedAccount) {
    if let Some(name) = &account.name {
        table.line(&format!("name = {}", text(name)));
    }
    if let ImportedLogin::DnsPod {
        site: Site::China, ..
    } = account.login
    {
        table.line("site = \"china\"");
    }
    for (key, given) in account.login.secrets() {
        match given {
            _ if !account.missing.is_empty() => table.line(&format!("{key} = \"…\"")),
            ImportedSecret::Literal(secret) => {
                table.line(&format!("{key} = {}", text(secret.expose())));
            }
            ImportedSecret::Variable(name) => table.line(&format!("{key}_env = {}", text(name))),
            ImportedSecret::Missing(_) => {}
        }
    }
    if let ImportedLogin::DnsPod { .. } = account.login {
        contact(table, account);
    }
    let (ImportedLogin::Domeneshop { endpoint, .. } | ImportedLogin::DnsPod { endpoint, .. }) =
        &account.login;
    if let Some(endpoint) = endpoint {
        table.line(&format!("endpoint = {}", text(endpoint)));
    }
}

/// DNSPod wants to know whom to write to, which the other programs do not ask for. Without a file moored
/// makes an address from the first host; the same one is written here, to be seen and changed.
fn contact(table: &mut TomlWriter, account: &MergedAccount) {
    if let Some(contact) = &account.contact {
        table.line(&format!("contact = {}", text(contact)));
        return;
    }
    let Some(host) = account.hosts.first() else {
        return;
    };
    let host = host.name.as_str();
    let domain = host.strip_prefix("*.").unwrap_or(host);
    table.comment(
        "DNSPod is told an e-mail address, and the file has none: put one here that is read.",
    );
    table.line(&format!("contact = {}", text(&format!("moored@{domain}"))));
}

/// A text that grows by lines.
#[derive(Default)]
struct TomlWriter(String);

impl TomlWriter {
    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    /// A table's header, after an empty line.
    fn table(&mut self, header: &str) {
        if !self.0.is_empty() && !self.0.ends_with("\n\n") {
            self.0.push('\n');
        }
        self.line(header);
    }

    /// A comment, broken into lines.
    fn comment(&mut self, comment: &str) {
        self.wrapped("#", "#", comment);
    }

    /// An item of a list in a comment.
    fn item(&mut self, item: &str) {
        self.wrapped("# -", "#  ", item);
    }

    fn wrapped(&mut self, first: &str, further: &str, comment: &str) {
        let mut line = first.to_owned();
        let mut width = 0;
        // White space of any kind separates words, so that nothing gets out of its comment.
        for word in comment.split_whitespace() {
            let word = harmless(word);
            let length = word.chars().count();
            if width > 0 && width + 1 + length > WIDTH {
                self.line(&line);
                further.clone_into(&mut line);
                width = 0;
            }
            line.push(' ');
            line.push_str(&word);
            width += 1 + length;
        }
        self.line(&line);
    }
}

/// A word without control characters, which TOML forbids in comments and terminals obey, and their like.
fn harmless(word: &str) -> Cow<'_, str> {
    printable(word)
}

/// A TOML string (TOML 1.0, basic strings).
fn text(text: &str) -> String {
    let mut written = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            // Writing into a text cannot fail.
            letter if !is_printable(letter) => {
                let _ = match u32::from(letter) {
                    number @ ..=0xffff => write!(written, "\\u{number:04X}"),
                    number => write!(written, "\\U{number:08X}"),
                };
            }
            letter => written.push(letter),
        }
    }
    written.push('"');
    written
}

/// A TOML list of strings.
fn list(texts: &[String]) -> String {
    let texts: Vec<_> = texts.iter().map(|it| text(it)).collect();
    format!("[{}]", texts.join(", "))
}

/// A length of time as the configuration has it: units from the longest down, none twice.
fn duration(length: Duration) -> String {
    let mut rest = length.as_millis();
    let mut written = String::new();
    for (unit, millis) in [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)] {
        let number = rest / millis;
        rest %= millis;
        if number > 0 {
            let _ = write!(written, "{number}{unit}");
        }
    }
    if written.is_empty() {
        written.push_str("0s");
    }
    written
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lengths_of_time_are_written_as_one_would() {
        for (millis, written) in [
            (300_000, "5m"),
            (90_000, "1m30s"),
            (86_400_000, "24h"),
            (3_601_500, "1h1s500ms"),
            (0, "0s"),
        ] {
            assert_eq!(duration(Duration::from_millis(millis)), written);
        }
    }

    #[test]
    fn a_comment_stays_one() {
        let mut page = TomlWriter::default();
        page.comment("one\ntoken = \"x\"\r\u{1b}[31m\u{85}two\u{2028}three");
        assert_eq!(page.0, "# one token = \"x\" \\u{1b}[31m two three\n");
        let mut page = TomlWriter::default();
        page.item(&"word ".repeat(30));
        assert!(page.0.lines().all(|line| line.len() < 102), "{}", page.0);
        assert!(page.0.starts_with("# - word word") && page.0.contains("\n#   word"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_back_from_toml(value in "(?s).{0,60}") {
            let written = format!("key = {}", text(&value));
            let table: toml::Table = toml::from_str(&written).unwrap();
            prop_assert_eq!(table["key"].as_str(), Some(value.as_str()));
        }

        #[test]
        fn no_text_gets_out_of_a_comment(comment in "(?s).{0,60}") {
            let mut page = TomlWriter::default();
            page.comment(&comment);
            page.item(&comment);
            let table: toml::Table = toml::from_str(&page.0).unwrap();
            prop_assert!(table.is_empty());
        }
    }
}
