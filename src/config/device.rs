//! Another device behind the same prefix: `ipv6 = { host = "…" }` or `{ mac = "…" }`, either with a
//! `prefix`.

use super::diagnostics::{Diagnostic, Diagnostics, shown};
use crate::{
    config::{
        section::{ConfigSection, no_advice},
        value::ConfigValue,
    },
    core::address::host_id::{HostId, Mac, ParseHostIdError, PrefixLength},
};

/// Reads what is the device's own of its address.
pub(super) fn read(mut table: ConfigSection<'_>, diagnostics: &mut Diagnostics) -> Option<HostId> {
    let (host, mac) = (table.take("host"), table.take("mac"));
    let prefix = match table.take("prefix") {
        None => Some(PrefixLength::NETWORK),
        Some(value) => prefix(&value, diagnostics),
    };
    let part = match (host, mac) {
        (None, None) => {
            let wrong = Diagnostic::new("is missing, and so is `mac`");
            let hint = "write one of them: `host = \"::5054:ff:fe12:3456\"`, \
                        `mac = \"52:54:00:12:34:56\"`";
            diagnostics.absence(&table.spot_of("host"), wrong.hint(hint));
            None
        }
        (Some(_), Some(mac)) => {
            let wrong = Diagnostic::new("there is a `host` as well");
            diagnostics.problem(&mac.spot, wrong.hint("keep one of them"));
            None
        }
        // Whether a host part is one depends on a prefix that can be read.
        (Some(host), None) => prefix.and_then(|prefix| {
            let text = host.text(diagnostics)?;
            diagnostics.check(&host.spot, host_part(text.trim(), prefix))
        }),
        (None, Some(value)) => {
            let text = value.text(diagnostics);
            let mac =
                text.and_then(|text| diagnostics.check(&value.spot, mac_address(text.trim())));
            mac.zip(prefix)
                .map(|(mac, prefix)| HostId::of_mac(mac, prefix))
        }
    };
    table.finish(diagnostics, no_advice);
    part
}

fn prefix(value: &ConfigValue<'_>, diagnostics: &mut Diagnostics) -> Option<PrefixLength> {
    let bits = value.integer(diagnostics)?;
    let length = PrefixLength::new(bits);
    if length.is_none() {
        let wrong = Diagnostic::new(format!("a prefix of {bits} bits is none of this network's"));
        diagnostics.problem(&value.spot, wrong.hint("write 48 to 64; 64 is the default"));
    }
    length
}

fn host_part(text: &str, prefix: PrefixLength) -> Result<HostId, Diagnostic> {
    HostId::parse(text, prefix).map_err(|why| {
        let wrong = Diagnostic::new(format!("{} is not a host part: {why}", shown(text)));
        let own = 128 - u32::from(prefix.bits());
        let hint = format!(
            "write the last {own} bits of that device's address, as in `::5054:ff:fe12:3456`"
        );
        match (why, shorter(text)) {
            (ParseHostIdError::InPrefix(PrefixLength::NETWORK), Some(bits)) => wrong.hint(format!(
                "{hint}; if the device is in another subnet, add how long the prefix is that both \
                 share, as in `prefix = {bits}`"
            )),
            _ => wrong.hint(hint),
        }
    })
}

/// A usual length of prefix that a host part with bits of a subnet would be right with.
fn shorter(text: &str) -> Option<i64> {
    let fits = |bits: &i64| {
        PrefixLength::new(*bits).is_some_and(|prefix| HostId::parse(text, prefix).is_ok())
    };
    [56, 48].into_iter().find(fits)
}

fn mac_address(text: &str) -> Result<Mac, Diagnostic> {
    text.parse().map_err(|why| {
        Diagnostic::new(format!("{} is {why}", shown(text)))
            .hint("write that device's own, as in `52:54:00:12:34:56`")
    })
}
