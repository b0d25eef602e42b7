//! `/domains/{domainId}/dns`: the records of a domain.

use crate::{
    core::outcome::{Class, Failure},
    http::{Body, Endpoint, Method, Request, Response, query},
};

use super::super::{
    answer,
    types::{Created, DnsRecord, RecordBody},
};

/// `GET /domains/{domainId}/dns`: every record but the zone's own NS and SOA.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListRecords {
    /// The domain's identifier.
    pub domain: u64,
    /// Only those of exactly this host.
    pub host: Option<String>,
    /// Only those of exactly this type.
    pub kind: Option<String>,
}

impl Endpoint for ListRecords {
    type Output = Vec<DnsRecord>;

    fn request(&self) -> Request {
        let host = self.host.as_deref().map(|text| ("host", text));
        let kind = self.kind.as_deref().map(|text| ("type", text));
        let filters = query(host.into_iter().chain(kind));
        let path = format!("/domains/{}/dns{filters}", self.domain);
        super::request(Method::Get, path, Body::Empty)
    }

    fn decode(&self, response: &Response) -> Result<Vec<DnsRecord>, Failure> {
        answer::read(&self.request(), response)
    }
}

/// `POST /domains/{domainId}/dns`: one more record.
#[derive(Clone, PartialEq, Debug)]
pub struct CreateRecord {
    /// The domain's identifier.
    pub domain: u64,
    /// The record.
    pub record: RecordBody,
}

impl Endpoint for CreateRecord {
    /// The new record's identifier, if the answer says it.
    type Output = Option<u64>;

    fn request(&self) -> Request {
        let path = format!("/domains/{}/dns", self.domain);
        super::request(Method::Post, path, written(&self.record))
    }

    fn decode(&self, response: &Response) -> Result<Option<u64>, Failure> {
        let request = self.request();
        answer::expect(&request, response, 201)?;
        // The vendor's own clients read the identifier from `Location`, others from the body.
        let last_segment = |text: &String| text.rsplit('/').next()?.parse().ok();
        let from_location = response.location.as_ref().and_then(last_segment);
        if response.body.trim_ascii().is_empty() {
            return Ok(from_location);
        }
        let created: Created = answer::json(&request, response)?;
        Ok(created.id.or(from_location))
    }
}

/// `PUT /domains/{domainId}/dns/{recordId}`: the record is from now on this one, whole. Its host
/// and type must stay.
#[derive(Clone, PartialEq, Debug)]
pub struct ReplaceRecord {
    /// The domain's identifier.
    pub domain: u64,
    /// The record's identifier.
    pub id: u64,
    /// The record.
    pub record: RecordBody,
}

impl Endpoint for ReplaceRecord {
    type Output = ();

    fn request(&self) -> Request {
        let path = format!("/domains/{}/dns/{}", self.domain, self.id);
        super::request(Method::Put, path, written(&self.record))
    }

    fn decode(&self, response: &Response) -> Result<(), Failure> {
        answer::expect(&self.request(), response, 204)
    }
}

/// `DELETE /domains/{domainId}/dns/{recordId}`: the record is gone, or was already.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DeleteRecord {
    /// The domain's identifier.
    pub domain: u64,
    /// The record's identifier.
    pub id: u64,
}

impl Endpoint for DeleteRecord {
    type Output = ();

    fn request(&self) -> Request {
        let path = format!("/domains/{}/dns/{}", self.domain, self.id);
        super::request(Method::Delete, path, Body::Empty)
    }

    fn decode(&self, response: &Response) -> Result<(), Failure> {
        match answer::expect(&self.request(), response, 204) {
            // What was wanted. A 403 is not: the domain is not ours, its record may well stand.
            Err(failure) if failure.class == Class::NotFound && response.status == 404 => Ok(()),
            result => result,
        }
    }
}

fn written(record: &RecordBody) -> Body {
    // Maps with text keys only: there is nothing in it that JSON cannot say.
    Body::Json(serde_json::to_string(record).unwrap_or_default())
}

#[cfg(test)]
mod tests;
