//! `use`, `usev4` and `usev6`: how ddclient finds an address, as moored does.

use std::net::IpAddr;

use super::settings::{DdclientSetting, DdclientSettings};
use crate::{
    core::address::family::Family,
    import::{
        model::{Disclosure, ImportModel, ImportedSource, SourceLine, quoted},
        source,
    },
};

/// The services ddclient knows by name (`%builtinweb`). moored's own list takes their place: some of
/// them answer with a page, some without encryption.
const SERVICES: [&str; 18] = [
    "dyndns",
    "freedns",
    "he",
    "he.net",
    "ip4only.me",
    "ip6only.me",
    "ipify-ipv4",
    "ipify-ipv6",
    "loopia",
    "myonlineportal",
    "noip-ipv4",
    "noip-ipv6",
    "desec-ipv4",
    "desec-ipv6",
    "nsupdate.info-ipv4",
    "nsupdate.info-ipv6",
    "zoneedit",
    "default",
];

/// How a host's addresses are found.
pub(super) fn ways(
    settings: &DdclientSettings,
    line: usize,
    found: &mut ImportModel,
) -> (Option<ImportedSource>, Option<ImportedSource>) {
    let mut reader = DdclientSources {
        settings,
        line,
        found,
    };
    let off = |it: &String| matches!(it.as_str(), "no" | "disabled");
    let usev4 = reader.word("usev4").filter(|it| !off(it));
    let usev6 = reader.word("usev6").filter(|it| !off(it));
    let both = settings.peek("use").map(|it| it.text().to_lowercase());
    let mut v4 = usev4
        .as_deref()
        .and_then(|it| reader.way(it, "usev4", Family::V4));
    let mut v6 = usev6
        .as_deref()
        .and_then(|it| reader.way(it, "usev6", Family::V6));
    match both.as_deref() {
        Some("no" | "disabled") => {
            settings.get("use");
        }
        Some(way) => {
            // The older key finds one address, of whichever family; what the newer ones find counts more.
            let family = reader.family_of_use(way);
            let known = match family {
                Family::V4 => &mut v4,
                Family::V6 => &mut v6,
            };
            if known.is_none() {
                settings.get("use");
                *known = reader.way(way, "use", family);
            }
        }
        None if usev4.is_none()
            && usev6.is_none()
            && settings.peek("usev4").is_none()
            && settings.peek("usev6").is_none() =>
        {
            // Its default is a fixed address (`ip`), or the command line says more.
            v4 = reader.unsaid();
        }
        None => {}
    }
    (v4, v6)
}

struct DdclientSources<'a> {
    settings: &'a DdclientSettings,
    line: usize,
    found: &'a mut ImportModel,
}

impl DdclientSources<'_> {
    fn text(&self, key: &str) -> Option<&str> {
        self.settings.text(key)
    }

    fn word(&self, key: &str) -> Option<String> {
        self.text(key).map(str::to_lowercase)
    }

    /// The first of several keys that is there: key and value.
    fn first(&self, keys: &[&'static str]) -> Option<(&'static str, String)> {
        let mut keys = keys.iter();
        keys.find_map(|key| self.text(key).map(|value| (*key, value.to_owned())))
    }

    fn leave(&mut self, key: &str, what: String, why: impl Into<String>) {
        let line = self
            .settings
            .peek(key)
            .map_or(self.line, |setting| setting.line);
        self.found.leave(SourceLine::Line(line), what, why);
    }

    /// `ipv6=yes` was how ddclient before 3.9.2 was told to look for IPv6.
    fn family_of_use(&self, way: &str) -> Family {
        let v6 = match way {
            "ip" => self.text("ip").and_then(|it| it.parse::<IpAddr>().ok()),
            _ => None,
        };
        let switch = self.settings.peek("ipv6").map(DdclientSetting::text);
        let switch = switch.map(str::to_lowercase).filter(|word| {
            let mut words = ["yes", "true", "no", "false"].into_iter();
            !word.is_empty() && words.any(|known| known.starts_with(word))
        });
        if switch.is_some() {
            self.settings.get("ipv6");
        }
        let yes = switch.is_some_and(|word| word.starts_with(['y', 't']));
        match v6 {
            Some(addr) => Family::of(addr),
            None if yes => Family::V6,
            None => Family::V4,
        }
    }

    fn unsaid(&mut self) -> Option<ImportedSource> {
        if let Some(ip) = self.text("ip") {
            return match source::fixed(ip, Family::V4) {
                Ok(way) => Some(way),
                Err(why) => {
                    self.leave("ip", "ip=…".to_owned(), why);
                    None
                }
            };
        }
        let why = "the file does not say how the address is found (`use`): echo services are asked";
        self.found.leave(SourceLine::Line(self.line), "", why);
        Some(ImportedSource::outside())
    }

    /// One way by its name; `family` says which address is looked for.
    fn way(&mut self, name: &str, key: &str, family: Family) -> Option<ImportedSource> {
        let keys: [&[&'static str]; 4] = match (key, family) {
            ("use", _) => [&["ip"], &["if"], &["web"], &["cmd"]],
            (_, Family::V4) => [&["ipv4"], &["ifv4"], &["webv4"], &["cmdv4"]],
            (_, Family::V6) => [
                &["ipv6", "ip"],
                &["ifv6", "if"],
                &["webv6", "web"],
                &["cmdv6", "cmd"],
            ],
        };
        let [fixed, interface, web, command] = keys;
        match name {
            "ip" | "ipv4" | "ipv6" => self.found_in(fixed, |it| source::fixed(it, family)),
            "if" | "ifv4" | "ifv6" => match self.first(interface) {
                None if key == "use" => Some(ImportedSource::Interface {
                    name: Some("ppp0".to_owned()),
                    any: false,
                }),
                Some((_, name)) if name != "default" => {
                    self.found_in(interface, |it| source::interface(it, false))
                }
                _ => Some(ImportedSource::Interface {
                    name: None,
                    any: false,
                }),
            },
            "cmd" | "cmdv4" | "cmdv6" => self.found_in(command, source::command),
            "web" | "webv4" | "webv6" => Some(self.web(web, family)),
            device => {
                let why = "moored reads no router's pages: echo services are asked instead (the source \
                           `router` asks it by PCP, NAT-PMP or UPnP)";
                self.leave(key, format!("{key}={device}"), why);
                Some(ImportedSource::outside())
            }
        }
    }

    /// A way whose argument has to be there and right; else the family is not kept: by any other way
    /// it might be a wrong address.
    fn found_in(
        &mut self,
        keys: &[&'static str],
        read: impl Fn(&str) -> Result<ImportedSource, String>,
    ) -> Option<ImportedSource> {
        let Some((key, value)) = self.first(keys) else {
            let key = keys.first().copied().unwrap_or_default();
            self.leave(key, String::new(), format!("there is no `{key}`"));
            return None;
        };
        match read(&value) {
            Ok(way) => Some(way),
            Err(why) => {
                self.leave(key, format!("{key}=…"), why);
                None
            }
        }
    }

    fn web(&mut self, keys: &[&'static str], family: Family) -> ImportedSource {
        let Some((key, service)) = self.first(keys) else {
            return ImportedSource::outside();
        };
        if SERVICES.contains(&service.as_str()) {
            let why = "moored asks its own list of unrelated operators (`https`) in its place";
            self.leave(key, quoted(key, &service, Disclosure::Whole), why);
            return ImportedSource::outside();
        }
        let skips = ["webv4-skip", "webv6-skip", "web-skip"];
        if self.first(&skips).is_some() {
            let host = source::host_of(&with_scheme(&service, "https"));
            let why = "with text to skip its answer is a page, out of which moored takes no address; \
                       others are asked";
            self.leave(key, format!("{key}: {host}"), why);
            return ImportedSource::outside();
        }
        let plain = self.word("ssl").is_some_and(|it| it.starts_with('n'));
        let address = with_scheme(&service, if plain { "http" } else { "https" });
        match source::echo(&address, family) {
            Ok(outside) => ImportedSource::External(outside),
            Err(why) => {
                let host = source::host_of(&address);
                self.leave(
                    key,
                    format!("{key}: {host}"),
                    format!("{why}; others are asked"),
                );
                ImportedSource::outside()
            }
        }
    }
}

fn with_scheme(service: &str, scheme: &str) -> String {
    if service.contains("://") {
        service.to_owned()
    } else {
        format!("{scheme}://{service}")
    }
}
