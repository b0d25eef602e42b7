//! An account's zones and their records of any type.

use super::{
    DnsPodAccount, Site,
    api::{
        record::{
            RecordCreate, RecordInfo, RecordList, RecordModify, RecordRemark, RecordRemove,
            RecordStatus,
        },
        subject,
    },
    line::LineRef,
    record::domain,
    types,
};
use crate::{
    core::{
        dns::{name::Fqdn, record::Zone},
        error::{ErrorClass, ProviderError},
    },
    http::Transport,
    providers::{
        operation::Call,
        zone_records::{AccountZones, AnyRecord, Progress, ZoneRecords},
    },
};

/// What a record has besides its name, type, data and TTL, by the names of [`AnyRecord::fields`].
/// An MX record's `mx` is its `priority`, as at the other providers, and is taken by both names.
const FIELDS: [&str; 6] = ["line", "line_id", "mx", "weight", "status", "remark"];

/// The name that all providers share for an MX record's preference.
const PRIORITY: &str = "priority";

/// The shortest TTL that the free plan allows, in seconds; the other plans allow shorter ones.
const HIGHEST_MINIMUM: u32 = 600;

/// The code for a record that is there already.
const THERE_ALREADY: i64 = 104;

impl<T: Transport> ZoneRecords for DnsPodAccount<T> {
    async fn zones(&self) -> Result<AccountZones, ProviderError> {
        Ok(AccountZones {
            editable: self.every_zone(|_| true).await?,
            others: Vec::new(),
        })
    }

    async fn each_record(
        &self,
        zone: &Zone,
        progress: Progress<'_>,
        take: &mut dyn FnMut(AnyRecord) -> Result<(), ProviderError>,
    ) -> Result<(), ProviderError> {
        let listed = self.every_record(zone, progress, |record| take(self.shown(record)));
        listed.await.map(|_| ())
    }

    async fn add(&self, zone: &Zone, record: &AnyRecord) -> Result<String, ProviderError> {
        let fields = Fields::of(record)?;
        let (domain_id, domain) = domain(zone);
        let line = self.given_line(&fields);
        let (record_line, record_line_id) = line.unwrap_or_else(|| self.line.of_new()).parameters();
        let call = RecordCreate {
            domain_id,
            domain,
            sub_domain: Some(record.host.clone()),
            record_type: record.r#type.clone(),
            record_line,
            record_line_id,
            value: record.data.clone(),
            mx: fields.mx,
            ttl: record.ttl.map(i64::from),
            status: self.in_the_write(fields.status),
            weight: fields.weight,
        };
        let arguments = call.arguments();
        let answer = self.client().ask(RecordCreate::OPERATION, &arguments);
        let answer = answer.await?;
        // For who asks to add one this is an answer, and not a write to look after.
        if answer.code() == THERE_ALREADY {
            let subject = subject(RecordCreate::OPERATION, &arguments);
            let what = format!("{subject}: such a record is there already");
            return Err(ProviderError::of_host(ErrorClass::Invalid, what));
        }
        let written = answer.decode::<types::Written>()?.record;
        Self::believed(&call, &written)?;
        let Some(id) = written.id.filter(|it| !it.is_empty()) else {
            let what = format!(
                "Record.Create of {} in {}: the answer does not name the new record",
                record.host, zone.name
            );
            return Err(ProviderError::of_host(ErrorClass::ProtocolViolation, what));
        };
        let status = fields.status.filter(|it| *it != "enable");
        let remark = fields.remark.filter(|it| !it.is_empty());
        let apart = self.write_apart(zone, &id, status, remark).await;
        apart.map_err(|failure| ProviderError {
            message: format!("record {id} was added, and not all that it says: {failure}"),
            ..failure
        })?;
        Ok(id)
    }

    /// A record that says already what it shall say is not written: a few writes that change nothing
    /// lock it for an hour.
    async fn set(&self, zone: &Zone, record: &AnyRecord) -> Result<(), ProviderError> {
        let fields = Fields::of(record)?;
        let (domain_id, domain) = domain(zone);
        let call = RecordInfo {
            domain_id: domain_id.clone(),
            domain: domain.clone(),
            record_id: record.id.clone(),
        };
        let now = self.client().call(&call).await?.record;
        let status = now.enabled.as_deref().map(|it| match it {
            "0" => "disable",
            _ => "enable",
        });
        let number = |text: Option<&str>| text.and_then(|it| it.trim().parse::<i64>().ok());
        let on = (now.record_line.as_deref(), now.record_line_id.as_deref());
        let line = self.line.of_existing(on.0, on.1);
        let (record_line, record_line_id) = line.parameters();
        let record_type = now.record_type.unwrap_or_default();
        // 0 is a preference, and what stands on every record that has none.
        let mx = number(now.mx.as_deref()).filter(|mx| *mx != 0 || is_mx(&record_type));
        let weight = number(now.weight.as_deref());
        let present = RecordModify {
            domain_id,
            domain,
            record_id: record.id.clone(),
            sub_domain: now.sub_domain.unwrap_or_default(),
            record_type,
            record_line,
            record_line_id,
            value: now.value.unwrap_or_default(),
            mx,
            ttl: now.ttl.map(i64::from),
            status: self.in_the_write(status),
            weight: weight.filter(|_| self.client().site() == Site::China),
        };
        let mut wanted = RecordModify {
            sub_domain: spelt(&present.sub_domain, &record.host, zone),
            record_type: record.r#type.clone(),
            value: record.data.clone(),
            mx: fields.mx.or(present.mx),
            ttl: record.ttl.map(i64::from).or(present.ttl),
            status: self.in_the_write(fields.status.or(status)),
            // Where a write cannot say the weight, only that it stays.
            weight: fields
                .weight
                .filter(|it| Some(*it) != weight)
                .or(present.weight),
            ..present.clone()
        };
        let other = self.given_line(&fields).filter(|it| !self.is_on(on, it));
        // What is given goes before both that the record has: its name and its identifier.
        if let Some(line) = other {
            (wanted.record_line, wanted.record_line_id) = line.parameters();
        }
        if !is_same(&present, &wanted) {
            if let (None, Some(ttl)) = (record.ttl, now.ttl) {
                wanted.ttl = Some(self.allowed_ttl(ttl, &present).await?.into());
            }
            self.write(&wanted).await?;
        }
        let status = fields.status.filter(|it| Some(*it) != status);
        let remark = fields
            .remark
            .filter(|it| *it != now.remark.as_deref().unwrap_or_default());
        self.write_apart(zone, &record.id, status, remark).await
    }

    async fn delete(&self, zone: &Zone, id: &str) -> Result<(), ProviderError> {
        let (domain_id, domain) = domain(zone);
        let call = RecordRemove {
            domain_id,
            domain,
            record_id: id.to_owned(),
        };
        self.client().call(&call).await.map(drop)
    }
}

impl<T: Transport> DnsPodAccount<T> {
    /// A listed record in the words that all providers share.
    fn shown(&self, listed: types::Record) -> AnyRecord {
        let is_enabled = listed.is_enabled();
        let status = is_enabled.map(|it| if it { "enable" } else { "disable" });
        let is_mx = listed.r#type.as_deref().is_some_and(is_mx);
        let mx = listed.mx.filter(|mx| is_mx || mx != "0");
        let names = FIELDS.map(|it| if is_mx && it == "mx" { PRIORITY } else { it });
        let line = listed.line.map(|line| self.line.sent_name(&line));
        let fields = [
            line,
            listed.line_id,
            mx,
            listed.weight,
            status.map(str::to_owned),
            listed.remark,
        ];
        let said = |(name, value): (&str, Option<String>)| {
            let value = value.filter(|it| !it.is_empty())?;
            Some((name.to_owned(), value))
        };
        AnyRecord {
            id: listed.id,
            host: listed.name.unwrap_or_default(),
            r#type: listed.r#type.unwrap_or_default(),
            data: listed.value.unwrap_or_default(),
            ttl: listed.ttl,
            fields: names.into_iter().zip(fields).filter_map(said).collect(),
        }
    }

    /// The line that is asked for. As with the service, its identifier goes before its name.
    fn given_line(&self, fields: &Fields<'_>) -> Option<LineRef> {
        let id = fields.line_id.map(|id| LineRef::Id(id.to_owned()));
        id.or_else(|| {
            let name = fields.line?;
            Some(LineRef::Name(self.line.sent_name(name)))
        })
    }

    /// The listed TTL of a record, raised to its zone's minimum if that is known: one below, which
    /// old updaters left behind, would make the write fail. Only where it may be below we ask.
    async fn allowed_ttl(&self, ttl: u32, present: &RecordModify) -> Result<u32, ProviderError> {
        if ttl >= HIGHEST_MINIMUM {
            return Ok(ttl);
        }
        let call = RecordList {
            domain_id: present.domain_id.clone(),
            domain: present.domain.clone(),
            sub_domain: Some(present.sub_domain.clone()),
            offset: Some(0),
            length: Some(1),
            ..RecordList::default()
        };
        let least = self.client().call(&call).await?.domain.min_ttl;
        Ok(least.map_or(ttl, |least| ttl.max(least)))
    }

    /// Whether a record whose line has this name and identifier is on that line.
    fn is_on(&self, (name, id): (Option<&str>, Option<&str>), line: &LineRef) -> bool {
        match line {
            LineRef::Id(wanted) => id == Some(wanted),
            LineRef::Name(wanted) => name.is_some_and(|it| self.line.sent_name(it) == *wanted),
        }
    }

    /// The status as a part of the write itself, which only China has.
    fn in_the_write(&self, status: Option<&str>) -> Option<String> {
        let is_part = self.client().site() == Site::China;
        status.filter(|_| is_part).map(str::to_owned)
    }

    /// What has a call of its own: the note, and on the international site the status.
    async fn write_apart(
        &self,
        zone: &Zone,
        id: &str,
        status: Option<&str>,
        remark: Option<&str>,
    ) -> Result<(), ProviderError> {
        let (domain_id, domain) = domain(zone);
        if let Some(status) = status.filter(|_| self.client().site() == Site::International) {
            let call = RecordStatus {
                domain_id: domain_id.clone(),
                domain: domain.clone(),
                record_id: id.to_owned(),
                status: status.to_owned(),
            };
            self.write(&call).await?;
        }
        if let Some(remark) = remark {
            let call = RecordRemark {
                domain_id,
                domain,
                record_id: id.to_owned(),
                remark: remark.to_owned(),
            };
            self.client().call(&call).await?;
        }
        Ok(())
    }
}

/// The wanted host, as the record has it if it is the same: in capitals, or in its own letters.
fn spelt(present: &str, wanted: &str, zone: &Zone) -> String {
    let name = |host: &str| Fqdn::in_zone(host, &zone.name).ok();
    let same = match (name(present), name(wanted)) {
        (Some(present), Some(wanted)) => present == wanted,
        // No host could have these names, and records of other types may.
        _ => present.eq_ignore_ascii_case(wanted),
    };
    if same { present } else { wanted }.to_owned()
}

/// Whether records of this type have a preference.
fn is_mx(record_type: &str) -> bool {
    record_type.eq_ignore_ascii_case("MX")
}

/// Whether two writes leave the record the same. The service puts a dot behind a target's name.
fn is_same(present: &RecordModify, wanted: &RecordModify) -> bool {
    let bare = |call: &RecordModify| {
        let mut call = call.clone();
        if call.record_type != "TXT" {
            call.value.truncate(call.value.trim_end_matches('.').len());
        }
        call
    };
    bare(present) == bare(wanted)
}

/// The fields of a record that is to be written.
#[derive(Clone, Copy, Default)]
struct Fields<'a> {
    line: Option<&'a str>,
    line_id: Option<&'a str>,
    mx: Option<i64>,
    weight: Option<i64>,
    status: Option<&'a str>,
    remark: Option<&'a str>,
}

impl<'a> Fields<'a> {
    /// Refuses a field that is not known, and a number or a status that is none.
    fn of(record: &'a AnyRecord) -> Result<Self, ProviderError> {
        let refused = |what: String| ProviderError::of_host(ErrorClass::Invalid, what);
        let number = |name: &str, value: &str| {
            let parsed = value.trim().parse::<i64>();
            parsed.map_err(|_| refused(format!("`{name}` takes a number, not `{value}`")))
        };
        let mut fields = Self::default();
        let is_mx = is_mx(&record.r#type);
        for (name, value) in &record.fields {
            match name.as_str() {
                "line" => fields.line = Some(value),
                "line_id" => fields.line_id = Some(value),
                "mx" => fields.mx = Some(number(name, value)?),
                PRIORITY if is_mx => {
                    let priority = number(name, value)?;
                    // The names come in order: `mx` before `priority`.
                    if fields.mx.is_some_and(|mx| mx != priority) {
                        let what = "`mx` and `priority` are one and the same: give one of them";
                        return Err(refused(what.to_owned()));
                    }
                    fields.mx = Some(priority);
                }
                "weight" => fields.weight = Some(number(name, value)?),
                "status" if matches!(value.as_str(), "enable" | "disable") => {
                    fields.status = Some(value);
                }
                "status" => {
                    let what = format!("`status` takes enable|disable, not `{value}`");
                    return Err(refused(what));
                }
                "remark" => fields.remark = Some(value),
                _ => {
                    let known = FIELDS.join(", ");
                    let of_mx = if is_mx { ", priority" } else { "" };
                    let kind = &record.r#type;
                    let what = format!(
                        "DNSPod's {kind} records have no `{name}`; they have {known}{of_mx}"
                    );
                    return Err(refused(what));
                }
            }
        }
        Ok(fields)
    }
}
