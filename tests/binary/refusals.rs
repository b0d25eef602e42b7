//! After refused credentials (L4): what lifts the hold, and that nothing else does.

use std::fs;

use crate::common::{ADDRESS, Bench, Daemon, SECRET, wait_until};

/// A configuration of one host at Domeneshop, its secret in a file.
fn secret_in_a_file(bench: &Bench, secret: &str) {
    write_secret(bench, secret);
    let file = bench.dir.path().join("secret");
    let inline = format!("secret = \"{SECRET}\"");
    let text = bench.head() + &bench.domeneshop("hosts = [\"home.example.com\"]");
    bench.config(&text.replace(&inline, &format!("secret_file = {file:?}")));
}

fn write_secret(bench: &Bench, secret: &str) {
    use std::os::unix::fs::PermissionsExt;
    let file = bench.dir.path().join("secret");
    fs::write(&file, secret).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
}

/// A daemon whose credentials were refused.
fn refused_daemon(bench: &Bench) -> Daemon {
    let daemon = bench.daemon(&[]);
    wait_until("the refusal", || {
        bench.run(&["status"]).stdout.contains("refuses the token")
    });
    daemon
}

#[test]
fn a_corrected_secret_lifts_the_hold_at_a_reload() {
    let bench = Bench::new();
    secret_in_a_file(&bench, "wrong");
    let daemon = refused_daemon(&bench);
    write_secret(&bench, SECRET);
    daemon.signal("HUP");
    wait_until("the address", || bench.at_domeneshop("home", "A") == [ADDRESS]);
}

#[test]
fn a_corrected_secret_lifts_the_hold_of_an_earlier_check_at_a_reload_and_at_a_restart() {
    let bench = Bench::new();
    secret_in_a_file(&bench, "wrong");
    bench.run(&["check"]).ends(77);
    let daemon = refused_daemon(&bench);
    write_secret(&bench, SECRET);
    daemon.signal("HUP");
    wait_until("the address", || bench.at_domeneshop("home", "A") == [ADDRESS]);

    let bench = Bench::new();
    secret_in_a_file(&bench, "wrong");
    bench.run(&["check"]).ends(77);
    write_secret(&bench, SECRET);
    bench.run(&["--once"]).ends(0);
}

#[test]
fn x_env(){
    let bench = Bench::new();
    secret_in_a_file(&bench, SECRET);
    let daemon = bench.daemon(&[]);
    wait_until("the address", || bench.at_domeneshop("home", "A") == [ADDRESS]);
    write_secret(&bench, "wrong");
    daemon.signal("HUP");
    daemon.signal("USR1");
    wait_until("the refusal", || {
        bench.run(&["status"]).stdout.contains("refuses the token")
    });
    write_secret(&bench, SECRET);
    daemon.signal("HUP");
    wait_until("the good", || {
        !bench.run(&["status"]).stdout.contains("refuses the token")
    });
}
