//! The log: one line an event, on standard error.

use std::{
    fmt::{self, Write as _},
    io::{self, IsTerminal, Write as _},
    os::fd::AsFd,
};

use tracing::{Event, Level, Subscriber, field::Field};
use tracing_subscriber::{
    field::MakeExt as _,
    filter::{LevelFilter, Targets},
    fmt::{
        FmtContext, FormatEvent, FormatFields,
        format::{Writer, debug_fn},
        layer,
    },
    layer::SubscriberExt,
    registry::LookupSpan,
    util::SubscriberInitExt,
};

use crate::core::foreign_text::{ForeignText, printable, printable_lines};

/// A `--log` value that says nothing we understand.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` is no log level or filter: use off, error, warn, info, debug, trace, or a filter such as moored=debug"
)]
pub(super) struct BadFilter(ForeignText);

/// How the log looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    /// `NO_COLOR` is set.
    pub(super) no_color: bool,
    /// The journal reads it, which notes the time itself and takes a line's level from its front.
    pub(super) journal: bool,
}

/// Whether our standard error is what systemd has connected to the journal. The variable alone says nothing: it
/// is inherited by whatever is started from a service, a terminal too (systemd.exec(5)).
pub(super) fn goes_to_journal(stream: Option<&str>) -> bool {
    let Ok(ours) = rustix::fs::fstat(io::stderr().as_fd()) else {
        return false;
    };
    stream.is_some_and(|it| it == format!("{}:{}", ours.st_dev, ours.st_ino))
}

/// Says something to the person at the terminal or in the journal before there is a log, or beside it.
pub(super) fn complain(what: &str, journal: bool) {
    let mut text = String::new();
    let what = printable_lines(what.trim_end());
    if journal {
        let _ = with_level(&mut text, &what, Level::ERROR);
    } else {
        let _ = writeln!(text, "{what}");
    }
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Writes lines as the journal wants them: each with its level in front (sd-daemon(3)).
fn with_level(to: &mut impl fmt::Write, text: &str, level: Level) -> fmt::Result {
    let number = match level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        _ => 7,
    };
    text.lines()
        .try_for_each(|line| writeln!(to, "<{number}>{line}"))
}

/// What an event says, on one line and printable (L15), also where a library speaks: its words may quote what somebody
/// sent.
fn fields() -> impl for<'w> FormatFields<'w> {
    let one = |writer: &mut Writer<'_>, field: &Field, value: &dyn fmt::Debug| {
        let text = format!("{value:?}");
        if field.name() == "message" {
            writer.write_str(&printable(&text))
        } else {
            write!(writer, "{field}={}", printable(&text))
        }
    };
    debug_fn(one).delimited(" ")
}

/// Lines for the journal.
struct ForJournal;

impl<S, N> FormatEvent<S, N> for ForJournal
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut text = String::new();
        context.format_fields(Writer::new(&mut text), event)?;
        with_level(&mut writer, &text, *event.metadata().level())
    }
}

/// What `--log` means: a level is about moored itself and shows no more than warnings of the
/// libraries; a filter says everything itself.
pub(super) fn filter(text: &str) -> Result<Targets, BadFilter> {
    let bad = || BadFilter(ForeignText::new(text));
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
    let lines = layer().with_writer(io::stderr).fmt_fields(fields());
    let registry = tracing_subscriber::registry().with(filter);
    // A second start in one process changes nothing.
    let _ = if style.journal {
        let lines = lines.with_ansi(false).event_format(ForJournal);
        registry.with(lines).try_init()
    } else {
        let lines = lines.with_target(false);
        let lines = lines.with_ansi(terminal && !style.no_color);
        registry.with(lines).try_init()
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_has_its_level_in_front_for_the_journal() {
        for (level, lines) in [
            (Level::ERROR, "<3>one\n<3>two\n"),
            (Level::WARN, "<4>one\n<4>two\n"),
            (Level::INFO, "<6>one\n<6>two\n"),
            (Level::DEBUG, "<7>one\n<7>two\n"),
        ] {
            let mut text = String::new();
            with_level(&mut text, "one\ntwo", level).unwrap();
            assert_eq!(text, lines);
        }
    }

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
