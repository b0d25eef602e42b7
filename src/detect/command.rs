//! The source `command:`: what a program of the operator says.

use std::{process::Stdio, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::Command,
    time::timeout,
};

use super::body::LIST_CAP;

/// Runs a shell command line and returns its whole output. The command is ended when it takes
/// longer than `limit`; its standard input is empty and its error output is not ours to read.
pub(super) async fn output(line: &str, limit: Duration) -> Result<Vec<u8>, String> {
    let mut child = Command::new("/bin/sh")
        .args(["-c", line])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("/bin/sh could not be started: {error}"))?;
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
    // Ended by its own id and waited for, so that PID 1 is left no zombie.
    let _ = child.start_kill();
    let _ = timeout(Duration::from_secs(1), child.wait()).await;
    Err(format!("it did not end within {} s", limit.as_secs_f32()))
}

/// Reads to the end or a little beyond the cap, which the reader of the text then refuses.
async fn read(pipe: Option<impl AsyncRead + Unpin>) -> Result<Vec<u8>, String> {
    let mut text = Vec::new();
    if let Some(pipe) = pipe {
        let most = u64::try_from(LIST_CAP + 1).unwrap_or(u64::MAX);
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

    #[tokio::test]
    async fn the_whole_output_of_a_command_that_succeeds_is_its_answer() {
        let limit = Duration::from_secs(10);
        assert_eq!(
            output("echo 84.212.10.20", limit).await.unwrap(),
            b"84.212.10.20\n"
        );
        let error = output("echo 84.212.10.20; exit 3", limit)
            .await
            .unwrap_err();
        assert_eq!(error, "it ended with exit status: 3");
        let error = output("kill -9 $$", limit).await.unwrap_err();
        assert!(error.contains("signal: 9"), "{error}");
    }

    #[tokio::test]
    async fn a_command_that_does_not_end_is_ended() {
        let error = output("exec sleep 60", Duration::from_millis(50))
            .await
            .unwrap_err();
        assert_eq!(error, "it did not end within 0.05 s");
    }

    #[tokio::test]
    async fn endless_output_is_cut_and_the_command_ended() {
        let result = output("exec cat /dev/zero", Duration::from_secs(10)).await;
        assert!(result.is_err() || result.is_ok_and(|it| it.len() > LIST_CAP));
    }
}
