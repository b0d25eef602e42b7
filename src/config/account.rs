//! What the accounts of all providers have in common: a label, an endpoint and hosts.

use std::fmt::Write as _;

use super::diagnostics::{Diagnostic, Diagnostics, Span, shown};
use crate::{
    config::{
        AccountConfig, AnySettings, endpoint,
        host::{self, SpannedHost, TtlRule},
        section::ConfigSection,
    },
    core::{
        dns::record::AccountName,
        foreign_text::is_printable,
        reconcile::intent::Host,
        secret::{Secret, fingerprint},
    },
    providers::dnspod::Credential,
};

/// An account as far as it could be read.
pub(super) struct ParsedAccount {
    /// Where its table starts.
    pub(super) spot: Span,
    /// Its label and where that is written.
    pub(super) name: (Span, AccountName),
    /// The hosts that could be read.
    pub(super) hosts: Vec<SpannedHost>,
    /// The rest; `None` if a problem was reported.
    pub(super) provider: Option<AnySettings>,
}

/// Reads the label; by default it is the provider's name.
pub(super) fn name(
    section: &mut ConfigSection<'_>,
    provider: &str,
    diagnostics: &mut Diagnostics,
) -> (Span, AccountName) {
    let unnamed = (section.spot.clone(), AccountName(provider.to_owned()));
    let Some((spot, text)) = section.text("name", diagnostics) else {
        return unnamed;
    };
    // It is an argument on the command line and a word in every report.
    let awkward = |letter: char| letter == ' ' || !is_printable(letter);
    if text.is_empty() || text.starts_with('-') || text.contains(awkward) {
        let wrong = Diagnostic::new(format!("{} is not an account's name", shown(text)));
        diagnostics.problem(
            &spot,
            wrong.hint("write one word that starts with no hyphen"),
        );
        return unnamed;
    }
    (spot, AccountName(text.to_owned()))
}

/// Reads the base address of the API.
pub(super) fn endpoint(
    section: &mut ConfigSection<'_>,
    default: &str,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    let Some(value) = section.take("endpoint") else {
        return Some(default.to_owned());
    };
    let text = value.text(diagnostics)?;
    let endpoint = diagnostics.check(&value.spot, endpoint::parse(text))?;
    if endpoint.unencrypted {
        diagnostics.warning(
            &value.spot,
            Diagnostic::new("credentials are sent over the network without encryption")
                .hint("use `https://` if the service has it"),
        );
    }
    Some(endpoint.text)
}

/// Reads the hosts, of which there must be one, and over which interface their addresses are found out.
pub(super) fn hosts(
    section: &mut ConfigSection<'_>,
    ttl: TtlRule,
    diagnostics: &mut Diagnostics,
) -> Vec<SpannedHost> {
    let via = section.take("via");
    let via = via.and_then(|value| host::via(&value, diagnostics));
    let (hosts, written) = host::read(section, ttl, via.as_ref(), diagnostics);
    if !written {
        let form = if section.is_environment() {
            "write names, separated by commas"
        } else {
            "write as in `hosts = [\"home.example.com\"]`"
        };
        let wrong = Diagnostic::new("this account has no hosts");
        diagnostics.absence(&section.spot_of("hosts"), wrong.hint(form));
    }
    hosts
}

impl ParsedAccount {
    /// The account, if nothing of it is missing.
    pub(super) fn finish(self) -> Option<AccountConfig> {
        let provider = self.provider?;
        let hosts: Vec<_> = self.hosts.into_iter().map(|placed| placed.host).collect();
        Some(AccountConfig {
            name: self.name.1,
            place: provider.place(),
            fingerprint: provider.fingerprint(&hosts),
            provider,
            hosts,
            proxy: None,
        })
    }
}

impl AnySettings {
    /// What everything learnt about the account depends on: another endpoint or line has other
    /// records.
    fn place(&self) -> String {
        match self {
            Self::Domeneshop(settings) => format!("domeneshop {}", settings.endpoint),
            Self::DnsPod(settings) if settings.line == settings.site.default_line() => {
                format!("dnspod {}", settings.endpoint)
            }
            Self::DnsPod(settings) => {
                format!("dnspod {} line {}", settings.endpoint, settings.line)
            }
        }
    }

    /// A number that changes when a secret, a setting or a host does.
    fn fingerprint(&self, hosts: &[Host]) -> u64 {
        let secret = |secret: &Secret| format!("{:x}", secret.fingerprint());
        let mut text = match self {
            Self::Domeneshop(it) => {
                let (token, secret) = (secret(&it.token), secret(&it.secret));
                format!("{token}\n{secret}\n{}\n{:?}", it.endpoint, it.push)
            }
            Self::DnsPod(it) => {
                let credential = match &it.credential {
                    Credential::LoginToken(token) => format!("login {}", secret(token)),
                    Credential::UserToken(token) => format!("user {}", secret(token)),
                };
                let (site, contact) = (it.site, &it.contact);
                let (endpoint, line) = (&it.endpoint, &it.line);
                format!("{credential}\n{site:?}\n{contact}\n{endpoint}\n{line}")
            }
        };
        for host in hosts {
            // Writing into a text cannot fail.
            let _ = write!(text, "\n{host:?}");
        }
        fingerprint(text.as_bytes())
    }
}
