//! The JSON schema of a configuration for editors, from the table of its keys. It is not stricter than the reader: what
//! takes more than one look at a value (how long a time is, whether there are operators enough) is the reader's.

use moored::config::keys::{ConfigKey, Fallback, KeyKind, KeyTable, SPELLINGS, TABLES, TextFormat};
use serde_json::{Map, Value, json};

pub(crate) fn schema() -> String {
    let root = TABLES.iter().find(|it| it.path.is_empty()).unwrap();
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "moored",
        "description": "The configuration of moored, which keeps a host's names moored to its address.",
    });
    let own = table(root);
    schema.as_object_mut().unwrap().extend(own);
    let accounts = root.inner().filter(|it| it.repeats);
    let accounts: Vec<_> = accounts
        .map(|it| json!({ "required": [it.path] }))
        .collect();
    schema["anyOf"] = accounts.into();
    serde_json::to_string_pretty(&schema).unwrap() + "\n"
}

/// A table as an object.
fn table(table: &KeyTable) -> Map<String, Value> {
    let mut properties = Map::new();
    for key in table.keys {
        for (name, (end, what)) in key.names().into_iter().zip(SPELLINGS) {
            let about = match end {
                "" => about(key),
                _ => format!("{} Here: {what}.", about(key)),
            };
            let mut value = value(table, key);
            if !end.is_empty() {
                value = json!({ "type": "string", "minLength": 1 });
            }
            value["description"] = about.into();
            properties.insert(name, value);
        }
    }
    for inner in table.inner() {
        let name = inner.name();
        if properties.contains_key(name) {
            continue; // It is one of the forms of the key.
        }
        let mut object = Value::Object(self::table(inner));
        if inner.repeats {
            object = json!({ "type": "array", "minItems": 1, "items": object });
        }
        object["description"] = inner.about.into();
        properties.insert(name.to_owned(), object);
    }
    let mut object = Map::new();
    object.insert("type".into(), "object".into());
    object.insert("additionalProperties".into(), false.into());
    object.insert("properties".into(), properties.into());
    let needs = needs(table);
    if !needs.is_empty() {
        object.insert("allOf".into(), needs.into());
    }
    object
}

/// What must be there, and what excludes each other.
fn needs(table: &KeyTable) -> Vec<Value> {
    let required = |name: &String| json!({ "required": [name] });
    let mut needs = Vec::new();
    let must = table
        .keys
        .iter()
        .filter(|it| it.without == Fallback::Required);
    for key in must {
        let names: Vec<_> = key.names().iter().map(required).collect();
        needs.push(match &names[..] {
            [only] => only.clone(),
            _ => json!({ "oneOf": names }),
        });
    }
    // Of several keys that may take each other's place exactly one is there, of hosts at least one.
    let secrets = table
        .keys
        .iter()
        .filter(|it| it.kind == KeyKind::Secret && it.without != Fallback::Required);
    let secrets: Vec<_> = secrets.flat_map(ConfigKey::names).collect();
    let device: Vec<_> = ["host", "mac"].map(str::to_owned).into();
    let has = |name: &str| table.keys.iter().any(|it| it.name == name);
    for names in [secrets, device] {
        if !names.is_empty() && names.iter().any(|it| has(it)) {
            needs.push(json!({ "oneOf": names.iter().map(required).collect::<Vec<_>>() }));
        }
    }
    if has("hosts") {
        needs.push(json!({ "anyOf": [required(&"hosts".into()), required(&"host".into())] }));
    }
    needs
}

fn value(table: &KeyTable, key: &ConfigKey) -> Value {
    let mut value = match key.kind {
        KeyKind::Duration(..) => json!({
            "type": "string",
            "minLength": 2,
            "pattern": r"^\s*([0-9]+d\s*)?([0-9]+h\s*)?([0-9]+m\s*)?([0-9]+s\s*)?([0-9]+ms)?[ \t]*$",
        }),
        KeyKind::Integer(least, i64::MAX, _) => json!({ "type": "integer", "minimum": least }),
        KeyKind::Integer(least, most, 1) => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        KeyKind::Integer(least, most, step) => {
            json!({ "type": "integer", "minimum": least, "maximum": most, "multipleOf": step })
        }
        KeyKind::Switch => json!({ "type": "boolean" }),
        KeyKind::Choice(words) => json!({ "enum": words }),
        KeyKind::Text(form) => text(form),
        KeyKind::Texts(form) => json!({ "type": "array", "items": text(form) }),
        KeyKind::Secret => json!({ "type": "string", "pattern": r"^\S+$" }),
        KeyKind::Device => {
            let device = table.inner().find(|it| it.name() == key.name).unwrap();
            json!({ "anyOf": [{ "type": "boolean" }, self::table(device)] })
        }
    };
    if let Fallback::Default(default) = key.without {
        value["default"] = json_of(default);
    }
    if key.kind != KeyKind::Secret {
        value["examples"] = json!([json_of(key.example)]);
    }
    value
}

fn text(form: &TextFormat) -> Value {
    json!({ "type": "string", "pattern": form.pattern })
}

/// What a hover shows: prose without the marks of the manual.
fn about(key: &ConfigKey) -> String {
    let limits = match key.kind {
        KeyKind::Duration(least, most) => format!(" From {least} to {most}."),
        _ => String::new(),
    };
    let without = match key.without {
        Fallback::Described(words) => format!(" Without it: {words}"),
        _ => String::new(),
    };
    format!("{}{limits}{without}", key.about).replace('`', "")
}

fn json_of(written: &str) -> Value {
    let table: toml::Table = toml::from_str(&format!("value = {written}")).unwrap();
    serde_json::to_value(table.get("value")).unwrap()
}
