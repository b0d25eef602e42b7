//! What a message changes in what is known: the kernel repeats itself, with every router
//! announcement and every statistic of a radio.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

use crate::{
    core::{
        address::{family::Family, policy::PublishPolicy},
        schedule::debounce::NetworkEvent,
    },
    netlink::message::{Address, NetlinkBody, Route, SelectedRoute},
};

/// The network as it was last described.
#[derive(Debug, Default)]
pub(super) struct NetworkState {
    /// Usable addresses of global scope, each with its interface's number.
    addresses: BTreeMap<(u32, IpAddr), EntryKey>,
    /// Those that went since [`NetworkState::follow`] was last called.
    lost: Vec<((u32, IpAddr), EntryKey)>,
    /// Default routes.
    routes: BTreeSet<Route>,
    /// Whether each interface runs.
    links: BTreeMap<u32, bool>,
    /// The route that the kernel selects to the Internet in each family.
    selected: Selected,
}

/// The kernel's answer for each family.
pub(super) type Selected = [Option<SelectedRoute>; 2];

/// What an address is good for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct EntryKey {
    /// It may be published by default.
    is_public: bool,
    /// It is to be replaced soon, and is seldom what is published.
    is_temporary: bool,
}

impl EntryKey {
    fn of(address: &Address) -> Self {
        let family = Family::of(address.addr);
        Self {
            is_public: PublishPolicy::default().check(family, address.addr).is_ok(),
            is_temporary: address.is_temporary(),
        }
    }
}

impl NetworkState {
    /// Takes a message in; what it changes.
    pub(super) fn apply(&mut self, body: &NetlinkBody) -> Option<NetworkEvent> {
        let changed = |it: bool| it.then_some(NetworkEvent::Other);
        match body {
            NetlinkBody::Address(it) if it.is_global() && !it.is_unusable() => {
                // A temporary address may be through its trial before the stable one beside it, one
                // of a network of our own is seldom what is published, and one of a line that is not
                // used yet neither: they can wait a moment.
                let kind = EntryKey::of(it);
                let acts = kind.is_public && !kind.is_temporary && !self.is_off_default_route(it);
                let is_new = self.addresses.insert((it.index, it.addr), kind).is_none();
                is_new.then_some(if acts {
                    NetworkEvent::AddressAdded
                } else if kind.is_public {
                    NetworkEvent::Rerouted
                } else {
                    NetworkEvent::Other
                })
            }
            NetlinkBody::Address(it) => self.lose(it),
            NetlinkBody::AddressGone(it) => {
                if it.addr.is_ipv4() {
                    self.drop_routes(it.index);
                }
                self.lose(it)
            }
            NetlinkBody::Link(it) => {
                if !it.up {
                    self.drop_routes(it.index);
                }
                changed(self.links.insert(it.index, it.up) != Some(it.up))
            }
            NetlinkBody::LinkGone(it) => {
                self.drop_routes(it.index);
                changed(self.links.remove(&it.index).is_some())
            }
            NetlinkBody::DefaultRoute(it) => {
                // Nothing is said of a route whose place this one takes.
                self.routes
                    .retain(|route| route == it || !route.may_be_replaced_by(it));
                let is_new = self.routes.insert(it.clone());
                is_new.then_some(NetworkEvent::Rerouted)
            }
            NetlinkBody::DefaultRouteGone(it) => {
                self.routes.remove(it);
                Some(NetworkEvent::Rerouted)
            }
            // What the first two change, the kernel is asked.
            NetlinkBody::SelectedRoute(_)
            | NetlinkBody::RoutingChanged
            | NetlinkBody::Done
            | NetlinkBody::Error(_)
            | NetlinkBody::Other => None,
        }
    }

    /// Takes in which route the kernel selects now, if it could be asked, after the messages of one moment;
    /// what they change besides what [`NetworkState::apply`] said. An address that went while another one can take its place acts at
    /// once, for that is what is published from now on. Any other change of the way out settles first: a
    /// route whose metric is changed is often taken away and put in anew.
    pub(super) fn follow(&mut self, selected: Option<Selected>) -> Option<NetworkEvent> {
        let lost = std::mem::take(&mut self.lost);
        let Some(selected) = selected else {
            return Some(NetworkEvent::Rerouted);
        };
        let before = std::mem::replace(&mut self.selected, selected);
        let is_replaced = |(lost, kind): &((u32, IpAddr), EntryKey)| {
            let mut others = self.addresses.iter();
            others.any(|(other, other_kind)| {
                Family::of(other.1) == Family::of(lost.1)
                    && !other_kind.is_temporary
                    && (other_kind.is_public || !kind.is_public)
                    && self.links.get(&other.0) != Some(&false)
                    && (other.0 == lost.0
                        || self.is_on_default_route(lost, before)
                            && self.is_on_default_route(other, selected))
            })
        };
        if lost.iter().any(is_replaced) {
            Some(NetworkEvent::AddressAdded)
        } else {
            (before != selected).then_some(NetworkEvent::Rerouted)
        }
    }
}

impl NetworkState {
    /// An address is gone or not usable any more; what that changes.
    fn lose(&mut self, address: &Address) -> Option<NetworkEvent> {
        let lost = (address.index, address.addr);
        let key = self.addresses.remove(&lost)?;
        self.lost.push((lost, key));
        Some(if key.is_public {
            NetworkEvent::Rerouted
        } else {
            NetworkEvent::Other
        })
    }

    /// Whether the kernel sends by the interface of an address, or from an address of that interface.
    fn is_on_default_route(&self, (index, addr): &(u32, IpAddr), selected: Selected) -> bool {
        let of_family = Family::ALL.into_iter().zip(selected);
        let mut routes =
            of_family.filter_map(|(family, route)| route.filter(|_| family == Family::of(*addr)));
        routes.any(|route| {
            let has_source =
                |source| source == *addr || self.addresses.contains_key(&(*index, source));
            route.interface == Some(*index) || route.source.is_some_and(has_source)
        })
    }

    /// Whether its family's default routes all leave by other interfaces. Where there is none, the
    /// one that belongs to the address is on its way.
    fn is_off_default_route(&self, address: &Address) -> bool {
        let mut routes = self.routes.iter().filter(|it| it.carries(address.addr));
        routes.clone().next().is_some() && routes.all(|it| it.leaves_elsewhere(address.index))
    }

    /// The kernel drops the IPv4 routes of an interface that goes down or loses an address without a
    /// word: one that comes back afterwards is news.
    fn drop_routes(&mut self, index: u32) {
        self.routes.retain(|route| !route.leaves_by(index));
    }
}

#[cfg(test)]
mod tests;
