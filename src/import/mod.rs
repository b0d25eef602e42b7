//! The way over from other updaters: the text of ddclient.conf, inadyn.conf or ddns-updater's
//! config.json becomes the text of a configuration of moored's.
//!
//! Three steps, each a pure function of texts: a format's own folder finds hosts, credentials and ways
//! to an address; `gather` puts them together as moored has them, accounts with hosts and one way for
//! each family; `write` makes the TOML. Whatever is not carried over is named with its line. A secret
//! goes into the keys `token` and `secret` and nowhere else: what is quoted in a comment is known to be
//! harmless.
//!
//! What the other programs do is known from their documentation and sources as of 2026: ddclient 4.0
//! (`ddclient.in`, docs/protocol-dnspod.md), inadyn 2.12 (`inadyn.conf(5)`, `src/conf.c`, the plugins
//! `domeneshop.c` and `dnspod.c`), ddns-updater 2 (README.md, docs/, `internal/params`,
//! `internal/config`).

mod ddclient;
mod ddns_updater;
mod format;
mod inadyn;
mod merge;
mod model;
mod source;
mod write;

pub use crate::import::{
    format::{FormatError, Program},
    model::{Skipped, SourceLine},
};

/// What became of a file. It has no `Debug`: the text may hold secrets (L12).
#[derive(Clone, PartialEq, Eq)]
pub struct Import {
    /// Whose file it was.
    pub program: Program,
    /// The configuration, with its comments.
    pub text: String,
    /// How many hosts it keeps. None: it is no configuration yet.
    pub hosts: usize,
    /// What was not carried over, in the order of the lines.
    pub left: Vec<Skipped>,
}

/// Reads another program's file. `name` is the file's: a hint where the text says too little, and shown
/// in the result. Of the environment's `variables` only those are looked at that configure
/// ddns-updater, and only for its file.
pub fn read(text: &str, name: &str, variables: &[(String, String)]) -> Result<Import, FormatError> {
    let text = text.trim_start_matches('\u{feff}');
    let program = format::recognise(text, name)?;
    let found = match program {
        Program::Ddclient => ddclient::read(text),
        Program::Inadyn => inadyn::read(text),
        Program::DdnsUpdater => ddns_updater::read(text, variables).map_err(FormatError::Json)?,
    };
    let gathered = merge::merge(found);
    Ok(Import {
        program,
        text: write::write(&gathered, program, name),
        hosts: gathered.hosts(),
        left: gathered.left,
    })
}
