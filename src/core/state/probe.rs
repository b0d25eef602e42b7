//! A person asks an account that may refuse its credentials (`moored check`): at most once a minute for
//! one secret and configuration (L4).

use std::{collections::BTreeMap, fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};

use crate::core::time::{BootTime, HumanDuration};

/// How often a person may have one account asked.
pub const PROBE_INTERVAL: Duration = Duration::from_mins(1);

/// How many accounts are remembered at the most.
const MAX_PROBES: usize = 64;

/// Which accounts a person had asked within the last minute without success, by the fingerprint of
/// their secret and configuration.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Probes(BTreeMap<u64, BootTime>);

/// Why an account is not asked although a person wants it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProbeRefused {
    /// It was asked less than a minute ago: how long to wait.
    TooSoon(Duration),
    /// Another instance keeps the state, and cannot be told: nobody would remember it.
    NotRemembered,
}

impl Probes {
    /// Notes that an account is asked now, unless it was asked within the last minute.
    pub fn begin(&mut self, fingerprint: u64, now: BootTime) -> Result<(), ProbeRefused> {
        self.discard_future_timestamps(now);
        let last = self.0.get(&fingerprint).copied();
        let oldest = || self.0.values().min().copied();
        let full = (self.0.len() >= MAX_PROBES).then(oldest).flatten();
        if let Some(at) = last.or(full) {
            return Err(ProbeRefused::TooSoon(at.after(PROBE_INTERVAL).since(now)));
        }
        self.0.insert(fingerprint, now);
        Ok(())
    }

    /// The account did not refuse its credentials: it may be asked again at any time.
    pub fn finish(&mut self, fingerprint: u64) {
        self.0.remove(&fingerprint);
    }

    /// Drops what is over or has not come yet.
    pub fn discard_future_timestamps(&mut self, now: BootTime) {
        self.0
            .retain(|_, at| *at <= now && now.since(*at) < PROBE_INTERVAL);
    }

    /// The same on a clock whose zero lies `millis` elsewhere.
    pub fn rebase(&mut self, millis: i64) {
        for at in self.0.values_mut() {
            *at = at.rebased(millis);
        }
    }
}

impl fmt::Display for ProbeRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooSoon(wait) => write!(
                f,
                "`moored check` asks an account at most once a minute, again in {}",
                HumanDuration(*wait)
            ),
            Self::NotRemembered => f.write_str(
                "another moored keeps the state and did not answer; run `moored check` again as its \
                 user or as root",
            ),
        }
    }
}

/// What `moored check` tells the running daemon, in one line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProbeMessage {
    /// The account with this fingerprint is about to be asked.
    Begin(u64),
    /// It was asked, and its credentials were not refused, but nothing more is known.
    Finish(u64),
    /// It accepts its credentials.
    Accepted(u64),
    /// Likewise, and each of its hosts has a zone, and nothing excludes addresses there.
    Clear(u64),
}

impl ProbeMessage {
    /// The account's fingerprint.
    pub fn fingerprint(self) -> u64 {
        match self {
            Self::Begin(fingerprint)
            | Self::Finish(fingerprint)
            | Self::Accepted(fingerprint)
            | Self::Clear(fingerprint) => fingerprint,
        }
    }

    /// Whether the account accepts its credentials.
    pub fn is_accepted(self) -> bool {
        matches!(self, Self::Accepted(_) | Self::Clear(_))
    }

    /// Whether all of its hosts are in order, too.
    pub fn is_clear(self) -> bool {
        matches!(self, Self::Clear(_))
    }
}

const BEGIN: &str = "check-begin";
const FINISH: &str = "check-finish";
const ACCEPTED: &str = "check-accepted";
const CLEAR: &str = "check-clear";

impl fmt::Display for ProbeMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self {
            Self::Begin(_) => BEGIN,
            Self::Finish(_) => FINISH,
            Self::Accepted(_) => ACCEPTED,
            Self::Clear(_) => CLEAR,
        };
        write!(f, "{word} {:016x}", self.fingerprint())
    }
}

/// The line is no message of `moored check`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a message of `moored check`")]
pub struct ParseProbeMessageError;

impl FromStr for ProbeMessage {
    type Err = ParseProbeMessageError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (word, digits) = text.trim().split_once(' ').ok_or(ParseProbeMessageError)?;
        let is_hex = digits.len() == 16 && digits.bytes().all(|it| it.is_ascii_hexdigit());
        let fingerprint = u64::from_str_radix(digits, 16).ok().filter(|_| is_hex);
        let fingerprint = fingerprint.ok_or(ParseProbeMessageError)?;
        match word {
            BEGIN => Ok(Self::Begin(fingerprint)),
            FINISH => Ok(Self::Finish(fingerprint)),
            ACCEPTED => Ok(Self::Accepted(fingerprint)),
            CLEAR => Ok(Self::Clear(fingerprint)),
            _ => Err(ParseProbeMessageError),
        }
    }
}

/// What the daemon answers to a [`ProbeMessage`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ProbeAnswer {
    /// How long the account must not be asked, in milliseconds; 0 if it may be asked now.
    pub wait_millis: u64,
    /// Whether the daemon keeps an account with this secret and configuration.
    pub is_known: bool,
    /// Whether a hold was lifted: a round starts at once.
    pub lifted: bool,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn at(seconds: i64) -> BootTime {
        BootTime::from_millis(seconds * 1_000)
    }

    #[test]
    fn one_secret_is_asked_at_most_once_a_minute_and_another_one_at_once() {
        let mut probes = Probes::default();
        assert_eq!(probes.begin(1, at(100)), Ok(()));
        let too_soon = |seconds| Err(ProbeRefused::TooSoon(Duration::from_secs(seconds)));
        assert_eq!(probes.begin(1, at(101)), too_soon(59));
        assert_eq!(probes.begin(2, at(101)), Ok(()));
        assert_eq!(probes.begin(1, at(159)), too_soon(1));
        assert_eq!(probes.begin(1, at(160)), Ok(()));
        probes.finish(1);
        assert_eq!(probes.begin(1, at(161)), Ok(()));
    }

    #[test]
    fn a_moment_from_the_future_holds_nobody_up_and_the_memory_is_bounded() {
        let mut probes = Probes::default();
        probes.begin(1, at(500)).unwrap();
        assert_eq!(probes.begin(1, at(100)), Ok(()));
        for fingerprint in 0..1_000 {
            let _ = probes.begin(fingerprint, at(100));
        }
        assert_eq!(probes.0.len(), MAX_PROBES);
        let full = ProbeRefused::TooSoon(Duration::from_secs(50));
        assert_eq!(probes.begin(5_000, at(110)), Err(full));
        assert_eq!(probes.begin(5_000, at(160)), Ok(()));
    }

    #[test]
    fn probes_survive_the_state_file_and_another_boots_clock() {
        let mut probes = Probes::default();
        probes.begin(u64::MAX, at(100)).unwrap();
        let text = serde_json::to_string(&probes).unwrap();
        let mut read: Probes = serde_json::from_str(&text).unwrap();
        assert_eq!(read, probes);
        read.rebase(-90_000);
        let too_soon = ProbeRefused::TooSoon(Duration::from_secs(55));
        assert_eq!(read.begin(u64::MAX, at(15)), Err(too_soon));
    }

    proptest! {
        #[test]
        fn a_message_is_read_as_it_is_written_and_an_address_is_none(
            fingerprint in any::<u64>(), text in "[ -~]{0,40}",
        ) {
            for message in [
                ProbeMessage::Begin(fingerprint),
                ProbeMessage::Finish(fingerprint),
                ProbeMessage::Accepted(fingerprint),
                ProbeMessage::Clear(fingerprint),
            ] {
                prop_assert_eq!(message.to_string().parse(), Ok(message));
            }
            if let Ok(message) = text.parse::<ProbeMessage>() {
                prop_assert!(message.to_string().eq_ignore_ascii_case(text.trim()));
            }
            prop_assert!("84.212.10.20 2a01::1".parse::<ProbeMessage>().is_err());
        }
    }
}
