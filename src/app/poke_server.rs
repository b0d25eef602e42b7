//! The socket of `moored poke`: whoever may connect says that it is time to look, and perhaps what
//! our addresses are. `moored check` says there which accounts it asks, and which of them accept their
//! credentials.

use std::{cell::RefCell, io, net::IpAddr, rc::Rc};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
    sync::Notify,
};
use tracing::info;

use super::{clock::BootClock, status_server::serve};
use crate::{
    commands::poke::{IgnoredAddress, PokeAnswer},
    config::Config,
    core::{
        address::{family::Family, policy::PublishPolicy},
        detection::hint::AddressHint,
        dns::record::AccountName,
        state::probe::{ProbeAnswer, ProbeMessage, ProbeRefused},
    },
    daemon::DaemonStatus,
    engine::Clock,
    sources::source::Source,
};

/// The longest line that is read: room for an address of each family.
const MAX_MESSAGE_LENGTH: u64 = 128;

/// Which addresses of a family have a say under a configuration, or why none has.
type LogFunction = Result<PublishPolicy, String>;

/// What was said and not heard yet.
pub(super) struct PokeServer {
    say: RefCell<[LogFunction; 2]>,
    /// The accounts of the configuration in force, with their fingerprints.
    accounts: RefCell<Vec<(u64, AccountName)>>,
    daemon_status: Rc<DaemonStatus>,
    poke: RefCell<Option<AddressHint>>,
    rung: Notify,
}

impl PokeServer {
    /// A bell that nobody has rung yet.
    pub(super) fn new(config: &Config, daemon_status: Rc<DaemonStatus>) -> Self {
        Self {
            say: RefCell::new(say(config)),
            accounts: RefCell::new(accounts(config)),
            daemon_status,
            poke: RefCell::default(),
            rung: Notify::new(),
        }
    }

    /// From now on this configuration says who has a say.
    pub(super) fn reload(&self, config: &Config) {
        *self.say.borrow_mut() = say(config);
        *self.accounts.borrow_mut() = accounts(config);
    }

    /// Waits for the next poke. A wait that is given up loses nothing.
    pub(super) async fn next(&self) -> AddressHint {
        loop {
            if let Some(poke) = self.poke.take() {
                return poke;
            }
            self.rung.notified().await;
        }
    }

    /// Listens for ever.
    pub(super) async fn answer(self: Rc<Self>, listener: UnixListener) {
        serve(listener, move |mut stream| {
            let poke_server = Rc::clone(&self);
            async move { poke_server.handle(&mut stream).await }
        })
        .await;
    }

    async fn handle(&self, stream: &mut UnixStream) -> io::Result<()> {
        let answer = match line(stream).await? {
            Ok(text) => match text.parse() {
                Ok(message) => serde_json::to_vec(&self.probe(message)),
                Err(_) => serde_json::to_vec(&self.notify(&text)),
            },
            Err(why) => serde_json::to_vec(&refusal(&why)),
        };
        stream.write_all(&answer?).await
    }

    /// Takes in what `moored check` says.
    fn probe(&self, message: ProbeMessage) -> ProbeAnswer {
        let now = BootClock.now();
        let mut answer = ProbeAnswer::default();
        let Ok(mut state) = self.daemon_status.state.try_borrow_mut() else {
            // A round has it just now.
            answer.wait_millis = 1_000;
            return answer;
        };
        let fingerprint = message.fingerprint();
        let accounts = self.accounts.borrow();
        let own = accounts.iter().filter(|(own, _)| *own == fingerprint);
        let own: Vec<_> = own.map(|(_, name)| name).collect();
        answer.is_known = !own.is_empty();
        if let ProbeMessage::Begin(_) = message {
            if let Err(ProbeRefused::TooSoon(wait)) = state.probes.begin(fingerprint, now) {
                let millis = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                answer.wait_millis = millis.max(1);
            }
            return answer;
        }
        state.probes.finish(fingerprint);
        for name in own {
            if message.is_accepted() && state.lift_holds(name, message.is_clear(), now) {
                info!("`moored check` found account {name} in order: a round starts");
                answer.lifted = true;
            }
        }
        if answer.lifted {
            let before = self.poke.take().unwrap_or_default();
            *self.poke.borrow_mut() = Some(before);
            self.rung.notify_one();
        }
        answer
    }

    /// Takes a line in.
    fn notify(&self, text: &str) -> PokeAnswer {
        let said: AddressHint = match text.parse() {
            Ok(said) => said,
            Err(why) => return refusal(&why),
        };
        let ignored: Vec<_> = said.addrs().filter_map(|addr| self.ignores(addr)).collect();
        let heard = said.filter(|addr| ignored.iter().all(|it| it.address != addr));
        let before = self.poke.take().unwrap_or_default();
        *self.poke.borrow_mut() = Some(before.merge(heard));
        self.rung.notify_one();
        PokeAnswer {
            refused: None,
            ignored,
        }
    }

    fn ignores(&self, address: IpAddr) -> Option<IgnoredAddress> {
        let [four, six] = &*self.say.borrow();
        let family = Family::of(address);
        let say = if family == Family::V4 { four } else { six };
        let reason = match say {
            Ok(acceptance) => acceptance.check(family, address).err()?.to_string(),
            Err(reason) => reason.clone(),
        };
        Some(IgnoredAddress { address, reason })
    }
}

fn refusal(why: &impl ToString) -> PokeAnswer {
    PokeAnswer {
        refused: Some(why.to_string()),
        ignored: Vec::new(),
    }
}

/// One line, without its end; why there is none, if what came is too long or ends early.
async fn line(stream: &mut UnixStream) -> io::Result<Result<String, &'static str>> {
    let mut bytes = Vec::new();
    let mut rest = stream.take(MAX_MESSAGE_LENGTH);
    while !bytes.contains(&b'\n') {
        if rest.read_buf(&mut bytes).await? == 0 {
            let cut = "a line with at most one address of each family is expected";
            return Ok(Err(cut));
        }
    }
    let line = bytes.split(|byte| *byte == b'\n').next();
    Ok(String::from_utf8(line.unwrap_or_default().to_vec()).map_err(|_| "that is no text"))
}

/// The accounts with their fingerprints.
fn accounts(config: &Config) -> Vec<(u64, AccountName)> {
    let accounts = config.accounts.iter();
    accounts
        .map(|it| (it.fingerprint, it.name.clone()))
        .collect()
}

/// Who has a say under this configuration: IPv4, IPv6.
fn say(config: &Config) -> [LogFunction; 2] {
    let targets = config.targets();
    Family::ALL.map(|family| {
        let how = config.family(family);
        let is_outside = |source: &Source| !source.operators().is_empty();
        if targets.iter().all(|it| it.family != family) {
            Err(format!("no {family} records are kept"))
        } else if !config.detection_paths().contains(&family.into()) {
            Err(format!(
                "every host\'s {family} address is found out over an interface of its own"
            ))
        } else if how.sources.contains(&Source::Router) {
            Err("it may well be read off the router, and `router` is asked".to_owned())
        } else if how.sources.iter().any(is_outside) {
            Ok(how.acceptance.clone())
        } else {
            Err(format!(
                "this host itself says what its {family} address is, and no source outside is asked"
            ))
        }
    })
}
