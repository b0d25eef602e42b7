//! One look at our addresses of a family: what is asked, and how.

use std::{cell::Cell, collections::BTreeSet, net::IpAddr};

use super::{
    address_text::several,
    command,
    detector::{Detector, FamilySources},
    file,
    kernel::NetworkSnapshot,
    probe_list::Probe,
    router::Router,
    socket_binder::SocketBinder,
};
use crate::{
    core::{
        address::{family::Family, select::select_address},
        detection::{
            nat::{ExternalAddress, RouterReport},
            path::{DetectionPath, Interface},
        },
        foreign_text::printable,
    },
    http::redactor::Redactor,
};

/// A look, in which every question starts from the same.
pub(super) struct ProbeContext<'l> {
    pub(super) detector: &'l Detector,
    pub(super) how: &'l FamilySources,
    pub(super) detection_path: &'l DetectionPath,
    /// What the kernel has.
    pub(super) view: &'l NetworkSnapshot,
    /// What was believed last.
    pub(super) known: &'l BTreeSet<IpAddr>,
    /// What the router says, once it was asked.
    pub(super) word: Cell<Option<ExternalAddress>>,
}

impl ProbeContext<'_> {
    /// Asks one. Why there is no answer may quote whatever answered, and is made printable (L15).
    pub(super) async fn ask(&self, ask: &Probe) -> Result<Vec<IpAddr>, String> {
        let answer = self.answer(ask).await;
        answer.map_err(|what| printable(&what).into_owned())
    }

    async fn answer(&self, ask: &Probe) -> Result<Vec<IpAddr>, String> {
        let Self {
            detector,
            how,
            view,
            known,
            ..
        } = self;
        let way = &SocketBinder::new(self.detection_path.clone(), detector.timeout);
        match ask {
            Probe::Interface(name) => {
                let via = way.detection_path.via.as_ref();
                interface(name.as_deref(), via, how, view, known)
            }
            Probe::Echo(url) => detector.echoes.ask(way, url).await.map(|addr| vec![addr]),
            Probe::Dns(operator) => {
                let addr = operator.ask(way, detector.random()?).await;
                addr.map(|addr| vec![addr])
            }
            Probe::Stun(server) => {
                let addr = server.ask(way, detector.random()?).await;
                addr.map(|addr| vec![addr])
            }
            Probe::Router => self.ask_the_router(way).await.map(|addr| vec![addr]),
            Probe::Static(addrs) => Ok(addrs.clone()),
            Probe::File(path) => several(&file::content(path)?).map(|it| of(it, how.family)),
            Probe::Command(line) => {
                let environment = &detector.command_environment;
                let text = command::output(line, environment, detector.timeout).await?;
                let addrs = several(&text)
                    .map_err(|what| repeated(&text, &line.secrets(environment), what))?;
                Ok(of(addrs, how.family))
            }
        }
    }

    /// Asks the router in front of this host, and notes what it says, fit to be published or not.
    async fn ask_the_router(&self, way: &SocketBinder) -> Result<IpAddr, String> {
        let addr = self.view.router.clone()?;
        let router = Router::new(addr, &self.detector.echoes.user_agent, &self.how.acceptance);
        let answer = router.ask(way, self.detector.random()?).await;
        let says = match &answer {
            Ok(addr) => Some(RouterReport::Address((*addr).into())),
            Err(failure) => failure.no_address.then_some(RouterReport::None),
        };
        self.word.set(says.map(|says| ExternalAddress {
            router: addr,
            report: says,
            at: self.detector.now(),
        }));
        answer.map(IpAddr::from).map_err(|failure| failure.what)
    }
}

/// Why a command's output is no list of addresses, without a secret of the command that it repeats.
fn repeated(output: &[u8], secrets: &Redactor, what: String) -> String {
    let text = String::from_utf8_lossy(output);
    let shown = secrets.hide(&text);
    if shown == text {
        return what;
    }
    let what = several(shown.as_bytes()).err();
    what.unwrap_or_else(|| "it repeats an argument or a variable of the command".to_owned())
}

/// A file or command may serve both families with one text: each takes its own addresses.
fn of(addrs: Vec<IpAddr>, family: Family) -> Vec<IpAddr> {
    addrs
        .into_iter()
        .filter(|addr| Family::of(*addr) == family)
        .collect()
}

fn interface(
    name: Option<&str>,
    via: Option<&Interface>,
    how: &FamilySources,
    view: &NetworkSnapshot,
    known: &BTreeSet<IpAddr>,
) -> Result<Vec<IpAddr>, String> {
    if let (Some(name), Some(via)) = (name, via)
        && name != via.name()
    {
        return Err(format!("it is another interface than `via` says, `{via}`"));
    }
    let candidates: Vec<_> = view
        .addresses
        .iter()
        .filter(|it| name.is_none_or(|name| it.interface == name))
        .filter(|it| !it.addr.is_loopback())
        .cloned()
        .collect();
    if let Some(name) = name
        && candidates.is_empty()
    {
        return Err(format!("there is no interface `{name}` with an address"));
    }
    // Whoever names an interface means that one, whatever the kernel sends by.
    let egress = view.egress(how.family).filter(|_| name.is_none());
    let chosen = select_address(
        how.family,
        &candidates,
        &how.acceptance,
        how.prefer,
        egress,
        known,
    )?;
    Ok(vec![chosen.addr()])
}
