//! What can happen, drawn: the troubles of this host, its line, its operators and its providers.

use moored::{
    core::{
        address::family::Family, detection::hint::AddressHint, schedule::debounce::NetworkEvent,
    },
    daemon::Event,
};
use sandbox::Service;

use crate::{
    dice::SimRng,
    disk::CrashPoint,
    line::{LinkState, OPERATORS, ROTATION_COUNT, SourceBehaviour},
    names::ServerState,
    scene::{ScheduledEvent, SimWorld},
    setup::SimSetup,
    time::{DAY, HOUR, SECOND, YEAR},
    weather::FaultRule,
};

/// Something that happens at one moment.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum SimFault {
    /// Our address of a family is another one.
    Renumber(Family),
    /// There is none any more.
    Lose(Family),
    Link(LinkState),
    /// From now on an operator of addresses does so.
    Operator(&'static str, SourceBehaviour),
    /// All of them do.
    Operators(SourceBehaviour),
    /// The line leaves by two addresses in turns of so long.
    Flap(Family, i64),
    /// From now on requests to an account meet that.
    Weather(usize, FaultRule),
    Servers([ServerState; 2]),
    /// The provider takes another secret, or the configured one again.
    Secret(usize, bool),
    /// Somebody locks one of our records at DNSPod.
    Lock(usize),
    /// Somebody edits a name of ours by hand.
    Edit(usize),
    DiskFull(bool),
    DiskReadOnly(bool),
    /// Killed after so many more waits, and started again.
    KillAfter(u64),
    /// Killed within the save after so many more.
    KillInSave(u32, CrashPoint),
    /// Killed, and the state is damaged before it is started again.
    Damage,
    /// Told to stop, and started again.
    Restart,
    /// Switched off for so long.
    Off(i64),
    /// Asleep for so long.
    Sleep(i64),
    /// The wall clock is so far off from now on.
    Wall(i64),
    /// The process hears something.
    Hear(Event),
    /// The operator writes another configuration, or something that is none, and has it read.
    Configure(bool),
    /// The operator takes a host or a whole account out, and has that read.
    TakeOut(usize),
    /// What of an account is out is put in again.
    PutIn(usize),
}

fn family(rng: &SimRng) -> Family {
    rng.pick(&Family::ALL)
}

impl SimFault {
    /// A trouble, as one or more things that happen within `span`.
    fn drawn(setup: &SimSetup, span: i64, rng: &SimRng) -> Vec<(i64, Self)> {
        let account = rng.below(setup.accounts.len());
        let service = setup.accounts[account].service;
        let (begin, middle) = (rng.within(0..span), rng.within(0..span));
        let kill = || Self::KillAfter(rng.length(1, 120).unsigned_abs());
        let one = |what| vec![(begin, what)];
        match rng.below(25) {
            0..6 => one(Self::Weather(account, FaultRule::drawn(service, rng))),
            6 => vec![
                (begin, Self::Lose(family(rng))),
                (middle, Self::Renumber(family(rng))),
            ],
            7 => {
                let link = rng.pick(&[LinkState::Unplugged, LinkState::BlackHole]);
                vec![
                    (begin, Self::Link(link)),
                    (begin + rng.length(SECOND, span), Self::Link(LinkState::Up)),
                ]
            }
            8 => {
                let word = rng.pick(&[
                    SourceBehaviour::Silent,
                    SourceBehaviour::Garbled,
                    SourceBehaviour::Stale,
                    SourceBehaviour::Lie,
                    SourceBehaviour::Private,
                ]);
                one(Self::Operator(rng.pick(&OPERATORS).2, word))
            }
            9 => one(Self::Operators(rng.pick(&[
                SourceBehaviour::Silent,
                SourceBehaviour::Garbled,
                SourceBehaviour::Private,
            ]))),
            10 => one(Self::Flap(family(rng), rng.pick(&ROTATION_COUNT))),
            11 | 12 => vec![(begin, kill()), (middle, kill())],
            13 => one(Self::KillInSave(
                u32::try_from(rng.below(6)).unwrap(),
                rng.pick(&[CrashPoint::Before, CrashPoint::After]),
            )),
            14 => one(Self::Damage),
            15 => one(rng.pick(&[Self::Restart, Self::Off(rng.length(SECOND, 10 * DAY))])),
            16 => one(Self::Sleep(rng.length(SECOND, 5 * DAY))),
            17 => one(Self::Wall(rng.pick(&[
                -40 * YEAR,
                -YEAR,
                -HOUR,
                HOUR,
                3 * DAY,
                10 * YEAR,
            ]))),
            18 => {
                // Killed meanwhile: the next process finds what could not be kept up.
                let stuck = rng.pick(&[
                    Self::DiskFull(true),
                    Self::DiskFull(true),
                    Self::DiskReadOnly(true),
                ]);
                vec![(begin, stuck), (middle, kill())]
            }
            19 => vec![(begin, Self::Edit(account)), (middle, Self::Edit(account))],
            20 => match service {
                Service::DnsPod(_) if rng.percent(50) => one(Self::Lock(account)),
                _ => vec![
                    (begin, Self::Secret(account, false)),
                    (middle, Self::Secret(account, true)),
                ],
            },
            24 => {
                // Somebody's script asks for a full round again and again.
                let pause = rng.length(100, SECOND);
                let signals = 0..rng.within(100..1_000);
                let signal = |number| (begin + number * pause, Self::Hear(Event::FullCheck));
                signals.map(signal).collect()
            }
            22 | 23 if setup.accounts[account].lacks_something() => one(Self::PutIn(account)),
            22 | 23 => {
                // For a moment, for hours, or into the calm.
                let put_in = begin + rng.length(SECOND, DAY);
                let mut both = vec![(begin, Self::TakeOut(account))];
                if put_in < span {
                    both.push((put_in, Self::PutIn(account)));
                }
                both
            }
            _ => {
                let server = || {
                    let behind = ServerState::Behind(rng.length(SECOND, HOUR));
                    rng.pick(&[ServerState::Silent, ServerState::Stuck(0), behind])
                };
                vec![
                    (begin, Self::Servers([server(), server()])),
                    (middle, Self::Configure(rng.percent(70))),
                ]
            }
        }
    }

    /// What somebody or something says to the process.
    fn said(rng: &SimRng) -> Self {
        let lie = AddressHint::of(["104.16.9.9".parse().unwrap()]).unwrap();
        Self::Hear(rng.pick(&[
            Event::FullCheck,
            Event::Network(NetworkEvent::AddressAdded),
            Event::Network(NetworkEvent::Other),
            Event::Network(NetworkEvent::Hint(AddressHint::default())),
            Event::Network(NetworkEvent::Hint(lie)),
        ]))
    }
}

/// Notes a storm of so long: several troubles at once, addresses that change in between, and things
/// that start rounds.
pub(crate) fn brew(scene: &SimWorld, span: i64) {
    let SimWorld {
        rng, time, setup, ..
    } = scene;
    let now = time.at();
    let mut all = Vec::new();
    let weathers = rng.within(0..3);
    for _ in 0..weathers {
        let account = rng.below(setup.borrow().accounts.len());
        let spell = FaultRule::drawn(setup.borrow().accounts[account].service, rng);
        all.push((0, SimFault::Weather(account, spell)));
    }
    for _ in 0..rng.within(1..5) {
        all.extend(SimFault::drawn(&setup.borrow(), span, rng));
    }
    for _ in 0..rng.within(1..5) {
        all.push((rng.within(0..span), SimFault::Renumber(family(rng))));
    }
    for _ in 0..rng.within(0..4) {
        all.push((rng.within(0..span), SimFault::said(rng)));
    }
    for (after, incident) in all {
        scene.expect(now + after.min(span), ScheduledEvent::Incident(incident));
    }
}

/// Everything that is wrong is right again.
pub(crate) fn calm(scene: &SimWorld) {
    let SimWorld {
        rng,
        line,
        place: providers,
        ..
    } = scene;
    line.all_tell_the_truth();
    line.set_link(LinkState::Up);
    for family in Family::ALL {
        line.flap(family, None);
        if !line.has(family) && rng.percent(80) {
            line.renumber(family, rng);
        }
    }
    // A host with no address at all has no network.
    if !Family::ALL.into_iter().any(|it| line.has(it)) {
        line.renumber(Family::V4, rng);
    }
    scene.weather.clears();
    scene.names.set([
        ServerState::Behind(SECOND),
        ServerState::Behind(30 * SECOND),
    ]);
    scene.disk.set_full(false);
    scene.disk.set_read_only(false);
    // What is no configuration is put right, and read again.
    if scene.is_misspelt.replace(false) {
        scene.events.borrow_mut().push_back(Event::Reload);
    }
    for (number, account) in scene.setup.borrow().accounts.iter().enumerate() {
        providers.change_secret(number, &account.secret);
    }
}
