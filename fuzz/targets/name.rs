//! Names: one way to write each, whatever way it was written.

use moored::core::dns::name::{Fqdn, ZoneName, longest_zone};

use super::assert_plain;

pub(crate) fn names(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let name = match Fqdn::parse(text) {
        Ok(name) => name,
        Err(error) => {
            assert!(ZoneName::parse(text).is_err());
            // The text itself is quoted; the configuration's messages take out control characters.
            let quoted = text.chars().count() * 4;
            assert_plain(
                &error.to_string().replace(char::is_control, ""),
                120 + quoted,
            );
            return;
        }
    };
    let written = name.as_str();
    assert!((3..=253).contains(&written.len()), "{name}");
    for (position, label) in written.split('.').enumerate() {
        let may = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || b"-_".contains(&it);
        let star = label == "*" && position == 0;
        assert!(star || (1..=63).contains(&label.len()), "{name}");
        assert!(star || label.bytes().all(may), "{name}");
        assert!(!label.starts_with('-') && !label.ends_with('-'), "{name}");
    }
    assert!(written.contains('.'), "{name}");
    for again in [
        written.to_owned(),
        format!("{written}."),
        format!(" {}\n", written.to_ascii_uppercase()),
    ] {
        assert_eq!(Fqdn::parse(&again), Ok(name.clone()), "{again:?}");
    }
    let json = serde_json::to_string(&name).unwrap();
    assert_eq!(serde_json::from_str::<Fqdn>(&json).unwrap(), name);

    assert_eq!(ZoneName::parse(text).is_ok(), !name.is_wildcard());
    let mut rest = written;
    let mut zones = Vec::new();
    while let Some((_, zone)) = rest.split_once('.') {
        zones.extend(ZoneName::parse(zone));
        rest = zone;
    }
    for zone in &zones {
        assert!(name.is_within(zone), "{name} in {zone}");
        let relative = name.relative_to(zone).unwrap();
        assert_eq!(Fqdn::in_zone(relative, zone), Ok(name.clone()));
        let beside = ZoneName::parse(&format!("x{zone}"));
        assert!(!beside.is_ok_and(|it| name.is_within(&it)), "{name}");
    }
    assert_eq!(longest_zone(&name, &zones), zones.first());
    // What a provider lists as a host of a zone is a name within it or none.
    let zone = ZoneName::parse("example.com").unwrap();
    if let Ok(host) = Fqdn::in_zone(text, &zone) {
        assert!(host.is_within(&zone), "{text:?} in {zone}");
        let relative = host.relative_to(&zone).unwrap();
        assert_eq!(Fqdn::in_zone(relative, &zone), Ok(host.clone()));
    }
}
