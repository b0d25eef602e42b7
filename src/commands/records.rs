//! `moored records ACCOUNT`: any record of any type, the same for every provider.

use std::collections::BTreeMap;

use super::{
    End, Output,
    account::{Means, ask},
};
use crate::{
    core::{
        name::{Fqdn, longest_zone},
        outcome::{Class, Failure, Verdict},
        record::{AccountName, Zone},
    },
    provider::book::{AnyRecord, Book, Progress},
    report::table,
};

/// What is to be done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
    /// Show the records of all zones, of a zone or of a name.
    List(Option<Fqdn>),
    /// Add one.
    Add(Wanted),
    /// Replace the one there is.
    Set(Wanted, Which),
    /// Remove one.
    Delete(Which),
}

/// A record as it shall be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// Its name.
    pub name: Fqdn,
    /// Its type, in capitals.
    pub r#type: String,
    /// Its content.
    pub data: String,
    /// Its TTL in seconds; `None` for the provider's default, or for the one it has.
    pub ttl: Option<u32>,
    /// What else it has: `priority=10`, `line=…`.
    pub fields: BTreeMap<String, String>,
}

/// Which of the records that are there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Which {
    /// Its name.
    pub name: Fqdn,
    /// Its type, in capitals.
    pub r#type: String,
    /// Its content, where several have the name and type.
    pub data: Option<String>,
    /// Its identifier, where several have even that.
    pub id: Option<String>,
}

/// Reads `FIELD=VALUE` words.
pub fn fields(words: &[String]) -> Result<BTreeMap<String, String>, String> {
    let read = |word: &String| match word.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(format!("`{word}` is not FIELD=VALUE, as in priority=10")),
    };
    words.iter().map(read).collect()
}

/// How it is to be done.
#[derive(Debug)]
pub struct Manner<'m> {
    /// The account's label.
    pub account: &'m AccountName,
    /// `--yes`.
    pub yes: bool,
    /// `--dry-run`.
    pub dry_run: bool,
}

/// Does it, and shows what was done.
pub async fn records(
    book: &impl Book,
    action: Action,
    manner: Manner<'_>,
    means: Means<'_>,
    output: &mut Output<'_>,
) -> End {
    let writes = !matches!(action, Action::List(_));
    if writes && !manner.yes && !manner.dry_run {
        return output.usage(
            "this changes a record: repeat it with --yes, or with --dry-run to see what would be done",
        );
    }
    let done = perform(book, action, manner.dry_run, means.progress);
    match ask(manner.account, means, done).await {
        Ok(Done::Listed(records)) => {
            if output.json {
                output.value(&records);
            } else {
                output.text(&shown(&records));
            }
            End::Round(Verdict::Right)
        }
        Ok(Done::Said { what, id }) => {
            if output.json {
                let done = !manner.dry_run;
                output.value(&serde_json::json!({ "done": done, "what": what, "id": id }));
            } else if manner.dry_run {
                output.text(&format!("would {what}\n"));
            } else {
                output.text(&format!("done: {what}\n"));
            }
            End::Round(Verdict::Right)
        }
        Err(failure) => output.failure(&failure),
    }
}

/// What came of it.
enum Done {
    Listed(Vec<Row>),
    Said { what: String, id: Option<String> },
}

/// A record with the zone it is in.
#[derive(serde::Serialize)]
struct Row {
    zone: String,
    #[serde(flatten)]
    record: AnyRecord,
}

fn shown(records: &[Row]) -> String {
    if records.is_empty() {
        return "no records\n".to_owned();
    }
    let header = ["ID", "NAME", "TTL", "TYPE", "DATA", ""]
        .map(str::to_owned)
        .to_vec();
    let row = |row: &Row| {
        let AnyRecord {
            id,
            host,
            r#type,
            data,
            ttl,
            fields,
        } = &row.record;
        let name = if host == "@" {
            row.zone.clone()
        } else {
            format!("{host}.{}", row.zone)
        };
        let ttl = ttl.map(|it| it.to_string()).unwrap_or_default();
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let printable = |text: &str| -> String {
            text.chars()
                .map(|it| if it.is_control() { ' ' } else { it })
                .collect()
        };
        vec![
            id.clone(),
            name,
            ttl,
            r#type.clone(),
            printable(data),
            printable(&fields.join(" ")),
        ]
    };
    let rows: Vec<_> = std::iter::once(header)
        .chain(records.iter().map(row))
        .collect();
    table::rows_aligned(&rows)
}

async fn perform(
    book: &impl Book,
    action: Action,
    dry_run: bool,
    progress: Progress<'_>,
) -> Result<Done, Failure> {
    let zones = book.zones().await?;
    let said = |what: String, id| Ok(Done::Said { what, id });
    match action {
        Action::List(name) => {
            let wanted = match &name {
                Some(name) => vec![zone_of(name, &zones)?],
                None => zones.iter().collect(),
            };
            let mut rows = Vec::new();
            for zone in wanted {
                let records = book.records(zone, progress).await?;
                let host = name.as_ref().and_then(|it| it.relative_to(&zone.name));
                let own = |it: &AnyRecord| {
                    host.is_none_or(|host| host == "@" || it.host.eq_ignore_ascii_case(host))
                };
                let zone = zone.name.to_string();
                let rows_of = records.into_iter().filter(own);
                rows.extend(rows_of.map(|record| Row {
                    zone: zone.clone(),
                    record,
                }));
            }
            Ok(Done::Listed(rows))
        }
        Action::Add(wanted) => {
            let zone = zone_of(&wanted.name, &zones)?;
            let record = wanted.record(zone, String::new());
            let what = format!("add {}", wanted.spoken());
            if dry_run {
                return said(what, None);
            }
            let id = book.add(zone, &record).await?;
            said(what, Some(id))
        }
        Action::Set(wanted, which) => {
            let zone = zone_of(&wanted.name, &zones)?;
            let before = find(book, zone, &which, progress).await?;
            let mut record = wanted.record(zone, before.id.clone());
            record.ttl = record.ttl.or(before.ttl);
            for (name, value) in before.fields {
                record.fields.entry(name).or_insert(value);
            }
            let what = format!("set {} (it was {})", wanted.spoken(), before.data);
            if !dry_run {
                book.set(zone, &record).await?;
            }
            said(what, Some(before.id))
        }
        Action::Delete(which) => {
            let zone = zone_of(&which.name, &zones)?;
            let record = find(book, zone, &which, progress).await?;
            let what = format!("delete {} {} {}", which.name, which.r#type, record.data);
            if !dry_run {
                book.delete(zone, &record.id).await?;
            }
            said(what, Some(record.id))
        }
    }
}

impl Wanted {
    fn record(&self, zone: &Zone, id: String) -> AnyRecord {
        AnyRecord {
            id,
            host: self.name.relative_to(&zone.name).unwrap_or("@").to_owned(),
            r#type: self.r#type.clone(),
            data: self.data.clone(),
            ttl: self.ttl,
            fields: self.fields.clone(),
        }
    }

    fn spoken(&self) -> String {
        format!("{} {} {}", self.name, self.r#type, self.data)
    }
}

fn zone_of<'z>(name: &Fqdn, zones: &'z [Zone]) -> Result<&'z Zone, Failure> {
    let found = longest_zone(name, zones.iter().map(|zone| &zone.name));
    let zone = zones.iter().find(|zone| Some(&zone.name) == found);
    zone.ok_or_else(|| {
        Failure::of_host(
            Class::NotFound,
            format!("no zone of the account holds {name}"),
        )
    })
}

/// The one record that is meant.
async fn find(
    book: &impl Book,
    zone: &Zone,
    which: &Which,
    progress: Progress<'_>,
) -> Result<AnyRecord, Failure> {
    let host = which.name.relative_to(&zone.name).unwrap_or("@");
    let mut found = book.records(zone, progress).await?;
    found.retain(|it| {
        it.host.eq_ignore_ascii_case(host)
            && it.r#type == which.r#type
            && which.data.as_ref().is_none_or(|data| *data == it.data)
            && which.id.as_ref().is_none_or(|id| *id == it.id)
    });
    let what = format!("{} {}", which.name, which.r#type);
    match (found.pop(), found.len()) {
        (None, _) => Err(Failure::of_host(
            Class::NotFound,
            format!("there is no record {what}"),
        )),
        (Some(record), 0) => Ok(record),
        (Some(_), more) => {
            let count = more + 1;
            let what = format!("{count} records are {what}: say which with --id (see `list`)");
            Err(Failure::of_host(Class::Invalid, what))
        }
    }
}
