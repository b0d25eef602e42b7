//! The source `command:`: what a program of the operator says.

use std::{cell::Cell, process::Stdio, time::Duration};

use rustix::process::{Pid, Signal, WaitOptions, getpid, kill_process_group, wait};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::{Child, Command},
    time::timeout,
};

use super::{
    address_text::MAX_LIST_BYTES,
    command_line::{CommandEnvironment, CommandLine},
};
use crate::core::time::HumanLimit;

/// Runs a shell command line in this environment and returns its whole output. The command is ended when it takes
/// longer than `limit`; its standard input is empty and its error output is not ours to read.
pub(super) async fn output(
    line: &CommandLine,
    environment: &CommandEnvironment,
    limit: Duration,
) -> Result<Vec<u8>, String> {
    let mut child = Command::new("/bin/sh")
        .args(["-c", line.expose()])
        .env_clear()
        .envs(environment.expose())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .map_err(|error| format!("/bin/sh could not be started: {error}"))?;
    let group = ProcessGroup::of(&child);
    let stdout = child.stdout.take();
    let finished = async {
        let text = read(stdout).await?;
        let status = child.wait().await.map_err(|error| error.to_string())?;
        if status.success() {
            Ok(text)
        } else {
            Err(format!("it ended with {status}"))
        }
    };
    if let Ok(result) = timeout(limit, finished).await {
        return result;
    }
    drop(group);
    // Waited for, so that PID 1 is left no zombie.
    let _ = timeout(Duration::from_secs(1), child.wait()).await;
    Err(format!("it did not end within {}", HumanLimit(limit)))
}

/// The shell and everything it started: when the answer is not waited for any more, however that
/// comes about, all of it ends.
struct ProcessGroup(Option<Pid>);

impl ProcessGroup {
    fn of(child: &Child) -> Self {
        RUNNING.set(RUNNING.get() + 1);
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self(id.and_then(Pid::from_raw))
    }
}

thread_local! {
    /// How many commands are being waited for, on the one thread there is.
    static RUNNING: Cell<usize> = const { Cell::new(0) };
}

/// Takes leave of processes that ended and that nobody else will: what a command left behind comes to PID 1. It waits
/// until no command is running, whose own end must not be taken from whoever waits for it.
pub fn reap_orphans() {
    if getpid().is_init() && RUNNING.get() == 0 {
        while let Ok(Some(_)) = wait(WaitOptions::NOHANG) {}
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        if let Some(leader) = self.0 {
            // Nobody is left in the group of a command that ended by itself and whole.
            let _ = kill_process_group(leader, Signal::KILL);
        }
        RUNNING.set(RUNNING.get().saturating_sub(1));
        reap_orphans();
    }
}

/// Reads to the end or a little beyond the cap, which the reader of the text then refuses.
async fn read(pipe: Option<impl AsyncRead + Unpin>) -> Result<Vec<u8>, String> {
    let mut text = Vec::new();
    if let Some(pipe) = pipe {
        let most = u64::try_from(MAX_LIST_BYTES + 1).unwrap_or(u64::MAX);
        pipe.take(most)
            .read_to_end(&mut text)
            .await
            .map_err(|error| error.to_string())?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn run(line: &str, limit: Duration) -> Result<Vec<u8>, String> {
        let variables = [
            ("PATH", "/usr/bin:/bin"),
            ("SECRET", "hunter2"),
            ("ALLOWED", "yes"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let environment = CommandEnvironment::of(&variables, &["ALLOWED".to_owned()]);
        output(&CommandLine::new(line), &environment, limit).await
    }

    #[tokio::test]
    async fn a_child_has_the_allowed_variables_and_no_open_file_of_ours() {
        let limit = Duration::from_secs(10);
        let said = run("/usr/bin/env", limit).await.unwrap();
        let said = String::from_utf8(said).unwrap();
        let mut names: Vec<_> = said.lines().filter_map(|it| it.split('=').next()).collect();
        names.sort_unstable();
        // The shell sets the working directory and its own last argument.
        names.retain(|it| !["PWD", "OLDPWD", "SHLVL", "_"].contains(it));
        assert_eq!(names, ["ALLOWED", "PATH"]);
        let ours = tempfile::NamedTempFile::new().unwrap();
        let said = run("ls -l /proc/self/fd", limit).await.unwrap();
        let said = String::from_utf8(said).unwrap();
        let name = ours.path().display().to_string();
        assert!(
            said.contains("/dev/null") && !said.contains(&name),
            "{said}"
        );
    }

    #[tokio::test]
    async fn the_whole_output_of_a_command_that_succeeds_is_its_answer() {
        let limit = Duration::from_secs(10);
        assert_eq!(
            run("echo 84.212.10.20", limit).await.unwrap(),
            b"84.212.10.20\n"
        );
        let error = run("echo 84.212.10.20; exit 3", limit).await.unwrap_err();
        assert_eq!(error, "it ended with exit status: 3");
        let error = run("kill -9 $$", limit).await.unwrap_err();
        assert!(error.contains("signal: 9"), "{error}");
    }

    #[tokio::test]
    async fn a_command_that_does_not_end_is_ended() {
        let error = run("exec sleep 60", Duration::from_millis(50))
            .await
            .unwrap_err();
        assert_eq!(error, "it did not end within 0.05 s");
    }

    #[tokio::test]
    async fn what_a_command_started_ends_with_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("child").display().to_string();
        let line = format!("sleep 60 & echo $! > {path}; wait");
        assert!(run(&line, Duration::from_millis(500)).await.is_err());
        let id = std::fs::read_to_string(&path).unwrap();
        // Gone, or ended and not yet reaped by whoever adopted it.
        let ended = || match std::fs::read_to_string(format!("/proc/{}/stat", id.trim())) {
            Ok(state) => state.contains(") Z "),
            Err(_) => true,
        };
        let ends = async {
            while !ended() {
                #[expect(clippy::disallowed_methods, reason = "a pause between two looks")]
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        timeout(Duration::from_secs(10), ends).await.unwrap();
    }

    #[tokio::test]
    async fn endless_output_is_cut_and_the_command_ended() {
        let result = run("exec cat /dev/zero", Duration::from_secs(10)).await;
        assert!(result.is_err() || result.is_ok_and(|it| it.len() > MAX_LIST_BYTES));
    }
}
