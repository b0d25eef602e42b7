//! What is demanded of everything that reads foreign bytes, whatever the bytes are: a function for each
//! target. cargo-fuzz's programs (run.rs) and `cargo test` (tests/corpus.rs) run the same ones.

mod config;
mod dnspod;
mod domeneshop;
mod echo;
mod name;
mod netlink;
mod portmapping;
mod service;
mod state;
mod stun;
mod upnp;
mod whoami;
mod zone;

/// A target's name, which its corpus has too, and what it runs.
pub type Target = (&'static str, fn(&[u8]));

/// Every target. A new one is a line here and one in `Cargo.toml`, and a folder in `corpus`.
pub const TARGETS: &[Target] = &[
    ("config", config::file),
    ("dnspod", dnspod::replies),
    ("domeneshop", domeneshop::replies),
    ("echo", echo::bodies),
    ("name", name::names),
    ("netlink", netlink::datagrams),
    ("portmapping", portmapping::answers),
    ("state", state::files),
    ("stun", stun::answers),
    ("upnp", upnp::texts),
    ("whoami", whoami::answers),
    ("zone", zone::answers),
];

/// Runs a target by its name.
pub fn run(name: &str, bytes: &[u8]) {
    let target = TARGETS.iter().find(|(it, _)| *it == name);
    let (_, target) = target.unwrap_or_else(|| panic!("there is no target `{name}`"));
    target(bytes);
}

/// A text that people are shown: bounded, and without characters that a terminal acts upon.
fn assert_plain(text: &str, most: usize) {
    assert!(!text.is_empty(), "nothing is said");
    assert!(!text.contains(char::is_control), "{text:?}");
    assert!(text.chars().count() <= most, "{text}");
}

/// Whether one text of bytes stands somewhere in another.
fn contains(bytes: &[u8], part: &[u8]) -> bool {
    part.is_empty() || bytes.windows(part.len()).any(|it| it == part)
}
