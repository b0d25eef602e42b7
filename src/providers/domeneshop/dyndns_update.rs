//! Whole record sets of many hosts in few requests: hosts that get the same addresses share one.

use std::collections::BTreeSet;

use crate::{
    core::{
        address::policy::PublishableAddr,
        dns::{
            change::{Change, Method},
            name::Fqdn,
        },
        error::{ProviderError, Scope},
    },
    http::{Transport, encode},
    providers::operation::Call as _,
};

use super::{
    Client, MAX_URL_BYTES, api::dyndns::DyndnsUpdate, request, result_collector::ResultCollector,
};

/// What one host gets: the addresses of both families, if both change.
struct HostUpdate<'p> {
    host: &'p Fqdn,
    addrs: BTreeSet<PublishableAddr>,
    /// The changes it carries out, by their places in the plan.
    places: Vec<usize>,
}

/// Hosts that get the same addresses, few enough for one URL.
pub(super) struct Batch<'p> {
    addrs: Vec<PublishableAddr>,
    pushes: Vec<HostUpdate<'p>>,
    room: usize,
}

/// The fewest batches for the pushes among `changes`, in the plan's order.
pub(super) fn batches<'p>(changes: &'p [Change], base: &str) -> Vec<Batch<'p>> {
    let mut batches: Vec<Batch<'p>> = Vec::new();
    for push in pushes(changes) {
        // One more for the comma.
        let cost = encode(push.host.as_str()).len() + 1;
        let fitting = batches
            .iter_mut()
            .find(|batch| batch.room >= cost && push.addrs.iter().eq(&batch.addrs));
        if let Some(batch) = fitting {
            batch.room -= cost;
            batch.pushes.push(push);
        } else {
            let addrs: Vec<_> = push.addrs.iter().copied().collect();
            let without_hosts = base.len() + length(&update(&[], &addrs));
            batches.push(Batch {
                addrs,
                room: MAX_URL_BYTES.saturating_sub(without_hosts + cost),
                pushes: vec![push],
            });
        }
    }
    batches
}

fn pushes(changes: &[Change]) -> Vec<HostUpdate<'_>> {
    let mut pushes: Vec<HostUpdate<'_>> = Vec::new();
    for (place, change) in changes.iter().enumerate() {
        let Method::ReplaceRRset(addrs) = &change.method else {
            continue;
        };
        let host = &change.target.host;
        match pushes.iter_mut().find(|push| push.host == host) {
            Some(push) => {
                push.addrs.extend(addrs.iter());
                push.places.push(place);
            }
            None => pushes.push(HostUpdate {
                host,
                addrs: addrs.iter().collect(),
                places: vec![place],
            }),
        }
    }
    pushes
}

/// Some hosts of a batch, to go in one request.
struct BatchPart<'b, 'p> {
    pushes: &'b [HostUpdate<'p>],
    /// Whether the other half comes right after it.
    is_first_half: bool,
    /// Whether it is known to hold a host that is refused: asking for all of it again would
    /// bring nothing new.
    is_suspect: bool,
}

/// Sends a batch. Where the answer is that a host is refused, the batch is halved until that host
/// stands alone, so that it holds up no other; only a request that names a host alone makes that
/// host fail. For `n` hosts that takes at most `2n − 1` requests, and for one bad host among them
/// at most some `2 log₂ n`.
pub(super) async fn deliver<T: Transport>(
    client: &Client<T>,
    batch: &Batch<'_>,
    ledger: &mut ResultCollector,
) {
    let mut parts = vec![BatchPart {
        pushes: &batch.pushes,
        is_first_half: false,
        is_suspect: false,
    }];
    while let Some(part) = parts.pop() {
        if ledger.is_halted() {
            return;
        }
        let can_be_halved = part.pushes.len() > 1;
        if !(can_be_halved && part.is_suspect) {
            let update = update(part.pushes, &batch.addrs);
            let result = client.call(&update).await;
            let is_refused = matches!(&result, Err(failure) if failure.scope == Scope::Host);
            if !(can_be_halved && is_refused) {
                if part.is_first_half
                    && result.is_ok()
                    && let Some(second_half) = parts.last_mut()
                {
                    second_half.is_suspect = true;
                }
                settle(ledger, part.pushes, &result);
                continue;
            }
        }
        let (first, second) = part.pushes.split_at(part.pushes.len() / 2);
        // The last in is the first out.
        for (pushes, is_first_half) in [(second, false), (first, true)] {
            parts.push(BatchPart {
                pushes,
                is_first_half,
                is_suspect: false,
            });
        }
    }
}

fn update(pushes: &[HostUpdate<'_>], addrs: &[PublishableAddr]) -> DyndnsUpdate {
    let hosts: Vec<_> = pushes.iter().map(|push| push.host.as_str()).collect();
    let addrs: Vec<_> = addrs.iter().map(ToString::to_string).collect();
    DyndnsUpdate {
        hostname: hosts.join(","),
        myip: Some(addrs.join(",")),
    }
}

/// The length of its path and query.
fn length(update: &DyndnsUpdate) -> usize {
    request::target(DyndnsUpdate::OPERATION, &update.arguments()).len()
}

fn settle(
    ledger: &mut ResultCollector,
    pushes: &[HostUpdate<'_>],
    result: &Result<(), ProviderError>,
) {
    let places = pushes.iter().flat_map(|push| push.places.iter().copied());
    ledger.record(places, result);
}
