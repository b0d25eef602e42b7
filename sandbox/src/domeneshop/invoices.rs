//! Invoices and credit notes of an account.

use serde_json::{Value, json};

use super::refusals::unknown;
use super::state::State;
use crate::clock::date;
use crate::http::Reply;

impl State {
    /// An invoice with made-up values for what the fields leave out. Only an invoice falls due, and only one that was paid
    /// has a day of payment.
    #[track_caller]
    pub(super) fn add_invoice(&mut self, token: &str, fields: &Value, now: u64) -> u64 {
        let id = fields["id"].as_u64().unwrap_or(self.next_invoice);
        self.next_invoice = self.next_invoice.max(id) + 1;
        let today = date(now);
        let mut invoice = json!({
            "id": id,
            "type": "invoice",
            "amount": 120,
            "currency": "NOK",
            "issued_date": today,
            "status": "unpaid",
            "url": format!("https://www.domeneshop.no/invoice?nr={id}&code="),
        });
        for (key, value) in fields.as_object().into_iter().flatten() {
            invoice[key] = value.clone();
        }
        for (key, wanted) in [
            ("due_date", invoice["type"] == "invoice"),
            ("paid_date", invoice["status"] == "paid"),
        ] {
            if wanted && invoice[key].is_null() {
                invoice[key] = today.clone().into();
            }
        }
        self.account(token).invoices.push(invoice);
        id
    }

    /// The invoices of the last three years.
    pub(super) fn list_invoices(&self, token: &str, status: Option<&str>, now: u64) -> Reply {
        let today = date(now);
        let (year, rest) = today.split_at(4);
        let year: u32 = year.parse().unwrap_or_default();
        let oldest = format!("{:04}{rest}", year.saturating_sub(3));
        let own = self.accounts.iter().filter(|a| a.token == token);
        let shown = own.flat_map(|a| &a.invoices).filter(|invoice| {
            let issued = invoice["issued_date"].as_str().unwrap_or_default();
            issued >= oldest.as_str() && status.is_none_or(|status| invoice["status"] == status)
        });
        Reply::json(200, &shown.cloned().collect())
    }

    pub(super) fn one_invoice(&self, token: &str, id: u64) -> Reply {
        let own = self.accounts.iter().filter(|a| a.token == token);
        let found = own.flat_map(|a| &a.invoices).find(|i| i["id"] == id);
        found.map_or_else(unknown, |invoice| Reply::json(200, invoice))
    }
}
