//! `/invoices`: the account's invoices and credit notes. They can only be read.

use super::{ANY, READ};
use crate::providers::domeneshop::types::Invoice;
use crate::providers::operation::ResultCode;

const PAGE: &str = "https://api.domeneshop.no/docs/#tag/invoices";

const GET: &[ResultCode] = &[ResultCode {
    number: 404,
    meaning: "there is no such invoice",
}];

crate::operations! {
    /// Lists the account's invoices of the last three years, all at once.
    InvoicesList "invoices.list" GET "/invoices" reads -> Vec<Invoice> {
        /// Only those with this status; `settled` is by a credit note.
        status: optional choice["unpaid", "paid", "settled"],
    }
    one_of []
    codes [READ, ANY]
    page PAGE

    /// Shows an invoice.
    InvoicesGet "invoices.get" GET "/invoices/{invoice_id}" reads -> Invoice {
        /// The invoice's number.
        invoice_id: required integer[1],
    }
    one_of []
    codes [READ, GET, ANY]
    page PAGE
}
