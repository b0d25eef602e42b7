//! What travels on the wire, read leniently: unknown fields are passed over (and kept in records, which
//! are written back whole), unknown words are kept as they came, numbers may come as text, which
//! the service does for some of them, and what is only told to people never fails a list.

mod content;
mod domain;
mod forward;
mod invoice;
mod lenient;
mod record;
mod word;

pub use content::{CaaTag, Content};
pub use domain::{Domain, DomainStatus, Services, Webhotel};
pub use forward::HttpForward;
pub use invoice::{Invoice, InvoiceKind, InvoiceStatus};
pub use record::{Created, DnsRecord, RecordBody};

#[cfg(test)]
mod tests;
