//! Domeneshop: invoices.

use std::time::Duration;

use sandbox::Sandbox;
use serde_json::{Value, json};

use crate::client::{shop, with_shop};

fn numbers(sandbox: &Sandbox, query: &str) -> Vec<Value> {
    let list = shop(sandbox, "GET", &format!("/invoices{query}"), "").json();
    let list = list.as_array().unwrap().iter();
    list.map(|invoice| invoice["id"].clone()).collect()
}

#[test]
fn an_invoice_reads_as_documented() {
    let (sandbox, _) = with_shop();
    let id = sandbox
        .domeneshop()
        .invoice("token", json!({"amount": 240}));
    let invoice = shop(&sandbox, "GET", &format!("/invoices/{id}"), "").json();
    let expected = json!({
        "id": id, "type": "invoice", "amount": 240, "currency": "NOK", "status": "unpaid",
        "issued_date": "2026-01-01", "due_date": "2026-01-01",
        "url": format!("https://www.domeneshop.no/invoice?nr={id}&code="),
    });
    assert_eq!(invoice, expected);
    assert_eq!(
        shop(&sandbox, "GET", "/invoices", "").json(),
        json!([invoice])
    );
}

#[test]
fn only_what_was_paid_has_a_day_of_payment_and_only_an_invoice_falls_due() {
    let (sandbox, _) = with_shop();
    let paid = json!({"id": 7, "status": "paid", "paid_date": "2025-06-01"});
    let credit = json!({"id": 8, "type": "credit_node", "status": "settled", "amount": -120});
    sandbox.domeneshop().invoice("token", paid);
    sandbox.domeneshop().invoice("token", credit);
    let read = |id: u64| shop(&sandbox, "GET", &format!("/invoices/{id}"), "").json();
    assert_eq!(read(7)["paid_date"], "2025-06-01");
    assert_eq!(read(8)["type"], "credit_node");
    assert!(read(8).get("due_date").is_none());
    assert!(read(8).get("paid_date").is_none());
}

#[test]
fn the_status_filters_exactly() {
    let (sandbox, _) = with_shop();
    for (id, status) in [(1, "unpaid"), (2, "paid"), (3, "paid"), (4, "settled")] {
        sandbox
            .domeneshop()
            .invoice("token", json!({"id": id, "status": status}));
    }
    assert_eq!(numbers(&sandbox, ""), [1, 2, 3, 4]);
    assert_eq!(numbers(&sandbox, "?status=paid"), [2, 3]);
    assert_eq!(numbers(&sandbox, "?status=settled"), [4]);
    assert!(numbers(&sandbox, "?status=pai").is_empty());
}

#[test]
fn an_invoice_older_than_three_years_is_no_longer_listed() {
    let (sandbox, _) = with_shop();
    let old = json!({"id": 1, "issued_date": "2022-12-31"});
    let recent = json!({"id": 2, "issued_date": "2023-01-01"});
    sandbox.domeneshop().invoice("token", old);
    sandbox.domeneshop().invoice("token", recent);
    assert_eq!(numbers(&sandbox, ""), [2]);
    sandbox.advance(Duration::from_hours(24));
    assert!(numbers(&sandbox, "").is_empty());
}

#[test]
fn an_absent_invoice_and_someone_elses_are_the_same_404() {
    let (sandbox, _) = with_shop();
    sandbox.domeneshop().account("other", "secret");
    let foreign = sandbox.domeneshop().invoice("other", json!({}));
    for id in [foreign.to_string(), "999".to_owned(), "x".to_owned()] {
        let answer = shop(&sandbox, "GET", &format!("/invoices/{id}"), "");
        assert_eq!(answer.status, 404);
        assert_eq!(answer.json()["code"], "resource:unknown");
    }
    assert!(numbers(&sandbox, "").is_empty());
}

#[test]
fn invoices_are_only_read() {
    let (sandbox, _) = with_shop();
    for (method, path) in [("POST", "/invoices"), ("DELETE", "/invoices/1")] {
        assert_eq!(shop(&sandbox, method, path, "").status, 405);
    }
}
