//! `iface` and the `checkip-` settings: how inadyn finds an address, as moored does.

use super::{
    is_on, last, literal,
    parse::{InadynSection, InadynSetting},
    peek, switch, text,
};
use crate::{
    core::address::family::Family,
    import::{
        model::{ExternalSource, HTTPS, ImportModel, ImportedSource, SourceLine},
        source,
    },
};

/// How a section's address is found, and of which family it is, which may be `asked` for. Nothing: that
/// is not to be had, and any other way might find another address.
pub(super) fn way(
    section: &InadynSection,
    asked: Option<Family>,
    globals: &[InadynSetting],
    found: &mut ImportModel,
) -> Option<(ImportedSource, Family)> {
    let own = &section.settings;
    let family = asked.unwrap_or_else(|| family(own, globals));
    // An interface counts more than everything else (`inadyn.conf(5)`, iface).
    let iface = [own, globals].into_iter().find_map(|it| last(it, "iface"));
    let command = own.iter().rev().find(|it| it.key == "checkip-command");
    let way = if let Some(setting) = iface {
        let any = switch(globals, "verify-address") == Some(false);
        let name = text(std::slice::from_ref(setting), "iface").unwrap_or_default();
        source::interface(name, any).map_err(|why| (setting.line, "iface", why))
    } else if let Some(setting) =
        command.filter(|it| it.cut || peek(own, "checkip-command").and_then(literal) != Some(""))
    {
        let line = text(own, "checkip-command").filter(|_| !setting.cut);
        let whole = line.ok_or_else(|| "the command is not understood".to_owned());
        let way = whole.and_then(source::command);
        way.map_err(|why| (setting.line, "checkip-command", why))
    } else {
        Ok(ImportedSource::External(outside(own, family, found)))
    };
    match way {
        Ok(way) => Some((way, family)),
        Err((line, key, why)) => {
            found.leave(SourceLine::Line(line), format!("{key}=…"), why);
            None
        }
    }
}

/// inadyn publishes whatever it finds; that it is IPv6 shows only in where it looks.
fn family(own: &[InadynSetting], globals: &[InadynSetting]) -> Family {
    const MARKS: [&str; 5] = ["ipv6", "inet6", "api6.", "v6.", " -6"];
    let sought = ["checkip-command", "checkip-server"]
        .into_iter()
        .find_map(|key| literal(peek(own, key)?));
    let allowed = switch(globals, "allow-ipv6") == Some(true);
    let looks = sought.is_some_and(|it| MARKS.iter().any(|mark| it.contains(mark)));
    if allowed && looks {
        Family::V6
    } else {
        Family::V4
    }
}

/// Whom it asks: the provider's usual service, which moored's own list takes the place of, or one of
/// the user's choice.
fn outside(own: &[InadynSetting], family: Family, found: &mut ImportModel) -> ExternalSource {
    let Some(setting) = last(own, "checkip-server") else {
        return HTTPS;
    };
    let server = text(own, "checkip-server").unwrap_or_default();
    if server.eq_ignore_ascii_case("default") {
        return HTTPS;
    }
    let (ssl, path) = (peek(own, "checkip-ssl"), peek(own, "checkip-path"));
    let scheme = match ssl.and_then(is_on) {
        Some(false) => "http",
        _ => "https",
    };
    let path_text = path.and_then(literal).unwrap_or("/");
    let slash = if path_text.starts_with('/') { "" } else { "/" };
    let address = format!("{scheme}://{server}{slash}{path_text}");
    let echo = source::echo(&address, family);
    if echo.is_ok() {
        for setting in [ssl, path].into_iter().flatten() {
            setting.consume();
        }
    }
    echo.unwrap_or_else(|why| {
        let what = format!("checkip-server={}", source::host_of(&address));
        found.leave(
            SourceLine::Line(setting.line),
            what,
            format!("{why}; others are asked"),
        );
        HTTPS
    })
}
