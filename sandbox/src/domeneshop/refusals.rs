//! What the service says when it does not do what was asked.

use crate::http::ServerReply;
use crate::json::object;

/// An error in the service's own form.
pub(crate) fn failure(status: u16, code: &str, help: &str) -> ServerReply {
    ServerReply::json(status, &object! {"code": code, "help": help}).code(code)
}

/// The one answer to a path that leads nowhere and to a thing that does not exist.
pub(super) fn unknown() -> ServerReply {
    failure(
        404,
        "resource:unknown",
        "See documentation at https://api.domeneshop.no/docs",
    )
}

pub(super) fn unauthorized() -> ServerReply {
    failure(
        403,
        "resource:unauthorized",
        "This resource is not in your account",
    )
}

pub(super) fn invalid(why: &str) -> ServerReply {
    failure(400, "request:invalid", why)
}

pub(super) fn collision() -> ServerReply {
    failure(
        409,
        "record:collision",
        "The record collides with another of this host",
    )
}

pub(super) fn wrong_method(allowed: &'static str) -> ServerReply {
    failure(
        405,
        "method:unsupported",
        "This resource does not support the method",
    )
    .header("allow", allowed)
}

pub(super) fn host_changed() -> ServerReply {
    failure(
        412,
        "forward:host",
        "The host of a forward cannot be changed",
    )
}
