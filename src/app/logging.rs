//! The log: one line an event, on standard error.

use std::{
    fmt::{self, Write as _},
    io::{self, IsTerminal},
};

use tracing::{Event, Level, Subscriber, field::Field};
use tracing_subscriber::{
    field::MakeExt as _,
    filter::{LevelFilter, Targets},
    fmt::{
        FmtContext, FormatEvent, FormatFields,
        format::{Writer, debug_fn},
        layer,
        time::{FormatTime, SystemTime},
    },
    layer::SubscriberExt,
    registry::LookupSpan,
    util::SubscriberInitExt,
};

use crate::{
    core::foreign_text::{ForeignText, printable, printable_lines},
    stdio,
};

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
    let Ok(ours) = rustix::fs::fstat(rustix::stdio::stderr()) else {
        return false;
    };
    stream.is_some_and(|it| it == format!("{}:{}", ours.st_dev, ours.st_ino))
}

/// What is said to the person at the terminal or in the journal before there is a log, or beside it.
pub(super) fn error_line(what: &str, journal: bool) -> String {
    let mut text = String::new();
    let what = printable_lines(what.trim_end());
    if journal {
        let _ = with_level(&mut text, &what, Level::ERROR);
    } else {
        let _ = writeln!(text, "{what}");
    }
    text
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

/// What `--log` means: a level is about moored itself and shows nothing of the libraries, for what they warn of is
/// in the hands of whoever sends us packets, as often as they like; a filter says everything itself.
pub(super) fn filter(text: &str) -> Result<Targets, BadFilter> {
    let bad = || BadFilter(ForeignText::new(text));
    if let Ok(level) = text.parse::<LevelFilter>() {
        return Ok(Targets::new().with_target("moored", level));
    }
    // A lone word that is no level is a mistyped level, not a target.
    if !text.contains('=') {
        return Err(bad());
    }
    text.parse().map_err(|_| bad())
}

/// Standard error for the log: each line is written, or waits, or is counted as dropped.
struct LogWriter;

impl io::Write for LogWriter {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        stdio::write_text(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The line of the log that stands where others were dropped.
fn drop_notice(dropped: u64, style: Style) -> String {
    let lines = if dropped == 1 {
        "line of the log was"
    } else {
        "lines of the log were"
    };
    let what = format!("{dropped} {lines} dropped: nobody read standard error");
    let mut text = String::new();
    if style.journal {
        let _ = with_level(&mut text, &what, Level::WARN);
    } else {
        let _ = SystemTime.format_time(&mut Writer::new(&mut text));
        let _ = writeln!(text, "  WARN {what}");
    }
    text
}

/// Starts logging.
pub(super) fn start(filter: Targets, style: Style) {
    let terminal = rustix::stdio::stderr().is_terminal();
    stdio::describe_drops(move |dropped| drop_notice(dropped, style));
    let lines = layer().with_writer(|| LogWriter).fmt_fields(fields());
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
    fn dropped_lines_are_told_of_as_the_log_tells() {
        let style = |journal| Style {
            no_color: true,
            journal,
        };
        assert_eq!(
            drop_notice(7, style(true)),
            "<4>7 lines of the log were dropped: nobody read standard error\n"
        );
        let line = drop_notice(1, style(false));
        let (time, text) = line.split_once("  ").unwrap();
        assert!(time.ends_with('Z'), "{line}");
        assert_eq!(
            text,
            "WARN 1 line of the log was dropped: nobody read standard error\n"
        );
    }

    #[test]
    fn a_level_is_about_moored_and_a_filter_about_what_it_names() {
        let level = filter("debug").unwrap();
        assert!(level.would_enable("moored::daemon", &Level::DEBUG));
        assert!(!level.would_enable("hickory_resolver", &Level::DEBUG));
        for word in ["off", "warn", "trace"] {
            let level = filter(word).unwrap();
            assert!(!level.would_enable("hickory_resolver", &Level::ERROR));
            assert!(!level.would_enable("hickory_net::udp", &Level::WARN));
        }
        let filtered = filter("moored=info,hickory_resolver=trace").unwrap();
        assert!(filtered.would_enable("hickory_resolver", &Level::TRACE));
        assert!(filter("verbose").is_err());
        assert!(filter("moored=loud").is_err());
    }
}
