//! `moored records ACCOUNT`: any record of any type, the same for every provider.

use std::{collections::BTreeMap, net::IpAddr};

use super::{
    CommandResult, Output,
    account::{RequestContext, ask},
};
use crate::{
    core::{
        dns::{
            name::{Fqdn, longest_zone},
            record::{AccountName, Zone},
        },
        error::{ErrorClass, ProviderError, Scope},
        verdict::Verdict,
    },
    providers::zone_records::{AccountZones, AnyRecord, Progress, ZoneRecords},
    report::table,
};

/// What is to be done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
    /// Show the records of all zones, of a zone or of a name.
    List(Option<Fqdn>),
    /// Add one.
    Add(NewRecord),
    /// Replace the one there is.
    Set(NewRecord, RecordSelector),
    /// Remove one.
    Delete(RecordSelector),
}

/// A record as it shall be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewRecord {
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
pub struct RecordSelector {
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
    let mut fields = BTreeMap::new();
    for word in words {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) if !name.is_empty() => (name.to_owned(), value.to_owned()),
            _ => return Err(format!("`{word}` is not FIELD=VALUE, as in priority=10")),
        };
        if fields.insert(name.clone(), value).is_some() {
            return Err(format!("`{name}` is given twice"));
        }
    }
    Ok(fields)
}

/// A record type as it is written: in capitals, but for the one of DNSPod's that is not.
pub fn kind(text: &str) -> String {
    if text.eq_ignore_ascii_case("Framed URL") {
        "Framed URL".to_owned()
    } else {
        text.to_uppercase()
    }
}

/// What is wrong with a record's content, as far as that can be said without a provider.
fn misuse(wanted: &NewRecord) -> Option<String> {
    let addr = || wanted.data.parse::<IpAddr>();
    match wanted.r#type.as_str() {
        "A" if !addr().is_ok_and(|it| it.is_ipv4()) => Some("an IPv4 address"),
        "AAAA" if !addr().is_ok_and(|it| it.is_ipv6()) => Some("an IPv6 address"),
        _ => None,
    }
    .map(|what| format!("{} takes {what}, not `{}`", wanted.r#type, wanted.data))
}

/// How it is to be done.
#[derive(Debug)]
pub struct RecordsOptions<'m> {
    /// The account's label.
    pub account: &'m AccountName,
    /// `--yes`.
    pub yes: bool,
    /// `--dry-run`.
    pub dry_run: bool,
}

/// Does it, and shows what was done.
pub async fn records(
    book: &impl ZoneRecords,
    action: Action,
    manner: RecordsOptions<'_>,
    means: RequestContext<'_>,
    output: &mut Output<'_>,
) -> CommandResult {
    let writes = !matches!(action, Action::List(_));
    if writes && !manner.yes && !manner.dry_run {
        return output.usage(
            "this changes a record: repeat it with --yes, or with --dry-run to see what would be done",
        );
    }
    if let Action::Add(wanted) | Action::Set(wanted, _) = &action
        && let Some(what) = misuse(wanted)
    {
        return output.usage(&what);
    }
    if let Action::Add(wanted) = &action
        && let Err(failure) = book.check(&wanted.record("@".to_owned(), String::new()))
    {
        return output.usage(&failure.message);
    }
    let list = RecordsText::new(output.json);
    let done = perform(book, action, list, manner.dry_run, means.progress);
    let done = ask(manner.account, means, done).await;
    if writes && !manner.dry_run {
        // The next round reads what is there now, whatever came of it.
        means.state.borrow_mut().invalidate(manner.account);
    }
    match done {
        Ok(RecordsOutput::Listed(list, failures)) => {
            list.write(output);
            let ends = failures.iter().map(|failure| output.failure(failure));
            ends.fold(CommandResult::Round(Verdict::Right), CommandResult::worse)
        }
        Ok(RecordsOutput::Done { what, id }) => {
            if output.json {
                let done = !manner.dry_run;
                output.print_json(&serde_json::json!({ "done": done, "what": what, "id": id }));
            } else if manner.dry_run {
                output.text(&format!("would {what}\n"));
            } else {
                output.text(&format!("done: {what}\n"));
            }
            CommandResult::Round(Verdict::Right)
        }
        Err(failure) => output.failure(&failure),
    }
}

/// What came of it.
enum RecordsOutput {
    /// Records, and what failed of the zones they were looked for in.
    Listed(RecordsText, Vec<ProviderError>),
    Done {
        what: String,
        id: Option<String>,
    },
}

/// A record with the zone it is in.
#[derive(serde::Serialize)]
struct ListedRow<'z> {
    zone: &'z str,
    #[serde(flatten)]
    record: AnyRecord,
}

/// The longest list that is shown, in bytes of text.
const MAX_LIST_LENGTH: usize = 24 << 20;

/// Records as they will be shown. There may be tens of thousands: they are kept as text, which takes a tenth of the
/// memory.
enum RecordsText {
    /// A JSON array without its last bracket.
    Json(String),
    Table(table::TableRows),
}

impl RecordsText {
    fn new(is_json: bool) -> Self {
        if is_json {
            Self::Json(String::new())
        } else {
            Self::Table(table::TableRows::default())
        }
    }

    fn push(&mut self, row: &ListedRow<'_>) -> Result<(), ProviderError> {
        let size = match self {
            Self::Json(text) => {
                text.push(if text.is_empty() { '[' } else { ',' });
                // Only a map with keys that are no strings could fail.
                text.push_str(&serde_json::to_string(row).unwrap_or_default());
                text.len()
            }
            Self::Table(rows) => {
                if rows.size() == 0 {
                    rows.push(["ID", "NAME", "TTL", "TYPE", "DATA", ""].into_iter());
                }
                let cells = cells(row);
                rows.push(cells.iter().map(String::as_str));
                rows.size()
            }
        };
        if size > MAX_LIST_LENGTH {
            let what = "there are more records than can be shown: name a host or a zone";
            return Err(ProviderError::of_account(
                ErrorClass::ProtocolViolation,
                what,
            ));
        }
        Ok(())
    }

    fn write(&self, output: &mut Output<'_>) {
        match self {
            Self::Json(text) => {
                output.json_piece(if text.is_empty() { "[" } else { text });
                output.json_piece("]\n");
            }
            Self::Table(rows) if rows.size() == 0 => output.text("no records\n"),
            Self::Table(rows) => rows.write(&mut |text| output.text(text)),
        }
    }
}

fn cells(row: &ListedRow<'_>) -> [String; 6] {
    let AnyRecord {
        id,
        host,
        r#type,
        data,
        ttl,
        fields,
    } = &row.record;
    let name = if host == "@" {
        row.zone.to_owned()
    } else {
        format!("{host}.{}", row.zone)
    };
    let ttl = ttl.map(|it| it.to_string()).unwrap_or_default();
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let fields = fields.join(" ");
    [id, &name, &ttl, r#type, data, &fields].map(|text| table::printable(text))
}

async fn perform(
    book: &impl ZoneRecords,
    action: Action,
    mut list: RecordsText,
    dry_run: bool,
    progress: Progress<'_>,
) -> Result<RecordsOutput, ProviderError> {
    let zones = book.zones().await?;
    let said = |what: String, id| Ok(RecordsOutput::Done { what, id });
    match action {
        Action::List(name) => {
            let wanted = match &name {
                Some(name) => vec![zone_of(name, &zones)?],
                None => zones.editable.iter().collect(),
            };
            let mut failures = Vec::new();
            for zone in wanted {
                let is_whole = name
                    .as_ref()
                    .is_none_or(|it| it.as_str() == zone.name.as_str());
                let zone_name = zone.name.as_str();
                let mut take = |record: AnyRecord| {
                    let is_own = |name| is_named(&record, name, zone);
                    if is_whole || name.as_ref().is_some_and(is_own) {
                        let zone = zone_name;
                        list.push(&ListedRow { zone, record })?;
                    }
                    Ok(())
                };
                match book.each_record(zone, progress, &mut take).await {
                    Ok(()) => {}
                    // A zone in trouble hides no other.
                    Err(failure) if failure.scope == Scope::Host && name.is_none() => {
                        failures.push(failure);
                    }
                    Err(failure) => return Err(failure),
                }
            }
            Ok(RecordsOutput::Listed(list, failures))
        }
        Action::Add(wanted) => {
            let zone = zone_of(&wanted.name, &zones)?;
            let record = wanted.record(wanted.host_in(zone), String::new());
            let what = format!("add {}", wanted.description());
            if dry_run {
                return said(what, None);
            }
            let id = book.add(zone, &record).await?;
            said(what, Some(id))
        }
        Action::Set(wanted, which) => {
            let zone = zone_of(&wanted.name, &zones)?;
            let before = find(book, zone, &which, progress).await?;
            // The name goes back as it is stored; what is not said, the provider's side keeps.
            let record = wanted.record(before.host.clone(), before.id.clone());
            let what = format!(
                "set {} (it was {})",
                wanted.description(),
                table::printable(&before.data)
            );
            if !dry_run {
                book.set(zone, &record).await?;
            }
            said(what, Some(before.id))
        }
        Action::Delete(which) => {
            let zone = zone_of(&which.name, &zones)?;
            let record = find(book, zone, &which, progress).await?;
            let what = format!(
                "delete {} {} {}",
                which.name,
                which.r#type,
                table::printable(&record.data)
            );
            if !dry_run {
                book.delete(zone, &record.id).await?;
            }
            said(what, Some(record.id))
        }
    }
}

impl NewRecord {
    fn host_in(&self, zone: &Zone) -> String {
        self.name.relative_to(&zone.name).unwrap_or("@").to_owned()
    }

    fn record(&self, host: String, id: String) -> AnyRecord {
        AnyRecord {
            id,
            host,
            r#type: self.r#type.clone(),
            data: self.data.clone(),
            ttl: self.ttl,
            fields: self.fields.clone(),
        }
    }

    fn description(&self) -> String {
        format!("{} {} {}", self.name, self.r#type, self.data)
    }
}

fn zone_of<'z>(name: &Fqdn, zones: &'z AccountZones) -> Result<&'z Zone, ProviderError> {
    let editable = zones.editable.iter().map(|zone| &zone.name);
    let found = longest_zone(name, editable);
    if let Some(zone) = zones.editable.iter().find(|zone| Some(&zone.name) == found) {
        return Ok(zone);
    }
    let others = zones.others.iter().map(|(zone, _)| zone);
    let found = longest_zone(name, others);
    let other = zones.others.iter().find(|(zone, _)| Some(zone) == found);
    Err(other.map_or_else(
        || {
            let what = format!("no zone of the account holds {name}");
            ProviderError::of_host(ErrorClass::NotFound, what)
        },
        |(_, failure)| failure.clone(),
    ))
}

/// Whether a record has this name: a provider may list it in any case, or in Unicode.
fn is_named(record: &AnyRecord, name: &Fqdn, zone: &Zone) -> bool {
    Fqdn::in_zone(&record.host, &zone.name).is_ok_and(|it| it == *name)
}

/// Whether two contents of a record of this type mean the same.
fn is_same(kind: &str, one: &str, other: &str) -> bool {
    if let (Ok(one), Ok(other)) = (one.parse::<IpAddr>(), other.parse::<IpAddr>()) {
        return one == other;
    }
    match kind {
        "CNAME" | "ANAME" | "MX" | "NS" | "SRV" => {
            let bare = |text: &str| text.trim_end_matches('.').to_lowercase();
            bare(one) == bare(other)
        }
        _ => one == other,
    }
}

/// The one record that is meant.
async fn find(
    book: &impl ZoneRecords,
    zone: &Zone,
    which: &RecordSelector,
    progress: Progress<'_>,
) -> Result<AnyRecord, ProviderError> {
    let is_meant = |record: &AnyRecord| {
        let has_data = |data| is_same(&which.r#type, data, &record.data);
        is_named(record, &which.name, zone)
            && record.r#type.eq_ignore_ascii_case(&which.r#type)
            && which.data.as_deref().is_none_or(has_data)
            && which.id.as_ref().is_none_or(|id| *id == record.id)
    };
    let mut found = None;
    let mut count: usize = 0;
    let mut take = |record: AnyRecord| {
        if is_meant(&record) {
            count += 1;
            found.get_or_insert(record);
        }
        Ok(())
    };
    book.each_record(zone, progress, &mut take).await?;
    let what = format!("{} {}", which.name, which.r#type);
    match (found, count) {
        (None, _) => Err(ProviderError::of_host(
            ErrorClass::NotFound,
            format!("there is no record {what}"),
        )),
        (Some(record), 1) => Ok(record),
        (Some(_), count) => {
            let what = format!(
                "{count} records are {what}: say which by its content or with --id (see `list`)"
            );
            Err(ProviderError::of_host(ErrorClass::Invalid, what))
        }
    }
}
