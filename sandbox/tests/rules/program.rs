//! The program for trying things by hand.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::client::{basic, call};

#[test]
fn the_program_prints_where_everything_is_then_each_request_and_ends_with_its_input() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_sandbox"))
        .args(["--port-base", "0", "--until-eof"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
    let mut said = Vec::new();
    for line in lines.by_ref() {
        let line = line.unwrap();
        let last = line == "Requests:";
        said.push(line);
        if last {
            break;
        }
    }
    let endpoint = said.iter().find_map(|l| l.strip_prefix("endpoint = "));
    let url = format!("{}/domains", endpoint.unwrap().trim_matches('"'));
    let header = ("authorization", &*basic("sandbox", "sandbox-secret"));
    let domains = call("GET", &url, &[header], "").json();
    assert_eq!(domains[0]["domain"], "example.com");
    let mut rest = lines.map(Result::unwrap).filter(|line| !line.is_empty());
    assert_eq!(rest.next().unwrap(), "domeneshop   GET /v0/domains → 200");
    drop(program.stdin.take());
    assert!(program.wait().unwrap().success());
}

#[test]
fn a_flag_that_is_not_known_ends_with_code_2() {
    let program = Command::new(env!("CARGO_BIN_EXE_sandbox"))
        .arg("--odd")
        .output()
        .unwrap();
    assert_eq!(program.status.code(), Some(2));
}
