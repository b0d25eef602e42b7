//! Invoices and credit notes of an account.

use serde_json::Value;

use super::refusals::unknown;
use super::state::DomeneshopState;
use crate::clock::date;
use crate::http::ServerReply;
use crate::json::{Json, object};

impl DomeneshopState {
    /// An invoice with made-up values for what the fields leave out. Only an invoice falls due, and only one that was paid
    /// has a day of payment.
    #[track_caller]
    pub(super) fn add_invoice(&mut self, token: &str, fields: &Value, now: u64) -> u64 {
        let id = fields["id"].as_u64().unwrap_or(self.next_invoice);
        self.next_invoice = self.next_invoice.max(id) + 1;
        let today = date(now);
        let text = |name: &str, default: &str| {
            let given = fields[name].as_str();
            given.unwrap_or(default).to_owned()
        };
        let (kind, status) = (text("type", "invoice"), text("status", "unpaid"));
        let url = format!("https://www.domeneshop.no/invoice?nr={id}&code=");
        let mut invoice = object! {
            "id": id,
            "type": &kind,
            "amount": 120_u32,
            "currency": "NOK",
        };
        if kind == "invoice" {
            invoice.put("due_date", &today);
        }
        invoice.put("issued_date", &today);
        if status == "paid" {
            invoice.put("paid_date", &today);
        }
        invoice.put("status", status);
        invoice.put("url", url);
        for (key, value) in fields.as_object().into_iter().flatten() {
            invoice.put(key, value.clone());
        }
        self.account(token).invoices.push(invoice);
        id
    }

    /// The invoices of the last three years.
    pub(super) fn list_invoices(&self, token: &str, status: Option<&str>, now: u64) -> ServerReply {
        let today = date(now);
        let (year, rest) = today.split_at(4);
        let year: u32 = year.parse().unwrap_or_default();
        let oldest = format!("{:04}{rest}", year.saturating_sub(3));
        let own = self.accounts.iter().filter(|a| a.token == token);
        let shown = own.flat_map(|a| &a.invoices).filter(|invoice| {
            let issued = invoice.text("issued_date").unwrap_or_default();
            issued >= oldest.as_str()
                && status.is_none_or(|status| invoice.text("status") == Some(status))
        });
        ServerReply::json(200, &shown.cloned().collect::<Json>())
    }

    pub(super) fn one_invoice(&self, token: &str, id: u64) -> ServerReply {
        let own = self.accounts.iter().filter(|a| a.token == token);
        let found = own
            .flat_map(|a| &a.invoices)
            .find(|i| i.get("id") == Some(&id.into()));
        found.map_or_else(unknown, |invoice| ServerReply::json(200, invoice))
    }
}
