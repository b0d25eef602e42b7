//! The hosts of an account: `hosts` and the tables `[[….host]]`.

use std::net::IpAddr;

use super::diagnostics::{Diagnostic, Diagnostics, Span, shown};
use crate::{
    config::{
        device,
        section::{ConfigSection, no_advice},
        value::ConfigValue,
    },
    core::{
        detection::path::{Interface, InvalidInterfaceName},
        dns::{name::Fqdn, name_hint::name_hint},
        reconcile::intent::{Host, HostV6},
    },
};

/// A host and where its name stands.
pub(super) struct SpannedHost {
    pub(super) spot: Span,
    pub(super) host: Host,
}

/// Which TTLs a provider takes, in seconds. Both take up to a week.
#[derive(Clone, Copy, Debug)]
pub(super) struct TtlRule {
    pub(super) least: i64,
    pub(super) step: i64,
}

const MAX_TTL: i64 = 604_800;

/// Reads all hosts of an account; `via` is the account's. The second value says whether any were written
/// at all.
pub(super) fn read(
    section: &mut ConfigSection<'_>,
    ttl: TtlRule,
    via: Option<&Interface>,
    diagnostics: &mut Diagnostics,
) -> (Vec<SpannedHost>, bool) {
    let mut hosts = Vec::new();
    let mut written = false;
    if let Some(value) = section.take("hosts") {
        let items = value.list(diagnostics);
        written = items.as_ref().is_none_or(|items| !items.is_empty());
        for item in items.unwrap_or_default() {
            let text = item.text(diagnostics);
            if let Some(name) = text.and_then(|text| diagnostics.check(&item.spot, name(text))) {
                let (spot, host) = (item.spot, plain(name, via));
                hosts.push(SpannedHost { spot, host });
            }
        }
    }
    // In variables there are no tables; `HOST` there is a slip for `HOSTS`.
    if !section.is_environment() {
        for table in section.sections("host", diagnostics) {
            written = true;
            hosts.extend(one(table, ttl, via, diagnostics));
        }
    }
    (hosts, written)
}

fn plain(name: Fqdn, via: Option<&Interface>) -> Host {
    Host {
        name,
        ipv4: true,
        ipv6: HostV6::ThisHost,
        ttl: None,
        create: true,
        via: via.cloned(),
    }
}

fn name(text: &str) -> Result<Fqdn, Diagnostic> {
    Fqdn::parse(text).map_err(|error| {
        let wrong = Diagnostic::new(error.to_string());
        match name_hint(text, &error) {
            Some(hint) => wrong.hint(hint),
            None => wrong,
        }
    })
}

fn one(
    mut table: ConfigSection<'_>,
    ttl: TtlRule,
    via: Option<&Interface>,
    diagnostics: &mut Diagnostics,
) -> Option<SpannedHost> {
    let named = table.take("name");
    let ipv4 = table.take("ipv4").map(|it| it.boolean(diagnostics));
    let ipv6 = table.take("ipv6").map(|it| ipv6(&it, diagnostics));
    let ttl = table.take("ttl").map(|it| self::ttl(&it, ttl, diagnostics));
    let create = table.take("create").map(|it| it.boolean(diagnostics));
    let own = table.take("via").and_then(|it| self::via(&it, diagnostics));
    if ipv4 == Some(Some(false)) && ipv6 == Some(Some(HostV6::Off)) {
        let wrong = Diagnostic::new("both families of this host are switched off");
        diagnostics.problem(&table.spot, wrong.hint("switch one on, or remove the host"));
    }
    let Some(named) = named else {
        let wrong = Diagnostic::new("is missing").hint("write the host's name");
        diagnostics.absence(&table.spot_of("name"), wrong);
        table.finish(diagnostics, no_advice);
        return None;
    };
    table.finish(diagnostics, no_advice);
    let text = named.text(diagnostics)?;
    let name = diagnostics.check(&named.spot, name(text))?;
    let host = Host {
        ipv4: ipv4.flatten().unwrap_or(true),
        ipv6: ipv6.flatten().unwrap_or(HostV6::ThisHost),
        ttl: ttl.flatten(),
        create: create.flatten().unwrap_or(true),
        ..plain(name, own.as_ref().or(via))
    };
    let spot = named.spot;
    Some(SpannedHost { spot, host })
}

/// The name of an interface. Whether there is one of that name is seen in each round: it may come later.
pub(super) fn via(value: &ConfigValue<'_>, diagnostics: &mut Diagnostics) -> Option<Interface> {
    let text = value.text(diagnostics)?;
    let interface = text.parse().map_err(|why: InvalidInterfaceName| {
        let wrong = Diagnostic::new(format!("{} cannot be an interface: {why}", shown(text)));
        wrong.hint("write its name as `ip link` shows it, as in `eth1`")
    });
    diagnostics.check(&value.spot, interface)
}

fn ttl(value: &ConfigValue<'_>, limits: TtlRule, diagnostics: &mut Diagnostics) -> Option<u32> {
    let seconds = value.integer(diagnostics)?;
    let TtlRule { least, step } = limits;
    if !(least..=MAX_TTL).contains(&seconds) || seconds % step != 0 {
        let wrong = Diagnostic::new(format!("{seconds} is not a TTL this provider takes"));
        let steps = if step == 1 {
            String::new()
        } else {
            format!(" in steps of {step}")
        };
        diagnostics.problem(
            &value.spot,
            wrong.hint(format!("it takes {least} to {MAX_TTL} seconds{steps}")),
        );
        return None;
    }
    u32::try_from(seconds).ok()
}

const FORMS: &str = "write `true`, `false`, or another device's host part or MAC address: \
                     `{ host = \"::5054:ff:fe12:3456\" }`, `{ mac = \"52:54:00:12:34:56\" }`";

fn ipv6(value: &ConfigValue<'_>, diagnostics: &mut Diagnostics) -> Option<HostV6> {
    if value.is_table() {
        let table = value.table(diagnostics)?;
        return device::read(table, diagnostics).map(HostV6::Device);
    }
    match value.as_text() {
        Some(text) => {
            diagnostics.problem(&value.spot, no_switch(text));
            None
        }
        None => value
            .boolean(diagnostics)
            .map(|on| if on { HostV6::ThisHost } else { HostV6::Off }),
    }
}

fn no_switch(text: &str) -> Diagnostic {
    match text.parse::<IpAddr>() {
        Ok(addr) => {
            Diagnostic::new(format!("{addr} is an address; addresses are found out")).hint(FORMS)
        }
        Err(_) => Diagnostic::new("must not be text").hint(FORMS),
    }
}
