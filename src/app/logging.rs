//! The log: one line an event, on standard error.

use std::io::{self, IsTerminal};

use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    fmt,
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// A `--log` value that says nothing we understand.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` is no log level or filter: use off, error, warn, info, debug, trace, or a filter such as moored=debug"
)]
pub(super) struct BadFilter(String);

/// How the log looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    /// `NO_COLOR` is set.
    pub(super) no_color: bool,
    /// The journal puts the time in front of each line itself.
    pub(super) journal: bool,
}

/// What `--log` means: a level is about moored itself and shows no more than warnings of the
/// libraries; a filter says everything itself.
pub(super) fn filter(text: &str) -> Result<Targets, BadFilter> {
    let bad = || BadFilter(text.to_owned());
    if let Ok(level) = text.parse::<LevelFilter>() {
        let libraries = level.min(LevelFilter::WARN);
        return Ok(Targets::new()
            .with_default(libraries)
            .with_target("moored", level));
    }
    // A lone word that is no level is a mistyped level, not a target.
    if !text.contains('=') {
        return Err(bad());
    }
    text.parse().map_err(|_| bad())
}

/// Starts logging.
pub(super) fn start(filter: Targets, style: Style) {
    let terminal = io::stderr().is_terminal();
    let lines = fmt::layer()
        .with_writer(io::stderr)
        .with_target(false)
        .with_ansi(terminal && !style.no_color);
    let registry = tracing_subscriber::registry().with(filter);
    // A second start in one process changes nothing.
    let _ = if style.journal {
        registry.with(lines.without_time()).try_init()
    } else {
        registry.with(lines).try_init()
    };
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn a_level_is_about_moored_and_a_filter_about_what_it_names() {
        let level = filter("debug").unwrap();
        assert!(level.would_enable("moored::daemon", &Level::DEBUG));
        assert!(!level.would_enable("hickory_resolver", &Level::DEBUG));
        assert!(level.would_enable("hickory_resolver", &Level::WARN));
        assert!(
            !filter("off")
                .unwrap()
                .would_enable("hickory_resolver", &Level::ERROR)
        );
        let filtered = filter("moored=info,hickory_resolver=trace").unwrap();
        assert!(filtered.would_enable("hickory_resolver", &Level::TRACE));
        assert!(filter("verbose").is_err());
        assert!(filter("moored=loud").is_err());
    }
}
