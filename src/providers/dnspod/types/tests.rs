use super::*;

fn record(json: &str) -> Record {
    serde_json::from_str(json).unwrap()
}

#[test]
fn a_record_reads_the_same_whether_its_fields_are_strings_or_numbers() {
    let strings = record(
        r#"{"id":"2169654400","name":"home","line":"默认","line_id":"0","type":"A","ttl":"600",
            "value":"84.212.10.20","weight":"20","mx":"0","enabled":"1","status":"enabled",
            "remark":""}"#,
    );
    let numbers = record(
        r#"{"id":2169654400,"name":"home","line":"默认","line_id":0,"type":"A","ttl":600,
            "value":"84.212.10.20","weight":20,"mx":0,"enabled":1,"status":"enabled",
            "remark":"","a_field_of_next_year":{"deep":[1]}}"#,
    );
    assert_eq!(strings, numbers);
    assert_eq!(strings.id, "2169654400");
    assert_eq!(strings.ttl, Some(600));
}

#[test]
fn every_way_of_saying_nothing_is_read_as_nothing() {
    let bare = Record {
        id: "1".into(),
        ..Record::default()
    };
    for nothing in ["null", "false", "[]", "{}"] {
        let read = record(&format!(
            r#"{{"id":1,"weight":{nothing},"mx":{nothing},"remark":{nothing},"ttl":{nothing}}}"#
        ));
        assert_eq!(read, bare, "{nothing}");
    }
    assert_eq!(record(r#"{"id":1}"#), bare);
}

#[test]
fn whether_a_record_answers_is_understood_in_every_spelling() {
    for (json, enabled) in [
        (r#"{"id":1,"enabled":"1"}"#, Some(true)),
        (r#"{"id":1,"enabled":0,"status":"enabled"}"#, Some(false)),
        (r#"{"id":1,"status":"enabled"}"#, Some(true)),
        (r#"{"id":1,"status":"enable"}"#, Some(true)),
        (r#"{"id":1,"status":"disable"}"#, Some(false)),
        (r#"{"id":1,"status":"disabled"}"#, Some(false)),
        (r#"{"id":1}"#, None),
    ] {
        assert_eq!(record(json).is_enabled(), enabled, "{json}");
    }
}

#[test]
fn an_empty_array_in_place_of_an_object_does_not_spoil_the_answer() {
    let read: Records =
        serde_json::from_str(r#"{"domain":[],"info":"","records":[{"id":"1"}]}"#).unwrap();
    assert_eq!(read.info.record_total, None);
    assert_eq!(read.records.len(), 1);
}

#[test]
fn what_has_no_identifier_is_not_taken_for_something() {
    for json in ["{}", r#"{"id":""}"#, r#"{"id":null}"#, r#"{"id":[]}"#] {
        assert!(serde_json::from_str::<Record>(json).is_err(), "{json}");
        assert!(serde_json::from_str::<Domain>(json).is_err(), "{json}");
    }
}

#[test]
fn a_word_that_is_not_known_is_kept() {
    let domain: Domain =
        serde_json::from_str(r#"{"id":1,"status":"asleep","grade":"DP_Next"}"#).unwrap();
    assert_eq!(domain.status.as_deref(), Some("asleep"));
    assert_eq!(domain.grade.as_deref(), Some("DP_Next"));
}

#[test]
fn a_flag_is_understood_in_every_spelling() {
    let pending = |json: &str| -> Option<bool> {
        let user: User = serde_json::from_str(&format!(r#"{{"agent_pending":{json}}}"#)).unwrap();
        user.agent_pending
    };
    for yes in ["true", "1", "\"1\"", "\"yes\""] {
        assert_eq!(pending(yes), Some(true), "{yes}");
    }
    for no in ["false", "0", "\"0\"", "\"no\""] {
        assert_eq!(pending(no), Some(false), "{no}");
    }
    assert_eq!(pending("null"), None);
}
