//! What was written → what runs.
//!
//! A configuration is a TOML file, or environment variables where there is none. Either is read to
//! its end, and every problem is reported at once, with its place, its key and what to do. No
//! message and no `Debug` shows a secret, nor a line of the file: a line may hold one.

mod account;
mod device;
mod diagnostics;
mod dnspod;
mod document;
mod domeneshop;
mod duration;
mod endpoint;
mod environment;
mod family;
mod host;
pub mod keys;
mod proxy;
mod root;
mod secrets;
mod section;
mod suggest;
mod validate;
mod value;
mod variables;

#[cfg(test)]
mod tests;

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use toml::de::DeTable;

use super::core::{
    address::{family::Family, policy::PublishPolicy},
    schedule::intervals::Intervals,
};
use crate::config::{
    diagnostics::{Diagnostics, Span},
    document::ConfigDocument,
    secrets::SecretResolver,
    section::ConfigSection,
};
pub use crate::config::{
    diagnostics::{Location, Problem, Problems},
    environment::{Environment, ReadFile, owner_warning, permission_warning, secret_file_warning},
    proxy::is_proxy_variable,
    secrets::MAX_SECRET_BYTES,
};
use crate::http::proxy::Proxy;
use crate::{
    core::{
        address::select::AddressPreference,
        detection::path::DetectionPath,
        dns::record::{AccountName, Target},
        reconcile::intent::{Host, OnAbsent},
    },
    providers::any::AnySettings,
    sources::{command_line::CommandEnvironment, source::Source},
};

/// No configuration is larger; a file that is was named by mistake.
pub const MAX_CONFIG_BYTES: usize = 256 << 10;

/// What is said of a file that is larger.
pub fn too_large(path: &Path) -> Problem {
    Problem {
        place: Location::File(path.to_owned()),
        key: String::new(),
        what: "is larger than 256 KiB: this is no configuration".to_owned(),
        hint: None,
    }
}

/// What runs.
#[derive(Clone, Debug)]
pub struct Config {
    /// How often what is due: `interval`, `verify`, `audit`.
    pub intervals: Intervals,
    /// How long any one request may take.
    pub timeout: Duration,
    /// Where state is kept.
    pub state_dir: PathBuf,
    /// How our IPv4 address is found out.
    pub ipv4: FamilyConfig,
    /// How our IPv6 address is found out.
    pub ipv6: FamilyConfig,
    /// What the commands of `command:` run with.
    pub command_environment: CommandEnvironment,
    /// DNS servers to ask instead of the zones' own; usually none.
    pub dns_servers: Vec<SocketAddr>,
    /// The accounts, in the order they are written.
    pub accounts: Vec<AccountConfig>,
    /// The files that secrets were read from.
    pub secret_files: Vec<PathBuf>,
    /// What works and is still worth a word.
    pub warnings: Vec<Problem>,
}

/// How our address of one family is found out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FamilyConfig {
    /// Whom to ask, in order; none switches the family off.
    pub sources: Vec<Source>,
    /// How many independent operators must agree on a change; at least 1.
    pub confirm: usize,
    /// Which addresses may be published.
    pub acceptance: PublishPolicy,
    /// What to do with records when the family is known to be gone.
    pub on_absent: OnAbsent,
    /// Which kind of IPv6 address to publish.
    pub prefer: AddressPreference,
}

/// One account and its hosts.
#[derive(Clone, Debug)]
pub struct AccountConfig {
    /// Its label.
    pub name: AccountName,
    /// The provider and what it needs.
    pub provider: AnySettings,
    /// The hosts, in the order they are written.
    pub hosts: Vec<Host>,
    /// The proxy that carries its requests, if the environment names one for its endpoint.
    pub proxy: Option<Proxy>,
    /// The provider and endpoint, for the memory: what was learnt elsewhere does not count here.
    pub place: String,
    /// Changes when a secret, a setting or a host of the account does.
    pub fingerprint: u64,
}

impl Config {
    /// One family's part.
    pub fn family(&self, family: Family) -> &FamilyConfig {
        match family {
            Family::V4 => &self.ipv4,
            Family::V6 => &self.ipv6,
        }
    }

    /// From where our addresses can be looked at: each family that has a source, over each interface that
    /// some host names, and as the routing table says if some host names none.
    pub fn detection_paths(&self) -> BTreeSet<DetectionPath> {
        let hosts = self.accounts.iter().flat_map(|account| &account.hosts);
        let families = Family::ALL.into_iter();
        let on: Vec<_> = families
            .filter(|it| !self.family(*it).sources.is_empty())
            .collect();
        hosts
            .flat_map(|host| on.iter().map(|family| host.detection_path(*family)))
            .collect()
    }

    /// The files of the sources `file:`.
    pub fn files(&self) -> BTreeSet<PathBuf> {
        let sources = self.ipv4.sources.iter().chain(&self.ipv6.sources);
        let files = sources.filter_map(|source| match source {
            Source::File(path) => Some(path.clone()),
            _ => None,
        });
        files.collect()
    }

    /// Everything that is kept right, in the order it is written: the families that a host wants
    /// and that have a source.
    pub fn targets(&self) -> Vec<Target> {
        let mut targets = Vec::new();
        for account in &self.accounts {
            for host in &account.hosts {
                let on = |family: &Family| {
                    host.wants(*family) && !self.family(*family).sources.is_empty()
                };
                targets.extend(Family::ALL.into_iter().filter(on).map(|family| Target {
                    account: account.name.clone(),
                    host: host.name.clone(),
                    family,
                }));
            }
        }
        targets
    }
}

/// Reads a configuration file's text. Relative paths in it start from its directory.
pub fn from_toml(text: &str, path: &Path, environment: &Environment) -> Result<Config, Problems> {
    if text.len() > MAX_CONFIG_BYTES {
        return Err(Problems(vec![too_large(path)]));
    }
    let mut diagnostics = Diagnostics::default();
    let document = ConfigDocument::new(path, text);
    let (table, errors) = DeTable::parse_recoverable(text);
    let root = ConfigSection::table(&document, table.get_ref(), Span::file(path));
    let mut secret_resolver = SecretResolver::new(environment);
    let mut config = root::read(root, &mut secret_resolver, environment, &mut diagnostics);
    if !errors.is_empty() {
        return Err(diagnostics.into_verdict_with(document.syntax(&errors)));
    }
    config.secret_files = secret_resolver.files;
    variables::ignored(environment, &secret_resolver.variables, &mut diagnostics);
    config.warnings = diagnostics.into_verdict()?;
    let open = environment
        .config_mode
        .and_then(|mode| permission_warning(path, mode, secret_resolver.literal));
    config.warnings.extend(open);
    Ok(config)
}

/// The state directory of a configuration, whatever else is wrong with it: what `moored health` has to
/// know about a daemon that runs. Without a text, the environment's.
pub fn state_directory(text: Option<&str>, environment: &Environment) -> PathBuf {
    let written = match text {
        Some(text) => {
            let (table, _) = DeTable::parse_recoverable(text);
            let value = table.get_ref().get("state_dir");
            value
                .and_then(|value| value.get_ref().as_str())
                .map(PathBuf::from)
        }
        None => environment.variable("MOORED_STATE_DIR").map(PathBuf::from),
    };
    written.unwrap_or_else(|| environment.state_dir())
}

/// Reads a configuration from environment variables; `None` if they name no account.
pub fn from_environment(environment: &Environment) -> Result<Option<Config>, Problems> {
    let mut diagnostics = Diagnostics::default();
    variables::unknown(environment, &mut diagnostics);
    if !variables::names_an_account(environment) {
        return diagnostics.into_verdict().map(|_| None);
    }
    variables::empty_sources(environment, &mut diagnostics);
    let root = ConfigSection::variables(&environment.variables, variables::PREFIX);
    let mut secret_resolver = SecretResolver::new(environment);
    let mut config = root::read(root, &mut secret_resolver, environment, &mut diagnostics);
    config.secret_files = secret_resolver.files;
    config.warnings = diagnostics.into_verdict()?;
    Ok(Some(config))
}
