//! Each kind of fault, as a caller meets it.

use std::io::{ErrorKind, Read};
use std::time::Duration;

use sandbox::{Fault, FaultKind, Sandbox, Service, Site};

use crate::client::{basic, code, get, pod, receive, send, shop, with_pod, with_shop};

const UPDATE: &str = "/dyndns/update?hostname=home.example.com&myip=192.0.2.7";

/// A sandbox whose next Domeneshop update goes wrong.
fn with_fault(kind: FaultKind) -> Sandbox {
    let (sandbox, _) = with_shop();
    sandbox.fault(Fault::new(Service::Domeneshop, "/dyndns/update", kind));
    sandbox
}

fn sent(sandbox: &Sandbox) -> std::net::TcpStream {
    let url = sandbox.domeneshop().url() + UPDATE;
    send(
        "GET",
        &url,
        &[("authorization", &basic("token", "secret"))],
        "",
    )
}

fn written(sandbox: &Sandbox) -> bool {
    !sandbox.domeneshop().records("example.com").is_empty()
}

#[test]
fn hang_takes_the_request_and_never_answers() {
    let sandbox = with_fault(FaultKind::Hang);
    let mut stream = sent(&sandbox);
    assert!(sandbox.wait_for(Service::Domeneshop, 1, Duration::from_secs(10)));
    stream
        .set_read_timeout(Some(Duration::from_millis(50)))
        .unwrap();
    let error = stream.read(&mut [0; 1]).unwrap_err();
    assert!(matches!(
        error.kind(),
        ErrorKind::WouldBlock | ErrorKind::TimedOut
    ));
    assert!(!written(&sandbox));
    assert_eq!(sandbox.log()[0].status, None);
}

#[test]
fn drop_closes_the_connection_and_does_nothing() {
    let sandbox = with_fault(FaultKind::Drop);
    assert!(receive(sent(&sandbox)).is_err());
    assert!(!written(&sandbox));
}

#[test]
fn lose_answer_does_the_work_and_closes_the_connection() {
    let sandbox = with_fault(FaultKind::LoseAnswer);
    assert!(receive(sent(&sandbox)).is_err());
    assert!(written(&sandbox));
    assert_eq!(sandbox.log()[0].status, None);
}

#[test]
fn status_answers_in_the_services_place() {
    let sandbox = with_fault(FaultKind::Status(503, "busy".to_owned()));
    let answer = shop(&sandbox, "GET", UPDATE, "");
    assert_eq!((answer.status, answer.body.as_str()), (503, "busy"));
    assert!(!written(&sandbox));
    assert_eq!(sandbox.log()[0].status, Some(503));
}

#[test]
fn garbage_is_a_web_page_with_200() {
    let sandbox = with_fault(FaultKind::Garbage);
    let answer = shop(&sandbox, "GET", UPDATE, "");
    assert_eq!(answer.status, 200);
    assert!(answer.body.starts_with("<html>"));
    assert!(!written(&sandbox));
}

#[test]
fn truncate_and_cut_off_end_an_answer_half_way() {
    let (sandbox, _) = with_shop();
    let whole = shop(&sandbox, "GET", "/domains", "").body;
    let strike = |kind| sandbox.fault(Fault::new(Service::Domeneshop, "/domains", kind));
    strike(FaultKind::Truncate);
    let half = shop(&sandbox, "GET", "/domains", "");
    assert_eq!(half.body, whole[..whole.len() / 2]);
    assert_eq!(
        half.header("content-length").unwrap(),
        half.body.len().to_string()
    );
    strike(FaultKind::CutOff);
    let cut = shop(&sandbox, "GET", "/domains", "");
    assert_eq!(cut.body, half.body);
    assert_eq!(
        cut.header("content-length").unwrap(),
        whole.len().to_string()
    );
}

#[test]
fn slow_gives_the_right_answer_a_byte_at_a_time() {
    let (sandbox, _) = with_shop();
    let whole = shop(&sandbox, "GET", "/domains", "").body;
    let kind = FaultKind::Slow(Duration::from_millis(1));
    sandbox.fault(Fault::new(Service::Domeneshop, "/domains", kind));
    assert_eq!(shop(&sandbox, "GET", "/domains", "").body, whole);
}

#[test]
fn endless_goes_on_for_longer_than_anyone_listens() {
    let sandbox = Sandbox::start();
    sandbox.fault(Fault::new(Service::Echo(1), "", FaultKind::Endless));
    let mut stream = send("GET", &sandbox.echo(1).url(), &[], "");
    let mut heard = vec![0; 5_000_000];
    stream.read_exact(&mut heard).unwrap();
    drop(stream);
    assert_eq!(get(&sandbox.echo(1).url()).body, "127.0.0.1\n");
}

#[test]
fn retry_after_names_the_wait() {
    let sandbox = with_fault(FaultKind::RetryAfter(429, "120".to_owned()));
    let answer = shop(&sandbox, "GET", UPDATE, "");
    assert_eq!(
        (answer.status, answer.header("retry-after")),
        (429, Some("120"))
    );
    assert!(!written(&sandbox));
}

#[test]
fn code_speaks_each_providers_language() {
    let sandbox = with_fault(FaultKind::Code("request:odd".to_owned()));
    let answer = shop(&sandbox, "GET", UPDATE, "");
    assert_eq!(
        (answer.status, &answer.json()["code"]),
        (400, &"request:odd".into())
    );
    let sandbox = with_pod(Site::China);
    let service = sandbox.dnspod(Site::China).service();
    sandbox.fault(Fault::new(
        service,
        "Record.List",
        FaultKind::Code("-2".to_owned()),
    ));
    assert_eq!(code(&pod(&sandbox, Site::China, "Record.List", &[])), "-2");
    assert_eq!(code(&pod(&sandbox, Site::China, "Record.List", &[])), "1");
}

#[test]
fn delay_answer_does_the_work_at_once_and_answers_later() {
    let sandbox = with_fault(FaultKind::DelayAnswer(Duration::from_millis(200)));
    let stream = sent(&sandbox);
    assert!(sandbox.wait_for(Service::Domeneshop, 1, Duration::from_secs(10)));
    assert!(written(&sandbox));
    assert_eq!(sandbox.log()[0].status, None);
    assert_eq!(receive(stream).unwrap().status, 204);
    assert_eq!(sandbox.log()[0].status, Some(204));
}

#[test]
fn delay_work_does_the_work_later_and_for_a_caller_who_has_left_too() {
    let late = || FaultKind::DelayWork(Duration::from_millis(100));
    let sandbox = with_fault(late());
    let stream = sent(&sandbox);
    assert!(sandbox.wait_for(Service::Domeneshop, 1, Duration::from_secs(10)));
    assert!(!written(&sandbox));
    assert_eq!(receive(stream).unwrap().status, 204);
    assert!(written(&sandbox));

    let sandbox = with_fault(late());
    drop(sent(&sandbox));
    assert!(sandbox.settle(Duration::from_secs(10)));
    assert!(written(&sandbox));
}

#[test]
fn nothing_is_settled_while_a_caller_stays_and_everything_once_he_has_left() {
    let sandbox = with_fault(FaultKind::Hang);
    let stream = sent(&sandbox);
    assert!(!sandbox.settle(Duration::from_millis(100)));
    drop(stream);
    assert!(sandbox.settle(Duration::from_secs(10)));
    assert_eq!(sandbox.log().len(), 1);
    drop(sent(&sandbox));
    assert!(sandbox.settle(Duration::from_secs(10)));
    assert!(written(&sandbox), "what was sent is done before that");
}

#[test]
fn a_fault_strikes_once_or_so_many_times_or_until_it_is_taken_back() {
    let (sandbox, _) = with_shop();
    let busy = || FaultKind::Status(503, String::new());
    let fault = || Fault::new(Service::Domeneshop, "GET /v0/domains", busy());
    let asked = |n: usize| -> Vec<u16> {
        (0..n)
            .map(|_| shop(&sandbox, "GET", "/domains", "").status)
            .collect()
    };
    sandbox.fault(fault());
    assert_eq!(asked(2), [503, 200]);
    sandbox.fault(fault().times(2));
    assert_eq!(asked(3), [503, 503, 200]);
    sandbox.fault(fault().after(1));
    assert_eq!(asked(3), [200, 503, 200]);
    sandbox.fault(fault().always());
    assert_eq!(asked(3), [503, 503, 503]);
    sandbox.clear_faults();
    assert_eq!(asked(1), [200]);
}

#[test]
fn the_first_fault_that_matches_wins_and_others_wait() {
    let (sandbox, id) = with_shop();
    for (path, status) in [("/dns", 502), ("/domains", 503)] {
        let kind = FaultKind::Status(status, String::new());
        sandbox.fault(Fault::new(Service::Domeneshop, path, kind));
    }
    let ask = |path: &str| shop(&sandbox, "GET", path, "").status;
    assert_eq!(ask("/domains"), 503);
    assert_eq!(ask(&format!("/domains/{id}/dns")), 502);
    assert_eq!(ask("/domains"), 200);
}

#[test]
fn a_fault_can_be_told_by_a_parameter_of_the_form() {
    let sandbox = with_pod(Site::International);
    let service = sandbox.dnspod(Site::International).service();
    let kind = FaultKind::Code("3".to_owned());
    sandbox.fault(Fault::new(service, "sub_domain=www", kind));
    let list = |name| {
        pod(
            &sandbox,
            Site::International,
            "Record.List",
            &[("sub_domain", name)],
        )
    };
    assert_eq!(code(&list("@")), "1");
    assert_eq!(code(&list("www")), "3");
}
