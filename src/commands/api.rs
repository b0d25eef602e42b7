//! `moored api ACCOUNT`: every operation of a provider's API.

use std::{io, path::Path, time::Duration};

use super::{
    CommandResult, Output,
    account::{RequestContext, ask},
};
use crate::{
    core::{dns::record::AccountName, verdict::Verdict},
    http::{Request, RequestBody},
    providers::{
        api_answer::ApiAnswer,
        operation::{Arguments, Operation, ParameterKind},
        raw_api::RawApi,
    },
    regular_file::{InheritedPipe, read_whole_or_pipe},
    report::table,
    stdio::read_input,
};

/// What is called, and how.
#[derive(Debug)]
pub struct Call<'c> {
    /// The account's label.
    pub account: &'c AccountName,
    /// The operation's name, in any case.
    pub operation: &'c str,
    /// `name=value` each.
    pub words: &'c [String],
    /// `--yes`: a write may be sent.
    pub yes: bool,
    /// `--dry-run`: show the request instead.
    pub dry_run: bool,
}

/// Lists the operations, or the one that is named, with their parameters.
pub fn list(provider: &impl RawApi, named: Option<&str>, output: &mut Output<'_>) -> CommandResult {
    let mut operations = provider.operations();
    if let Some(named) = named {
        match find(&operations, named) {
            Ok(operation) => operations = vec![operation],
            Err(what) => return output.usage(&what),
        }
    }
    if output.json {
        let all: Vec<_> = operations.iter().map(|it| described(it)).collect();
        output.print_json(&all);
    } else {
        for operation in operations {
            output.text(&usage(operation));
        }
    }
    CommandResult::Round(Verdict::Right)
}

fn described(operation: &Operation) -> serde_json::Value {
    let parameters = operation.parameters.iter().map(|it| {
        serde_json::json!({
            "name": it.name,
            "required": it.required,
            "takes": it.kind.to_string(),
            "about": it.about,
        })
    });
    serde_json::json!({
        "operation": operation.name,
        "about": operation.about,
        "writes": operation.writes,
        "page": operation.page,
        "parameters": parameters.collect::<Vec<_>>(),
        "one_of": operation.one_of,
    })
}

/// An operation with its parameters, for people.
fn usage(operation: &Operation) -> String {
    let access = if operation.writes { " (writes)" } else { "" };
    let mut text = format!("{}{access}: {}\n", operation.name, operation.about);
    let is_one_of = |name: &str| operation.one_of.iter().any(|group| group.contains(&name));
    let rows: Vec<_> = operation
        .parameters
        .iter()
        .map(|it| {
            let need = match it.required {
                true => "required",
                false if is_one_of(it.name) => "one of",
                false => "",
            };
            vec![
                format!("    {}", it.name),
                need.to_owned(),
                it.kind.to_string(),
                it.about.to_owned(),
            ]
        })
        .collect();
    text += &table::rows_aligned(&rows);
    text
}

/// Calls an operation and shows its answer.
pub async fn call(
    provider: &impl RawApi,
    call: Call<'_>,
    means: RequestContext<'_>,
    output: &mut Output<'_>,
) -> CommandResult {
    let operation = match find(&provider.operations(), call.operation) {
        Ok(operation) => operation,
        Err(what) => return output.usage(&what),
    };
    let words = match with_secrets(operation, call.words).await {
        Ok(words) => words,
        Err(what) => return output.usage(&what),
    };
    let arguments = match Arguments::written(operation, &words) {
        Ok(arguments) => arguments,
        Err(misuses) => {
            let lines: Vec<_> = misuses.iter().map(ToString::to_string).collect();
            return output.usage(&lines.join("\n"));
        }
    };
    let request = match provider.prepare(operation, &arguments) {
        Ok(request) => request,
        Err(failure) => return output.usage(&failure.message),
    };
    if call.dry_run {
        show(&request, output);
        return CommandResult::Round(Verdict::Right);
    }
    if operation.writes && !call.yes {
        return output.usage(&format!(
            "{} may change something: repeat it with --yes, or with --dry-run to see the request",
            operation.name
        ));
    }
    let asked = provider.invoke(operation, &arguments, means.progress);
    let answer = ask(call.account, means, asked).await;
    if operation.writes {
        // Any of the account's records may be another one now, whatever came of it.
        means.state.borrow_mut().invalidate(call.account);
    }
    match answer {
        Ok(answered) => {
            show_answer(&answered, output);
            CommandResult::Round(Verdict::Right)
        }
        Err(failure) => output.failure(&failure),
    }
}

/// An answer, piece by piece: a list may be long.
fn show_answer(answered: &ApiAnswer, output: &mut Output<'_>) {
    match answered {
        answered if output.json => {
            answered.write(&mut |json| output.json_piece(json));
            output.text("\n");
        }
        ApiAnswer::Value(value) => output.text(&table::value(value)),
        ApiAnswer::List(list) => {
            table::list_within(list.items(), list.around(), &mut |text| output.text(text));
        }
    }
}

fn find(operations: &[&'static Operation], name: &str) -> Result<&'static Operation, String> {
    let found = operations
        .iter()
        .find(|it| it.name.eq_ignore_ascii_case(name))
        .copied();
    found.ok_or_else(|| unknown(name, operations.iter().map(|it| it.name)))
}

/// No secret of a provider's is longer.
const MAX_SECRET_BYTES: u16 = 32 << 10;

/// How long a pipe may take that a secret is read from, as with `token=@<(pass show …)`. A stop waits for it.
const PIPE_TIMEOUT: Duration = Duration::from_secs(4);

/// A secret is better not on the command line, where every user of the host can see it: `@FILE`
/// takes it from a file, `@-` from standard input.
async fn with_secrets(operation: &Operation, words: &[String]) -> Result<Vec<String>, String> {
    let mut all = Vec::new();
    for word in words {
        let secret = word.split_once("=@").filter(|(name, _)| {
            operation
                .parameter(name)
                .is_some_and(|it| it.kind == ParameterKind::Secret)
        });
        let Some((name, path)) = secret else {
            all.push(word.clone());
            continue;
        };
        let text = read_secret(path)
            .await
            .map_err(|error| format!("{name}: {path} could not be read: {error}"))?;
        all.push(format!("{name}={}", text.trim_end_matches(['\r', '\n'])));
    }
    Ok(all)
}

async fn read_secret(path: &str) -> io::Result<String> {
    let bytes = if path == "-" {
        read_input(MAX_SECRET_BYTES.into()).await
    } else {
        let pipe = InheritedPipe::ReadWithin(PIPE_TIMEOUT);
        read_whole_or_pipe(Path::new(path), MAX_SECRET_BYTES.into(), pipe)
    };
    String::from_utf8(bytes?).map_err(|_| io::Error::other("it is not UTF-8 text"))
}

fn unknown<'n>(given: &str, names: impl Iterator<Item = &'n str> + Clone) -> String {
    let likeness = |name: &str| strsim::jaro_winkler(&name.to_lowercase(), &given.to_lowercase());
    let best = names.max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    match best.filter(|name| likeness(name) > 0.8) {
        Some(name) => format!("there is no operation `{given}`; did you mean `{name}`?"),
        None => format!("there is no operation `{given}`; --list shows those there are"),
    }
}

/// The request as it would go out, secrets hidden.
fn show(request: &Request, output: &mut Output<'_>) {
    let body = match &request.body {
        RequestBody::Empty => serde_json::Value::Null,
        RequestBody::Json(text) => {
            serde_json::from_str(text).unwrap_or_else(|_| text.as_str().into())
        }
        RequestBody::Form(fields) => {
            let fields = fields.iter().map(|(name, text)| {
                let shown = match text {
                    crate::http::FormValue::Plain(text) => text.to_string(),
                    crate::http::FormValue::Secret(_) => "…".to_owned(),
                };
                (name.to_string(), shown.into())
            });
            serde_json::Value::Object(fields.collect())
        }
    };
    let method = request.method.as_str();
    if output.json {
        output.print_json(
            &serde_json::json!({ "method": method, "path": request.path, "body": body }),
        );
        return;
    }
    output.text(&format!("{method} {}\n", request.path));
    if request.basic.is_some() {
        output.text("Authorization: Basic …\n");
    }
    if !body.is_null() {
        output.text(&table::value(&body));
    }
}
