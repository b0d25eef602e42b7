//! Every rule the sandbox keeps, checked over the network by a client that knows nothing of its inside.

#![expect(
    clippy::unwrap_used,
    reason = "these are tests, their helpers included; the lint knows only functions marked as such"
)]
#![allow(
    clippy::doc_markdown,
    reason = "DNSPod is the name of a company, not of an item"
)]

mod client;
mod connections;
mod control;
mod dns;
mod dnspod_acquire;
mod dnspod_aliases;
mod dnspod_auth;
mod dnspod_batch;
mod dnspod_domain_calls;
mod dnspod_domain_locks;
mod dnspod_domains;
mod dnspod_list;
mod dnspod_locks;
mod dnspod_plan;
mod dnspod_shares;
mod dnspod_user;
mod dnspod_write;
mod domeneshop;
mod domeneshop_forwards;
mod domeneshop_invoices;
mod domeneshop_types;
mod domeneshop_write;
mod dyndns;
mod echo;
mod faults;
mod handle;
mod large;
mod offline;
mod order;
mod program;
