//! From the command line of `api` and `records` to the account that is meant.

use std::{
    cell::{Cell, RefCell},
    io::IsTerminal,
};

use super::{clock::BootClock, live_engine::LiveEngine};
use crate::{
    cli::{Command, RecordArgs, RecordsAction},
    commands::{
        CommandResult, Output,
        account::RequestContext,
        api,
        records::{self, Action, NewRecord, RecordSelector, RecordsOptions},
    },
    core::{dns::name::Fqdn, state::State},
    engine::Engine,
    stdio,
};

/// Carries out `moored api …` and `moored records …`.
pub(super) async fn run_api_command(
    engine: &LiveEngine,
    command: &Command,
    dry_run: bool,
    state: &RefCell<State>,
    output: &mut Output<'_>,
) -> CommandResult {
    let (Command::Api { account, .. } | Command::Records { account, .. }) = command else {
        return CommandResult::Unhealthy;
    };
    let Some((account, provider)) = engine.account(account) else {
        let known: Vec<_> = engine.account_names().collect();
        let what = format!(
            "there is no account `{account}`; configured: {}",
            known.join(", ")
        );
        return output.usage(&what);
    };
    engine.prepare(state);
    let said = Cell::new(false);
    let progress = |so_far: usize, all: Option<usize>| show_progress(&said, so_far, all);
    let means = RequestContext {
        state,
        clock: &BootClock,
        progress: &progress,
    };
    let end = match command {
        Command::Api {
            list: true,
            operation,
            ..
        } => api::list(provider, operation.as_deref(), output),
        Command::Api {
            operation,
            parameters,
            yes,
            ..
        } => {
            let call = api::Call {
                account,
                operation: operation.as_deref().unwrap_or_default(),
                words: parameters,
                yes: *yes,
                dry_run,
            };
            api::call(provider, call, means, output).await
        }
        Command::Records { action, .. } => match wanted(action) {
            Ok((action, yes)) => {
                let manner = RecordsOptions {
                    account,
                    yes,
                    dry_run,
                };
                records::records(provider, action, manner, means, output).await
            }
            Err(what) => return output.usage(&what),
        },
        _ => CommandResult::Unhealthy,
    };
    if said.get() {
        stdio::write_text(b"\n");
    }
    if let Err(trouble) = engine.save(&state.borrow()) {
        output.note(&trouble);
    }
    end
}

/// A long list says on a terminal how far it has come.
fn show_progress(said: &Cell<bool>, so_far: usize, all: Option<usize>) {
    if !rustix::stdio::stderr().is_terminal() || all.is_some_and(|all| so_far >= all && !said.get())
    {
        return;
    }
    said.set(true);
    let of_all = all.map(|all| format!(" of {all}")).unwrap_or_default();
    stdio::write_text(format!("\r{so_far}{of_all} …").as_bytes());
}

/// What is to be done, and whether `--yes` was given.
fn wanted(action: &RecordsAction) -> Result<(Action, bool), String> {
    let name = |text: &String| Fqdn::parse(text).map_err(|error| error.to_string());
    let record = |args: &RecordArgs| -> Result<NewRecord, String> {
        Ok(NewRecord {
            name: name(&args.name)?,
            r#type: records::kind(&args.r#type),
            data: args.data.clone(),
            ttl: args.ttl,
            fields: records::fields(&args.fields)?,
        })
    };
    Ok(match action {
        RecordsAction::List { name: None } => (Action::List(None), false),
        RecordsAction::List { name: Some(text) } => (Action::List(Some(name(text)?)), false),
        RecordsAction::Add { record: args } => (Action::Add(record(args)?), args.yes),
        RecordsAction::Set { record: args, id } => {
            let wanted = record(args)?;
            let which = RecordSelector {
                name: wanted.name.clone(),
                r#type: wanted.r#type.clone(),
                data: None,
                id: id.clone(),
            };
            (Action::Set(wanted, which), args.yes)
        }
        RecordsAction::Delete {
            name: text,
            r#type,
            data,
            id,
            yes,
        } => {
            let which = RecordSelector {
                name: name(text)?,
                r#type: records::kind(r#type),
                data: data.clone(),
                id: id.clone(),
            };
            (Action::Delete(which), *yes)
        }
    })
}
