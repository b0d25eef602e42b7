//! `moored health`: the truth in one exit code, for a container's HEALTHCHECK.

use std::path::Path;

use super::{End, Output, status::ask};
use crate::core::outcome::Verdict;

/// Well while the daemon's last round is recent and no host is failing.
pub fn health(state_directory: &Path, output: &mut Output<'_>) -> End {
    let trouble = match ask(state_directory) {
        Ok(status) if status.healthy => None,
        Ok(status) => Some(status.reason.unwrap_or_else(|| "not healthy".to_owned())),
        Err(what) => Some(what),
    };
    if output.json {
        let healthy = trouble.is_none();
        output.value(&serde_json::json!({ "healthy": healthy, "reason": trouble }));
    } else {
        output.text(&format!("{}\n", trouble.as_deref().unwrap_or("healthy")));
    }
    if trouble.is_none() {
        End::Round(Verdict::Right)
    } else {
        End::Unwell
    }
}
