//! The program for trying things by hand.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::client::{basic, call, code, form};

/// The program and what it printed at its start; it ends with the value.
struct Program {
    child: Child,
    said: Vec<String>,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Program {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_sandbox"))
            .args(["--port-base", "0", "--until-eof"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = Vec::new();
        for line in lines.by_ref() {
            let line = line.unwrap();
            let last = line == "Requests:";
            said.push(line);
            if last {
                break;
            }
        }
        Self { child, said, lines }
    }

    /// What the configuration that was printed says, in each section of a kind, for a key.
    fn configured(&self, kind: &str, key: &str) -> Vec<String> {
        let sections = self.said.split(|line| line.starts_with("[["));
        let heads = self.said.iter().filter(|line| line.starts_with("[["));
        let sections = heads.zip(sections.skip(1));
        let of_kind = sections.filter(|(head, _)| **head == format!("[[{kind}]]"));
        let start = format!("{key} = ");
        let values = of_kind.flat_map(|(_, lines)| lines);
        let values = values.filter_map(|line| line.strip_prefix(&start));
        values
            .map(|value| value.trim_matches(['"', '[', ']']).to_owned())
            .collect()
    }

    /// Calls the DNSPod of a section of the configuration, by the section's number, as the user there.
    fn pod(&self, section: usize, action: &str, pairs: &[(&str, &str)]) -> Value {
        let url = &self.configured("dnspod", "endpoint")[section];
        let token = &self.configured("dnspod", "token")[section];
        let mut all = vec![("login_token", token.as_str()), ("format", "json")];
        all.extend_from_slice(pairs);
        let kind = ("content-type", "application/x-www-form-urlencoded");
        let answer = call("POST", &format!("{url}/{action}"), &[kind], &form(&all)).json();
        assert_eq!(code(&answer), "1", "{action}: {answer}");
        answer
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // Nothing is to be done about a program that ended badly, here.
        let _ = self.child.wait();
    }
}

#[test]
fn the_program_prints_where_everything_is_then_each_request_and_ends_with_its_input() {
    let mut program = Program::start();
    let url = format!(
        "{}/domains",
        program.configured("domeneshop", "endpoint")[0]
    );
    let header = ("authorization", &*basic("sandbox", "sandbox-secret"));
    let domains = call("GET", &url, &[header], "").json();
    assert_eq!(domains[0]["domain"], "example.com");
    let mut rest = program.lines.by_ref().map(Result::unwrap);
    let first = rest.find(|line| !line.is_empty());
    assert_eq!(first.unwrap(), "domeneshop   GET /v0/domains → 200");
    drop(program.child.stdin.take());
    assert!(program.child.wait().unwrap().success());
}

#[test]
fn the_program_has_two_accounts_of_domeneshop_with_domains_and_invoices() {
    let program = Program::start();
    let secrets = program.configured("domeneshop", "secret");
    let tokens = program.configured("domeneshop", "token");
    let url = &program.configured("domeneshop", "endpoint")[1];
    assert_eq!((tokens.len(), secrets.len()), (2, 2));
    let get = |user: usize, path: &str| {
        let header = ("authorization", &*basic(&tokens[user], &secrets[user]));
        call("GET", &format!("{url}{path}"), &[header], "").json()
    };
    assert_eq!(get(0, "/domains")[0]["domain"], "example.com");
    assert_eq!(get(1, "/domains")[0]["domain"], "example.net");
    let invoices = get(0, "/invoices");
    let statuses = invoices.as_array().unwrap().iter().map(|i| &i["status"]);
    assert_eq!(statuses.collect::<Vec<_>>(), ["paid", "unpaid", "settled"]);
    let one = get(0, &format!("/invoices/{}", invoices[2]["id"]));
    assert_eq!(one["type"], "credit_node");
    assert_eq!(get(0, "/invoices?status=paid").as_array().unwrap().len(), 1);
    assert_ne!(get(1, "/invoices")[0]["id"], invoices[0]["id"]);
}

#[test]
fn with_the_program_domains_are_shared_transferred_and_grouped_at_both_sites() {
    let program = Program::start();
    let said = program.said.join("\n");
    for (owner, neighbour, paid) in [(0, 1, "paid.example"), (2, 3, "paid-china.example")] {
        let email = "neighbour@example.com";
        assert!(said.contains(email) && said.contains(paid));
        let zone = program.configured("dnspod", "hosts")[owner].clone();
        let zone = ("domain", zone.strip_prefix("home.").unwrap());
        let seen = |user: usize, domain: (&str, &str)| {
            let domains = program.pod(user, "Domain.List", &[]);
            let mut domains = domains["domains"].as_array().unwrap().iter();
            domains.any(|shown| shown["name"] == domain.1)
        };
        assert!(seen(owner, zone) && !seen(neighbour, zone));
        let share = [zone, ("email", email), ("mode", "rw")];
        program.pod(owner, "Domainshare.Create", &share);
        assert!(seen(neighbour, zone));
        let shares = program.pod(owner, "Domainshare.List", &[zone]);
        assert_eq!(shares["share"][0]["share_to"], email);
        program.pod(owner, "Domainshare.Remove", &share[..2]);
        assert!(!seen(neighbour, zone));

        let group = program.pod(owner, "Domaingroup.Create", &[("group_name", "homes")]);
        let group = group["groups"]["id"].as_str().unwrap();
        let paid = ("domain", paid);
        program.pod(owner, "Domain.Changegroup", &[paid, ("group_id", group)]);
        let plan = program.pod(owner, "Domain.Info", &[paid]);
        assert_eq!(plan["domain"]["is_vip"], "yes");
        let grade = ("domain_grade", plan["domain"]["grade"].as_str().unwrap());
        program.pod(owner, "Record.Type", &[grade]);

        program.pod(owner, "Domain.Transfer", &share[..2]);
        assert!(seen(neighbour, zone) && !seen(owner, zone));
    }
}

#[test]
fn a_flag_that_is_not_known_ends_with_code_2() {
    let program = Command::new(env!("CARGO_BIN_EXE_sandbox"))
        .arg("--odd")
        .output()
        .unwrap();
    assert_eq!(program.status.code(), Some(2));
}

#[test]
fn the_help_names_every_flag_and_its_default() {
    let program = Command::new(env!("CARGO_BIN_EXE_sandbox"))
        .arg("--help")
        .output()
        .unwrap();
    let help = String::from_utf8(program.stderr).unwrap();
    for flag in [
        "--bind",
        "--port-base",
        "--idle-timeout",
        "--strict-user-agents",
        "--until-eof",
    ] {
        assert!(help.matches(flag).count() >= 2, "{flag}: {help}");
    }
}
