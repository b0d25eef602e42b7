//! Invoices.

use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::{lenient, word::words};

/// An invoice or a credit note (vendor's page, `Invoice`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Invoice {
    /// Its number.
    #[serde(deserialize_with = "lenient::id")]
    pub id: i64,
    /// What it is.
    #[serde(
        rename = "type",
        default,
        deserialize_with = "lenient::word",
        skip_serializing_if = "Option::is_none"
    )]
    pub kind: Option<InvoiceKind>,
    /// The sum in the currency's larger unit: 120 is 120 kroner. Documented as whole; a fraction is
    /// kept.
    #[serde(
        default,
        deserialize_with = "lenient::amount",
        skip_serializing_if = "Option::is_none"
    )]
    pub amount: Option<Number>,
    /// `NOK`, `SEK`, `DKK`, `GBP` or `USD`; another word is kept.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub currency: Option<String>,
    /// The day by which it is to be paid, as `2019-08-24`; only of an invoice.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub due_date: Option<String>,
    /// The day on which it was issued.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub issued_date: Option<String>,
    /// The day on which it was paid, if it was.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub paid_date: Option<String>,
    /// Whether it is paid.
    #[serde(
        default,
        deserialize_with = "lenient::word",
        skip_serializing_if = "Option::is_none"
    )]
    pub status: Option<InvoiceStatus>,
    /// Where a person sees it.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub url: Option<String>,
}

words! {
    /// What an invoice is.
    InvoiceKind {
        /// Something to pay.
        Invoice = "invoice",
        /// Something given back. The service spells it `credit_node` (vendor's API document); the
        /// right spelling is read too.
        CreditNote = "credit_node" | "credit_note",
    }
}

words! {
    /// Whether an invoice is paid.
    InvoiceStatus {
        /// Not yet.
        Unpaid = "unpaid",
        /// It is.
        Paid = "paid",
        /// By a credit note.
        Settled = "settled",
    }
}
