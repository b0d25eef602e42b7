//! What is configured: accounts, zones and hosts, drawn, and written as the operator would write it.

use std::fmt::Write as _;

use moored::{
    config::{self, Config, Environment},
    core::{
        address::family::Family,
        dns::name::{Fqdn, ZoneName},
        reconcile::intent::OnAbsent,
    },
};
use sandbox::{Service, Site};

use crate::{
    dice::SimRng,
    time::{HOUR, MINUTE},
};

/// Part of every secret, and of nothing else.
pub(crate) const SECRET: &str = "hush";

/// What runs, as the operator wants it.
#[derive(Clone, Debug)]
pub(crate) struct SimSetup {
    pub(crate) interval: i64,
    pub(crate) verify: i64,
    pub(crate) audit: i64,
    pub(crate) timeout: i64,
    pub(crate) confirm: usize,
    /// By family, as are the next two: the kernel knows our address, or is not asked.
    pub(crate) sources: [Vec<&'static str>; 2],
    pub(crate) on_absent: [OnAbsent; 2],
    pub(crate) accounts: Vec<SimAccount>,
}

/// An account, and what of it is kept.
#[derive(Clone, Debug)]
pub(crate) struct SimAccount {
    pub(crate) service: Service,
    pub(crate) token: String,
    pub(crate) secret: String,
    pub(crate) update: &'static str,
    pub(crate) zones: Vec<String>,
    pub(crate) hosts: Vec<SimHost>,
    /// It is not in the configuration at present.
    pub(crate) is_out: bool,
}

/// A host as configured.
#[derive(Clone, Debug)]
pub(crate) struct SimHost {
    pub(crate) name: String,
    pub(crate) families: [bool; 2],
    pub(crate) ttl: Option<u32>,
    pub(crate) create: bool,
    /// It is not in the configuration at present.
    pub(crate) is_out: bool,
}

impl SimHost {
    pub(crate) fn wants(&self, family: Family) -> bool {
        self.families[place(family)]
    }
}

/// Where a family stands in what there are two of.
pub(crate) fn place(family: Family) -> usize {
    usize::from(family == Family::V6)
}

impl SimSetup {
    pub(crate) fn drawn(rng: &SimRng) -> Self {
        let four = [
            vec!["interface"],
            vec!["https"],
            vec!["https", "dns"],
            vec!["interface", "https", "dns"],
        ];
        let six = [
            vec!["interface"],
            vec!["interface", "https"],
            vec!["https", "dns"],
            vec![],
        ];
        let on_absent = || rng.pick(&[OnAbsent::Keep, OnAbsent::Remove]);
        let mut setup = Self {
            interval: 0,
            verify: 0,
            audit: 0,
            timeout: rng.within(2..30) * 1_000,
            confirm: rng.pick(&[2, 2, 2, 3]),
            sources: [rng.pick(&four), rng.pick(&six)],
            on_absent: [on_absent(), on_absent()],
            accounts: Vec::new(),
        };
        setup.set_pace(rng);
        let services = [
            Service::Domeneshop,
            Service::DnsPod(Site::International),
            Service::DnsPod(Site::China),
        ];
        let count = rng.within(1..4);
        for number in 0..count {
            let account = SimAccount::drawn(rng.pick(&services), number, rng);
            setup.accounts.push(account);
        }
        setup
    }

    /// How often what is due. Long intervals are frequent, so that a year is not all routine.
    pub(crate) fn set_pace(&mut self, rng: &SimRng) {
        let paces = [
            (5 * MINUTE, HOUR, 24 * HOUR),
            (HOUR, HOUR, 24 * HOUR),
            (HOUR, 6 * HOUR, 72 * HOUR),
            (6 * HOUR, 6 * HOUR, 24 * HOUR),
            (24 * HOUR, 6 * HOUR, 72 * HOUR),
            (24 * HOUR, 24 * HOUR, 24 * HOUR),
        ];
        (self.interval, self.verify, self.audit) = rng.pick(&paces);
    }

    /// The longest that passes between two rounds.
    pub(crate) fn routine(&self) -> i64 {
        self.interval.min(self.verify).min(self.audit)
    }

    /// Whether our address of a family is known by the word of others, or may be.
    pub(crate) fn is_from_outside(&self, family: Family) -> bool {
        self.sources[place(family)]
            .iter()
            .any(|it| *it != "interface")
    }

    pub(crate) fn is_kept(&self, host: &SimHost, family: Family) -> bool {
        host.wants(family) && !self.sources[place(family)].is_empty()
    }

    /// The operator takes a whole account out, or one of its hosts. An account has a host at least, and
    /// a configuration an account.
    pub(crate) fn take_out(&mut self, number: usize, rng: &SimRng) {
        let accounts = self.accounts.iter().filter(|it| !it.is_out).count();
        let account = &mut self.accounts[number];
        let mut hosts: Vec<_> = account.hosts.iter_mut().filter(|it| !it.is_out).collect();
        let is_all = hosts.len() < 2 || rng.percent(40);
        if !is_all {
            let host = rng.below(hosts.len());
            hosts[host].is_out = true;
        } else if accounts > 1 {
            account.is_out = true;
        }
    }

    /// The same as text.
    fn to_toml(&self) -> String {
        let length = |millis: i64| format!("\"{millis}ms\"");
        let mut text = format!(
            "interval = {}\nverify = {}\naudit = {}\ntimeout = {}\nstate_dir = \"/state\"\n",
            length(self.interval),
            length(self.verify),
            length(self.audit),
            length(self.timeout),
        );
        for family in Family::ALL {
            let key = if family == Family::V4 { "ipv4" } else { "ipv6" };
            let on_absent = match self.on_absent[place(family)] {
                OnAbsent::Keep => "keep",
                OnAbsent::Remove => "remove",
            };
            let sources = &self.sources[place(family)];
            // Writing into a text cannot fail.
            let _ = writeln!(
                text,
                "[{key}]\nsources = {sources:?}\nconfirm = {}\non_absent = \"{on_absent}\"",
                self.confirm
            );
        }
        for (number, account) in self.accounts.iter().enumerate() {
            if !account.is_out {
                text += &account.to_toml(number);
            }
        }
        text
    }

    /// The same as the program reads it.
    pub(crate) fn read(&self) -> Config {
        let text = self.to_toml();
        read(&text).unwrap_or_else(|what| panic!("{what}\nin:\n{text}"))
    }
}

/// Reads a configuration.
pub(crate) fn read(text: &str) -> Result<Config, String> {
    let environment = Environment {
        variables: Vec::new(),
        read: Box::new(|_| Err(std::io::ErrorKind::NotFound.into())),
        root: true,
        config_mode: Some(0o600),
    };
    config::from_toml(text, "/config.toml".as_ref(), &environment).map_err(|it| it.to_string())
}

impl SimAccount {
    fn drawn(service: Service, number: i64, rng: &SimRng) -> Self {
        // The second zone's name ends in the letters of the first one's, and is not within it.
        let zones: Vec<_> = ["z", "xz"][..rng.pick(&[1, 1, 2])]
            .iter()
            .map(|zone| format!("{zone}.a{number}.example"))
            .collect();
        let update = rng.pick(&["auto", "auto", "records"]);
        let names = ["@", "home", "*.wild", "nas.deep"];
        let mut hosts = Vec::new();
        for zone in &zones {
            for name in &names[..rng.pick(&[1, 2, 2, names.len()])] {
                hosts.push(SimHost::drawn(name, zone, rng));
            }
        }
        Self {
            service,
            token: format!(
                "{}{number}",
                if service == Service::Domeneshop {
                    "token"
                } else {
                    "1000"
                }
            ),
            secret: format!("{SECRET}-{number}-0"),
            update,
            zones,
            hosts,
            is_out: false,
        }
    }

    /// The operator puts everything in again that is out.
    pub(crate) fn put_in(&mut self) {
        self.is_out = false;
        for host in &mut self.hosts {
            host.is_out = false;
        }
    }

    /// The hosts in the configuration.
    pub(crate) fn configured(&self) -> impl Iterator<Item = &SimHost> {
        let all = self.hosts.iter();
        all.filter(|it| !self.is_out && !it.is_out)
    }

    /// Whether something of it is not in the configuration.
    pub(crate) fn lacks_something(&self) -> bool {
        self.configured().count() < self.hosts.len()
    }

    /// What DNSPod calls a token.
    pub(crate) fn id_token(&self) -> String {
        format!("{},{}", self.token, self.secret)
    }

    fn to_toml(&self, number: usize) -> String {
        let (kind, credentials) = if let Service::DnsPod(site) = self.service {
            let site = match site {
                Site::International => "international",
                Site::China => "china",
            };
            let token = self.id_token();
            let contact = "contact = \"me@example.com\"";
            let text = format!("site = \"{site}\"\ntoken = \"{token}\"\n{contact}");
            ("dnspod", text)
        } else {
            let Self {
                token,
                secret,
                update,
                ..
            } = self;
            let text = format!("token = \"{token}\"\nsecret = \"{secret}\"\nupdate = \"{update}\"");
            ("domeneshop", text)
        };
        let mut text = format!("[[{kind}]]\nname = \"a{number}\"\n{credentials}\n");
        for SimHost {
            name,
            families: [ipv4, ipv6],
            ttl,
            create,
            is_out: _,
        } in self.configured()
        {
            let ttl = ttl.map(|it| format!("ttl = {it}\n")).unwrap_or_default();
            let _ = write!(
                text,
                "[[{kind}.host]]\nname = \"{name}\"\nipv4 = {ipv4}\nipv6 = {ipv6}\n{ttl}create = {create}\n"
            );
        }
        text
    }
}

impl SimHost {
    fn drawn(name: &str, zone: &str, rng: &SimRng) -> Self {
        Self {
            name: absolute(name, zone),
            families: rng.pick(&[[true, true], [true, true], [true, false]]),
            ttl: rng.pick(&[None, None, None, Some(1_200)]),
            create: !rng.percent(10),
            is_out: false,
        }
    }
}

/// The number of the account that is called so.
pub(crate) fn number(account: &str) -> usize {
    let number = account.strip_prefix('a').and_then(|it| it.parse().ok());
    number.unwrap_or_else(|| panic!("no account is called {account}"))
}

/// Whether a name is a zone's own or below it, by whole labels.
pub(crate) fn is_within(name: &str, zone: &str) -> bool {
    let name = Fqdn::parse(name).unwrap_or_else(|error| panic!("{name}: {error}"));
    let zone = ZoneName::parse(zone).unwrap_or_else(|error| panic!("{zone}: {error}"));
    name.is_within(&zone)
}

/// A name as the zone has it, in full.
pub(crate) fn absolute(name: &str, zone: &str) -> String {
    match name {
        "@" | "" => zone.to_owned(),
        name => format!("{name}.{zone}"),
    }
}
