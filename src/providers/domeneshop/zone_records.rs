//! Records of any type, in the terms that both providers share.

use serde_json::{Value, value::RawValue};

use super::{
    DomeneshopAccount,
    adapter::switched_off,
    api::{
        self,
        dns::{self, DnsCreate, DnsDelete, DnsGet, DnsList, DnsReplace},
    },
    convert::{domain_id, number},
    request,
    types::{CaaTag, Created, DnsRecord, RecordBody},
};
use crate::{
    core::{
        dns::record::Zone,
        error::{ErrorClass, ProviderError},
    },
    http::Transport,
    json,
    providers::{
        operation::{Arguments, Call as _, Operation},
        zone_records::{AccountZones, AnyRecord, Progress, ZoneRecords},
    },
};

impl<T: Transport> ZoneRecords for DomeneshopAccount<T> {
    async fn zones(&self) -> Result<AccountZones, ProviderError> {
        let mut without_dns = Vec::new();
        let editable = self.dns_zones(|_| true, &mut without_dns).await?;
        Ok(AccountZones {
            editable,
            others: without_dns.into_iter().map(switched_off).collect(),
        })
    }

    async fn each_record(
        &self,
        zone: &Zone,
        progress: Progress<'_>,
        take: &mut dyn FnMut(AnyRecord) -> Result<(), ProviderError>,
    ) -> Result<(), ProviderError> {
        let list = DnsList {
            domain_id: domain_id(zone)?,
            ..DnsList::default()
        };
        let mut count = 0;
        // Why whoever takes the records wanted no more.
        let mut refusal = None;
        let mut read = |item: &RawValue| {
            let record: DnsRecord = json::read(item.get().as_bytes())?;
            count += 1;
            take(any(record)).map_err(|failure| {
                let what = failure.message.clone();
                refusal = Some(failure);
                what
            })
        };
        let listed = self.client().each_item(&list, &mut read).await;
        match (refusal, listed) {
            (Some(failure), _) | (None, Err(failure)) => Err(failure),
            (None, Ok(())) => {
                progress(count, Some(count));
                Ok(())
            }
        }
    }

    fn check(&self, record: &AnyRecord) -> Result<(), ProviderError> {
        // Any domain does: what is looked at is the record.
        let words = words_to_create(1, record);
        let arguments = arguments(DnsCreate::OPERATION, &words)?;
        let prepared = self.client().prepare(DnsCreate::OPERATION, &arguments);
        prepared.map(|_| ())
    }

    async fn add(&self, zone: &Zone, record: &AnyRecord) -> Result<String, ProviderError> {
        let words = words_to_create(domain_id(zone)?, record);
        let arguments = arguments(DnsCreate::OPERATION, &words)?;
        let created: Created = self
            .client()
            .perform(DnsCreate::OPERATION, &arguments)
            .await?;
        // It is there even if the answer does not say under which number.
        Ok(created.id.map(|id| id.to_string()).unwrap_or_default())
    }

    async fn set(&self, zone: &Zone, record: &AnyRecord) -> Result<(), ProviderError> {
        let domain_id = domain_id(zone)?;
        let record_id = number(&record.id, "record")?;
        let get = DnsGet {
            domain_id,
            record_id,
        };
        let there = self.client().call(&get).await?;
        let body = replacement(domain_id, &there, record)?;
        // No write that changes nothing (L3).
        if body == there.body {
            return Ok(());
        }
        self.client()
            .replace_whole(domain_id, record_id, &body)
            .await
    }

    async fn delete(&self, zone: &Zone, id: &str) -> Result<(), ProviderError> {
        let delete = DnsDelete {
            domain_id: domain_id(zone)?,
            record_id: number(id, "record")?,
        };
        self.client().call(&delete).await
    }
}

/// A listed record in the terms of both providers.
fn any(record: DnsRecord) -> AnyRecord {
    let DnsRecord { id, body } = record;
    let is_caa = body.kind == "CAA";
    let fields = body.extra.iter().map(|(name, value)| {
        let text = text(value);
        let tag = CaaTag::parse(&text).filter(|_| is_caa && name == "tag");
        (name.clone(), tag.map_or(text, |it| it.as_str().to_owned()))
    });
    AnyRecord {
        id: id.to_string(),
        fields: fields.collect(),
        host: body.host,
        r#type: body.kind,
        data: body.data,
        ttl: body.ttl,
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// A new record, as arguments are written.
fn words_to_create(domain_id: i64, record: &AnyRecord) -> Vec<String> {
    let mut words = vec![format!("domain_id={domain_id}")];
    words.extend(common(record));
    let fields = record.fields.iter();
    words.extend(fields.map(|(name, text)| format!("{name}={text}")));
    words
}

/// What every type has, as arguments are written.
fn common(record: &AnyRecord) -> Vec<String> {
    let mut words = vec![format!("host={}", record.host)];
    words.extend(record.ttl.map(|ttl| format!("ttl={ttl}")));
    words.push(format!("type={}", record.r#type));
    words.push(format!("data={}", record.data));
    words
}

fn arguments(operation: &'static Operation, words: &[String]) -> Result<Arguments, ProviderError> {
    Arguments::written(operation, words).map_err(|misuses| {
        let texts: Vec<_> = misuses.iter().map(ToString::to_string).collect();
        refused(texts.join("; "))
    })
}

fn refused(what: String) -> ProviderError {
    ProviderError::of_host(ErrorClass::Invalid, what)
}

/// The whole record that takes the place of the one that is there: a PUT replaces everything, so
/// what `record` does not say is taken from there.
fn replacement(
    domain_id: i64,
    there: &DnsRecord,
    record: &AnyRecord,
) -> Result<RecordBody, ProviderError> {
    for (what, old, new) in [
        ("host", &there.body.host, &record.host),
        ("type", &there.body.kind, &record.r#type),
    ] {
        if !old.eq_ignore_ascii_case(new) {
            let what = format!(
                "`{what}` cannot change from `{old}` to `{new}`: delete the record and add another"
            );
            return Err(refused(what));
        }
    }
    let mut body = there.body.clone();
    body.ttl = record.ttl.or(body.ttl);
    body.data.clone_from(&record.data);
    let own = dns::of_type(&body.kind);
    let mut words = vec![
        format!("domain_id={domain_id}"),
        format!("record_id={}", there.id),
    ];
    words.extend(common(record));
    for (name, given) in &record.fields {
        if !own.contains(&name.as_str())
            && let Some(value) = body.extra.get_mut(name)
        {
            // Not a field that is known for this type: it goes back as it came, or as it is told.
            if text(value) != *given {
                *value = Value::from(given.as_str());
            }
        } else {
            words.push(format!("{name}={given}"));
        }
    }
    for name in own.iter().filter(|it| !record.fields.contains_key(**it)) {
        words.extend(
            body.extra
                .get(*name)
                .map(|it| format!("{name}={}", text(it))),
        );
    }
    // What is there already of a type that nobody documents is for the service to judge.
    if dns::is_known(&body.kind) {
        let arguments = arguments(DnsReplace::OPERATION, &words)?;
        api::check(DnsReplace::OPERATION, &arguments)?;
        let fields = request::fields(DnsReplace::OPERATION, &arguments);
        let fields = fields.into_iter().filter(|(name, _)| own.contains(name));
        body.extra
            .extend(fields.map(|(name, value)| (name.to_owned(), value)));
    } else if let Some(name) = record
        .fields
        .keys()
        .find(|it| !body.extra.contains_key(*it))
    {
        let what = format!("the record has no `{name}`");
        return Err(refused(what));
    }
    Ok(body)
}
