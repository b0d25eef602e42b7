//! For the log: what happened, once, at a level that says whether somebody has to do something.

use tracing::{debug, error, info, warn};

use super::text::outcome;
use crate::core::{
    observe::Observation,
    outcome::{HostReport, Outcome, Report, Verdict},
    time::Moment,
};

/// Logs a round.
pub fn round(report: &Report, now: Moment) {
    for family in &report.families {
        for heard in &family.heard {
            match &heard.answer {
                Ok(addrs) => debug!("{}: {} says {addrs:?}", family.family, heard.source),
                Err(what) => debug!("{}: {}: {what}", family.family, heard.source),
            }
        }
        match &family.observation {
            Observation::Known(addrs) => debug!("{}: {addrs}", family.family),
            Observation::Absent => debug!("{}: absent on this host", family.family),
            Observation::Unavailable(why) => {
                warn!(
                    "our {} address could not be found out; nothing changes: {why}",
                    family.family
                );
            }
        }
    }
    for host in &report.hosts {
        log_host(host, now);
    }
    for note in &report.dns {
        warn!("{}: {}", note.target, note.what);
    }
    if let Some(trouble) = &report.state_trouble {
        warn!("{trouble}");
    }
}

fn log_host(host: &HostReport, now: Moment) {
    let target = &host.target;
    let said = outcome(host, now);
    match &host.outcome {
        Outcome::Unchanged => debug!("{target}: {said}"),
        // The family's own line has said it.
        Outcome::Kept(_) => debug!("{target}: {said}"),
        Outcome::Changed | Outcome::Planned => {
            let addrs = host
                .change
                .as_ref()
                .map_or(&host.addresses, |change| &change.to);
            info!("{target}: {}: {said}", crate::core::addr::list(addrs));
        }
        Outcome::Held { .. } => debug!("{target}: {said}"),
        outcome if outcome.verdict() == Verdict::Refused => error!("{target}: {said}"),
        _ => warn!("{target}: {said}"),
    }
}
