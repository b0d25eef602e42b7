//! The one TLS configuration: Mozilla's roots, no way to switch verification off.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};

/// Builds the configuration; it is shared by every client of the process. The roots come with the
/// program (webpki-roots), so that a bare container needs no CA directory, and none is read.
pub fn config() -> Result<Arc<ClientConfig>, rustls::Error> {
    let roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    with_roots(roots)
}

/// The same with these roots.
pub(super) fn with_roots(roots: RootCertStore) -> Result<Arc<ClientConfig>, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
