//! Whose file it is: told by what stands in it, and by its name where that says too little.

use std::fmt;

use super::{ddclient, inadyn};

/// A program that there is a way over from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Program {
    /// ddclient, with its ddclient.conf.
    Ddclient,
    /// inadyn, with its inadyn.conf.
    Inadyn,
    /// qdm12's ddns-updater, with its config.json.
    DdnsUpdater,
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ddclient => "ddclient",
            Self::Inadyn => "inadyn",
            Self::DdnsUpdater => "ddns-updater",
        })
    }
}

/// Why a file is not understood.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FormatError {
    /// Nothing in it says whose it is.
    #[error(
        "this is none of the files that are understood: ddclient.conf (with `protocol=…`), \
         inadyn.conf (with `provider … {{ … }}`) or ddns-updater's config.json (with `settings`)"
    )]
    Unknown,
    /// It could be of two programs.
    #[error(
        "line {inadyn} is of inadyn and line {ddclient} of ddclient: give each program's settings \
         in a file of its own"
    )]
    Ambiguous {
        /// A line that only inadyn has.
        inadyn: usize,
        /// A line that only ddclient has.
        ddclient: usize,
    },
    /// It is JSON, or meant to be, and something is wrong with it.
    #[error("{0}")]
    Json(String),
}

/// Whose file it is.
pub(super) fn recognise(text: &str, name: &str) -> Result<Program, FormatError> {
    if text.trim_start().starts_with(['{', '[']) {
        return Ok(Program::DdnsUpdater);
    }
    let of_inadyn = inadyn::trait_in(text);
    let of_ddclient = ddclient::trait_in(text);
    match (of_inadyn, of_ddclient) {
        (Some(inadyn), Some(ddclient)) => {
            return Err(FormatError::Ambiguous { inadyn, ddclient });
        }
        (Some(_), None) => return Ok(Program::Inadyn),
        (None, Some(_)) => return Ok(Program::Ddclient),
        (None, None) => {}
    }
    let name = name.rsplit('/').next().unwrap_or(name).to_lowercase();
    if name.contains("ddclient") {
        Ok(Program::Ddclient)
    } else if name.contains("inadyn") || inadyn::old::trait_in(text).is_some() {
        Ok(Program::Inadyn)
    } else {
        Err(FormatError::Unknown)
    }
}
