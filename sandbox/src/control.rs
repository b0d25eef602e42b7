//! The control port: what the handles do, over HTTP, for shell scripts.

use std::time::Duration;

use serde_json::{Value, json};

use crate::fault::{Fault, FaultKind};
use crate::http::{Request, ServerReply};
use crate::log::{Logged, Service, Site};
use crate::shared::{SandboxState, Shared};

/// What can be asked for, shown to whoever asks for something else.
pub(crate) const HELP: &str = "\
GET  /log                       requests so far, as JSON
POST /clear                     forgets them, and the faults
GET  /records?service=S&zone=Z  a zone's records (S: domeneshop, dnspod, dnspod-china)
POST /set?service=S&zone=Z&id=N&value=V   changes a record by hand
POST /add?service=S&zone=Z      adds one; the body is the provider's record object
POST /remove?service=S&zone=Z&id=N
POST /fault?service=S&path=P&kind=K&times=N   K: hang, drop, lose-answer, garbage, truncate, cut-off, endless,
                                status:N:BODY, retry-after:N:VALUE, code:C, slow:MS, delay:MS,
                                delay-work:MS; without times: always
POST /echo?n=N                  the body is what the N-th echo operator (0: the one on [::1]) says from now on
POST /advance?seconds=N         moves the clock of locks, bans and hour windows
POST /switch?service=S&name=N&on=B   B: true or false; N: numbers-as-strings, forwards-per-host or
                                forwards-without-slash of domeneshop, strict-user-agents of dnspod and dnspod-china
POST /dns?mode=M                freeze, thaw, refuse, fail, silent, answer
";

/// Answers a request on the control port.
pub(crate) fn answer(shared: &Shared, request: &Request) -> ServerReply {
    let world = &mut *shared.world();
    let done = match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/log") => Ok(world.log.iter().map(Logged::to_json).collect()),
        ("POST", "/clear") => {
            world.clear_log();
            world.dns.log.clear();
            world.faults.clear();
            Ok(Value::Null)
        }
        ("GET", "/records") => zone(world, request).map(|(service, zone)| match service {
            Service::DnsPod(site) => world.pod(site).records(zone).into(),
            _ => world.domeneshop.records(zone).into(),
        }),
        ("POST", "/set") => set(world, request),
        ("POST", "/add") => add(world, request),
        ("POST", "/remove") => remove(world, request),
        ("POST", "/fault") => fault(request).map(|fault| {
            world.faults.push(fault);
            Value::Null
        }),
        ("POST", "/echo") => echo(world, request),
        ("POST", "/advance") => param(request, "seconds").and_then(|seconds| {
            let seconds = seconds.parse().map_err(|_| "seconds is not a number")?;
            world.clock.advance(Duration::from_secs(seconds));
            Ok(Value::Null)
        }),
        ("POST", "/switch") => switch(world, request),
        ("POST", "/dns") => {
            param(request, "mode").and_then(|mode| world.dns_mode(mode).map(|()| Value::Null))
        }
        _ => return ServerReply::text(404, "text/plain; charset=utf-8", HELP),
    };
    shared.ring();
    match done {
        Ok(Value::Null) => ServerReply::json(200, &json!({"ok": true})),
        Ok(value) => ServerReply::json(200, &value),
        Err(why) => ServerReply::json(400, &json!({"error": why})),
    }
}

type Done = Result<Value, String>;

/// A parameter of the query or of a form.
fn param<'a>(request: &'a Request, name: &str) -> Result<&'a str, String> {
    let value = request.query(name).or_else(|| request.form(name));
    value.ok_or_else(|| format!("{name} is missing"))
}

fn service(request: &Request) -> Result<Service, String> {
    let name = param(request, "service")?;
    Service::named(name).ok_or_else(|| format!("there is no service {name:?}"))
}

fn zone<'a>(world: &mut SandboxState, request: &'a Request) -> Result<(Service, &'a str), String> {
    let (service, zone) = (service(request)?, param(request, "zone")?);
    let there = match service {
        Service::DnsPod(site) => world.pod(site).has_zone(zone),
        Service::Domeneshop => world.domeneshop.has_zone(zone),
        _ => false,
    };
    there
        .then_some((service, zone))
        .ok_or_else(|| format!("{service} has no zone {zone:?}"))
}

fn record<'a>(
    world: &mut SandboxState,
    request: &'a Request,
) -> Result<(Service, &'a str, u64), String> {
    let (service, zone) = zone(world, request)?;
    let id = param(request, "id")?;
    let id = id.parse().map_err(|_| "id is not a number".to_owned())?;
    let there = match service {
        Service::DnsPod(site) => world.pod(site).has_record(zone, id),
        _ => world.domeneshop.has_record(zone, id),
    };
    there
        .then_some((service, zone, id))
        .ok_or_else(|| format!("{zone:?} has no record {id}"))
}

fn set(world: &mut SandboxState, request: &Request) -> Done {
    let (service, zone, id) = record(world, request)?;
    let value = param(request, "value")?;
    if let Service::DnsPod(site) = service {
        let stamp = world.clock.stamp();
        world.pod(site).set(zone, id, value, stamp);
    } else {
        world.domeneshop.set(zone, id, value);
    }
    Ok(Value::Null)
}

fn add(world: &mut SandboxState, request: &Request) -> Done {
    let (service, zone) = zone(world, request)?;
    let fields: Value = serde_json::from_str(&request.body).map_err(|e| e.to_string())?;
    let id = if let Service::DnsPod(site) = service {
        let stamp = world.clock.stamp();
        world.pod(site).insert(zone, fields, stamp)
    } else {
        world.domeneshop.add_by_hand(zone, &fields)
    };
    Ok(json!({"id": id}))
}

fn remove(world: &mut SandboxState, request: &Request) -> Done {
    let (service, zone, id) = record(world, request)?;
    match service {
        Service::DnsPod(Site::International) => world.dnspod.remove(zone, id),
        Service::DnsPod(Site::China) => world.dnspod_china.remove(zone, id),
        _ => world.domeneshop.remove(zone, id),
    }
    Ok(Value::Null)
}

fn switch(world: &mut SandboxState, request: &Request) -> Done {
    let (service, name) = (service(request)?, param(request, "name")?);
    let on = param(request, "on")?
        .parse()
        .map_err(|_| "on is neither true nor false")?;
    let switch = match service {
        Service::DnsPod(site) => world.pod(site).switch(name),
        Service::Domeneshop => world.domeneshop.switch(name),
        _ => None,
    };
    *switch.ok_or_else(|| format!("{service} has no switch {name:?}"))? = on;
    Ok(Value::Null)
}

fn echo(world: &mut SandboxState, request: &Request) -> Done {
    let n: u8 = param(request, "n")?
        .parse()
        .map_err(|_| "n is not a number")?;
    let service = match n {
        0 => Service::Echo6,
        n => Service::Echo(n),
    };
    let body = format!("{}\n", request.body.trim_end());
    let reply = ServerReply::text(200, "text/plain", body);
    world.echoes.set(service, reply);
    Ok(Value::Null)
}

fn fault(request: &Request) -> Result<Fault, String> {
    let kind = param(request, "kind")?;
    let (word, rest) = kind.split_once(':').unwrap_or((kind, ""));
    let millis = || rest.parse().map(Duration::from_millis);
    let status = || {
        let (status, text) = rest.split_once(':').unwrap_or((rest, ""));
        status
            .parse::<u16>()
            .map(|status| (status, text.to_owned()))
    };
    let bad = |_| format!("{rest:?} is not a number");
    let kind = match word {
        "hang" => FaultKind::Hang,
        "drop" => FaultKind::Drop,
        "lose-answer" => FaultKind::LoseAnswer,
        "garbage" => FaultKind::Garbage,
        "truncate" => FaultKind::Truncate,
        "cut-off" => FaultKind::CutOff,
        "endless" => FaultKind::Endless,
        "code" => FaultKind::Code(rest.to_owned()),
        "slow" => FaultKind::Slow(millis().map_err(bad)?),
        "delay" => FaultKind::DelayAnswer(millis().map_err(bad)?),
        "delay-work" => FaultKind::DelayWork(millis().map_err(bad)?),
        "status" => status()
            .map(|(status, body)| FaultKind::Status(status, body))
            .map_err(bad)?,
        "retry-after" => status()
            .map(|(status, when)| FaultKind::RetryAfter(status, when))
            .map_err(bad)?,
        _ => return Err(format!("there is no fault {word:?}")),
    };
    let path = param(request, "path").unwrap_or_default();
    let fault = Fault::new(service(request)?, path, kind);
    match param(request, "times") {
        Err(_) => Ok(fault.always()),
        Ok(times) => {
            let times = times.parse().map_err(|_| "times is not a number")?;
            Ok(fault.times(times))
        }
    }
}
