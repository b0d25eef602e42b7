//! `[[dnspod]]`: an account there.

use super::{
    diagnostics::{Diagnostic, Diagnostics, Span},
    root::misplaced,
};
use crate::{
    config::{
        AnySettings,
        account::{self, ParsedAccount},
        host::{SpannedHost, TtlRule},
        secrets::{SecretResolver, SecretValue, TOKEN, USER_TOKEN},
        section::ConfigSection,
        suggest::listed,
    },
    core::secret::Secret,
    providers::dnspod::{Credential, Settings, Site},
};

/// The least depends on what is paid for; the service says so itself.
const TTL: TtlRule = TtlRule { least: 1, step: 1 };

const SITES: [(&str, Site); 2] = [
    ("international", Site::International),
    ("china", Site::China),
];

/// Reads one account.
pub(super) fn read(
    mut section: ConfigSection<'_>,
    secret_resolver: &mut SecretResolver<'_>,
    diagnostics: &mut Diagnostics,
) -> ParsedAccount {
    let name = account::name(&mut section, "dnspod", diagnostics);
    let written_site = match section.take("site") {
        None => Some(Site::International),
        Some(value) => value.choice(&SITES, diagnostics),
    };
    // The rest is read all the same if it is a third site: its problems are worth reporting too.
    let site = written_site.unwrap_or(Site::International);
    let credential = credential(&mut section, written_site, secret_resolver, diagnostics);
    let endpoint = account::endpoint(&mut section, site.endpoint(), diagnostics);
    let line = line(&mut section, site, diagnostics);
    let hosts = account::hosts(&mut section, TTL, diagnostics);
    let contact = contact(&mut section, &hosts, diagnostics);
    let spot = section.spot.clone();
    section.finish(diagnostics, misplaced);
    let settings = || {
        Some(Settings {
            site: written_site?,
            credential: credential?,
            contact: contact?,
            endpoint: endpoint?,
            line: line?,
        })
    };
    ParsedAccount {
        spot,
        name,
        hosts,
        provider: settings().map(AnySettings::DnsPod),
    }
}

/// Exactly one of the two forms.
fn credential(
    section: &mut ConfigSection<'_>,
    site: Option<Site>,
    secret_resolver: &mut SecretResolver<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Credential> {
    let token = secret_resolver.find(section, &TOKEN, diagnostics);
    let user_token = secret_resolver.find(section, &USER_TOKEN, diagnostics);
    match (token, user_token) {
        (SecretValue::Nothing, SecretValue::Nothing) => {
            let ways: Vec<_> = ["token", "token_file", "user_token"]
                .into_iter()
                .map(|key| section.written(key))
                .collect();
            let ways = listed(ways.iter().map(String::as_str));
            let wrong = Diagnostic::new("is missing").hint(format!("write one of {ways}"));
            diagnostics.absence(&section.spot_of("token"), wrong);
            None
        }
        (SecretValue::Usable(spot, token), SecretValue::Nothing) => {
            login_token(&spot, token, diagnostics)
        }
        (SecretValue::Nothing, SecretValue::Usable(spot, token)) => {
            if site == Some(Site::China) {
                let wrong = Diagnostic::new("is of the international site only");
                diagnostics.problem(&spot, wrong.hint("write a `token` made in the console"));
            }
            Some(Credential::UserToken(token))
        }
        (SecretValue::Nothing, SecretValue::Unusable(_))
        | (SecretValue::Unusable(_), SecretValue::Nothing) => None,
        (_, SecretValue::Usable(spot, _) | SecretValue::Unusable(spot)) => {
            let wrong = Diagnostic::new("there is a `token` as well");
            diagnostics.problem(
                &spot,
                wrong.hint("keep one of them; `token` is the newer form"),
            );
            None
        }
    }
}

fn login_token(spot: &Span, token: Secret, diagnostics: &mut Diagnostics) -> Option<Credential> {
    let formed = token
        .expose()
        .split_once(',')
        .is_some_and(|(id, key)| !id.is_empty() && !key.is_empty() && !key.contains(','));
    if !formed {
        let wrong = Diagnostic::new("does not have the form `ID,Token`");
        diagnostics.problem(
            spot,
            wrong.hint("write the token's ID, a comma and the token, without spaces"),
        );
        return None;
    }
    Some(Credential::LoginToken(token))
}

fn line(
    section: &mut ConfigSection<'_>,
    site: Site,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    let Some(value) = section.take("line") else {
        return Some(site.default_line().to_owned());
    };
    let text = value.text(diagnostics)?.trim();
    if text.is_empty() || text.contains(char::is_control) {
        let wrong = Diagnostic::new("is not the name of a line");
        let default = site.default_line();
        diagnostics.problem(
            &value.spot,
            wrong.hint(format!("the one for everybody is \"{default}\"")),
        );
        return None;
    }
    Some(text.to_owned())
}

fn contact(
    section: &mut ConfigSection<'_>,
    hosts: &[SpannedHost],
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    if let Some(value) = section.take("contact") {
        let text = value.text(diagnostics)?.trim();
        if !is_mail_address(text) {
            let wrong = Diagnostic::new("is not an e-mail address");
            diagnostics.problem(&value.spot, wrong.hint("write one as in `me@example.com`"));
            return None;
        }
        return Some(text.to_owned());
    }
    let spot = section.spot_of("contact");
    if !section.is_environment() {
        diagnostics.absence(
            &spot,
            Diagnostic::new("is missing: DNSPod wants an e-mail address of whoever calls it")
                .hint("write `contact = \"me@example.com\"`"),
        );
        return None;
    }
    let host = hosts.first()?.host.name.as_str();
    let contact = format!("moored@{}", host.strip_prefix("*.").unwrap_or(host));
    diagnostics.warning(
        &spot,
        Diagnostic::new(format!("is not set: DNSPod is told `{contact}`"))
            .hint("set it to an e-mail address that is read"),
    );
    Some(contact)
}

/// Close enough: it goes into a header, in parentheses, and some person may write to it.
fn is_mail_address(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"()<>,;\"\\".contains(&byte);
    text.bytes().all(plain)
        && text.split_once('@').is_some_and(|(who, domain)| {
            !who.is_empty() && !domain.is_empty() && !domain.contains('@')
        })
}
