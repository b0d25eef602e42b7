//! `moored health`: the truth in one exit code, for a container's HEALTHCHECK.

use std::path::Path;

use super::{CommandResult, Output, status::ask};
use crate::core::verdict::Verdict;

/// Well while the daemon's last round is recent and no host is failing. A state that cannot be saved makes
/// no name wrong, and is said.
pub fn health(state_directory: &Path, output: &mut Output<'_>) -> CommandResult {
    let (trouble, state) = match ask(state_directory) {
        Ok(status) if status.healthy => (None, status.state),
        Ok(status) => (
            Some(status.reason.unwrap_or_else(|| "not healthy".to_owned())),
            status.state,
        ),
        Err(what) => (Some(what), None),
    };
    if output.json {
        let healthy = trouble.is_none();
        output.print_json(
            &serde_json::json!({ "healthy": healthy, "reason": trouble, "state": state }),
        );
    } else {
        output.text(&format!("{}\n", trouble.as_deref().unwrap_or("healthy")));
        output.text(&state.map(|it| format!("{it}\n")).unwrap_or_default());
    }
    if trouble.is_none() {
        CommandResult::Round(Verdict::Right)
    } else {
        CommandResult::Unhealthy
    }
}
