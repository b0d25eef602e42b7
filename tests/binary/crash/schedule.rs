//! What happens in a life, drawn from a seed.

use std::time::Duration;

use fastrand::Rng;
use sandbox::{Fault, FaultKind, Service, Site};

use super::place::{FOUR, SERVICES, SIX};

/// One start of the program until its end.
#[derive(Clone, Debug)]
pub(super) struct PlannedLife {
    /// How long the machine was off before it.
    pub(super) asleep: Duration,
    /// `--once` instead of the daemon.
    pub(super) is_once: bool,
    /// What goes wrong at the providers.
    pub(super) faults: Vec<Fault>,
    /// This host's addresses when it starts.
    pub(super) addresses: Addresses,
    /// The daemon lives through its first round and is told of these then.
    pub(super) move_to: Option<Addresses>,
    /// When it is killed, unless it ends by itself before.
    pub(super) killed: KillPoint,
    /// That much later, so that the kill falls between two requests, or while an answer is read or
    /// written down.
    pub(super) delay: Duration,
}

/// An address of each family.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Addresses {
    pub(super) four: &'static str,
    pub(super) six: &'static str,
}

/// What the kill is tied to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum KillPoint {
    /// The process was started.
    Started,
    /// So many requests of the life have reached the service.
    Asked(Service, usize),
    /// So many steps of writing the state file have been seen: that a new one is there, and that it has
    /// taken the old one's place.
    Saving(usize),
    /// The round is over.
    RoundOver,
}

impl PlannedLife {
    /// The life with this number under a seed: the same whatever became of the lives before it.
    pub(super) fn drawn(seed: u64, number: u64) -> Self {
        let mut rng = Rng::with_seed(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        // The first draws of neighbouring seeds resemble each other.
        rng.u64(..);
        let rng = &mut rng;
        let is_once = rng.u8(..100) < 30;
        let move_to = (!is_once && rng.u8(..100) < 30).then(|| Addresses::drawn(rng));
        let (killed, delay) = moment(rng);
        let mut faults = Vec::new();
        if let KillPoint::Asked(service, n) = killed {
            faults.extend(held_open(rng).map(|kind| Fault::new(service, "", kind).after(n - 1)));
        }
        if rng.bool() {
            faults.extend((0..rng.u8(1..=3)).map(|_| trouble(rng)));
        }
        Self {
            asleep: asleep(rng),
            is_once,
            faults,
            addresses: Addresses::drawn(rng),
            move_to,
            killed,
            delay,
        }
    }
}

impl Addresses {
    /// Few different ones, so that staying and coming back to an earlier one are as common as moving
    /// on.
    pub(super) fn drawn(rng: &mut Rng) -> Self {
        // The first of each as often as the others together.
        let mut one_of = |all: [&'static str; 3]| all[[0, 0, 1, 2][rng.usize(..4)]];
        Self {
            four: one_of(FOUR),
            six: one_of(SIX),
        }
    }
}

fn asleep(rng: &mut Rng) -> Duration {
    match rng.u8(..10) {
        0..5 => Duration::ZERO,
        5..8 => Duration::from_secs(rng.u64(60..1_200)),
        _ => Duration::from_secs(rng.u64(3_600..10_000)),
    }
}

fn moment(rng: &mut Rng) -> (KillPoint, Duration) {
    let micros = |rng: &mut Rng, most| Duration::from_micros(rng.u64(..most));
    match rng.u8(..100) {
        0..10 => (KillPoint::Started, micros(rng, 30_000)),
        10..65 => {
            let service = SERVICES[rng.usize(..SERVICES.len())];
            let n = rng.usize(1..=6);
            // A third at once: before an answer can have been read.
            let most = [1, 1_000, 6_000][rng.usize(..3)];
            (KillPoint::Asked(service, n), micros(rng, most))
        }
        65..85 => {
            let n = rng.usize(1..=6);
            let most = [1, 500, 4_000][rng.usize(..3)];
            (KillPoint::Saving(n), micros(rng, most))
        }
        _ => (KillPoint::RoundOver, micros(rng, 2_000)),
    }
}

/// What keeps the request at which the program is killed open, so that the kill falls before or
/// after its effect; often nothing does.
fn held_open(rng: &mut Rng) -> Option<FaultKind> {
    let long = Duration::from_millis(rng.u64(8..30));
    Some(match rng.u8(..6) {
        0 => FaultKind::Hang,
        1 => FaultKind::DelayAnswer(long),
        2 => FaultKind::DelayWork(long),
        _ => return None,
    })
}

fn trouble(rng: &mut Rng) -> Fault {
    let service = SERVICES[rng.usize(..SERVICES.len())];
    let write = match service {
        Service::Domeneshop => ["dyndns", "PUT"][rng.usize(..2)],
        _ => "Record.Modify",
    };
    let part = if rng.u8(..100) < 60 { write } else { "" };
    let short = Duration::from_millis(rng.u64(1..15));
    let kind = match rng.u8(..16) {
        0..5 => FaultKind::LoseAnswer,
        5 => FaultKind::Drop,
        6 => FaultKind::Status([500, 502, 503][rng.usize(..3)], String::new()),
        7 => FaultKind::RetryAfter(429, "60".into()),
        8 => FaultKind::RetryAfter(503, "5".into()),
        9 => FaultKind::Garbage,
        10 => FaultKind::Truncate,
        11 => FaultKind::CutOff,
        12 => FaultKind::Slow(Duration::from_micros(200)),
        13 => FaultKind::DelayAnswer(short),
        14 => FaultKind::DelayWork(short),
        _ => locked(service),
    };
    Fault::new(service, part, kind).after(rng.usize(..4))
}

/// Somebody else had the record locked, or the account's calls are used up.
fn locked(service: Service) -> FaultKind {
    match service {
        Service::DnsPod(Site::China) => FaultKind::Code("-2".into()),
        Service::DnsPod(Site::International) => FaultKind::Code("21".into()),
        _ => FaultKind::RetryAfter(429, "3600".into()),
    }
}
