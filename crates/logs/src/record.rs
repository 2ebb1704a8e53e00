//! Looking into a record: by path, and loosely by name where exports differ only in case, blanks and underscores.

use crate::{normal_address, parse_time};
use aftermail_model::{Event, Property};
use serde_json::{Map, Value};

/// One record of any source.
#[derive(Clone, Copy)]
pub(crate) struct Record<'a>(pub(crate) &'a Value);

impl<'a> Record<'a> {
    /// The value at `a.b.0.c`.
    pub(crate) fn at(self, path: &str) -> Option<&'a Value> {
        path.split('.').try_fold(self.0, |value, step| match value {
            Value::Object(map) => map.get(step),
            Value::Array(list) => list.get(step.parse::<usize>().ok()?),
            _ => None,
        })
    }

    /// Whether something other than null stands at the path.
    pub(crate) fn has(self, path: &str) -> bool {
        self.at(path).is_some_and(|v| !v.is_null())
    }

    /// Whether something other than null stands at the path, its names compared loosely: some stores make all names small.
    pub(crate) fn holds(self, path: &str) -> bool {
        self.loose(&[path]).is_some()
    }

    /// The text or number at the first of these paths where one stands.
    pub(crate) fn text(self, paths: &[&str]) -> Option<String> {
        paths.iter().find_map(|path| plain(self.at(path)?))
    }

    /// The value at the first of these paths, its names compared by letters and digits alone.
    pub(crate) fn loose(self, paths: &[&str]) -> Option<&'a Value> {
        let step = |value: &'a Value, step: &str| match value {
            Value::Object(map) => member(map, step),
            Value::Array(list) => list.get(step.parse::<usize>().ok()?),
            _ => None,
        };
        let nested = |path: &str| path.split('.').try_fold(self.0, step);
        // CSV has no members of members: their path stands in the header.
        let flat = |path: &str| self.0.as_object().filter(|_| path.contains('.')).and_then(|map| member(map, path));
        paths.iter().find_map(|path| nested(path).or_else(|| flat(path)).filter(|v| !v.is_null()))
    }

    /// As [`Record::loose`], as text.
    pub(crate) fn loose_text(self, paths: &[&str]) -> Option<String> {
        paths.iter().find_map(|path| plain(self.loose(&[path])?))
    }
}

fn member<'a>(map: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    map.get(name).or_else(|| map.iter().find(|(key, _)| same_letters(key, name)).map(|(_, value)| value))
}

fn same_letters(a: &str, b: &str) -> bool {
    fn letters(s: &str) -> impl Iterator<Item = u8> {
        s.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase())
    }
    letters(a).eq(letters(b))
}

/// A text, number or truth value as text; none for empty ones and for all that has members.
pub(crate) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(s) if s.is_empty() || s == "<null>" => None,
        Value::String(s) => Some(s.clone()),
        Value::Number(n) => Some(n.to_string()),
        Value::Bool(b) => Some(b.to_string()),
        _ => None,
    }
}

/// A value as text, members as JSON.
fn any(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(s) => Some(s.clone()),
        other => Some(other.to_string()),
    }
}

/// `[{"Name":…,"Value":…}]`, `[{"Name":…,"OldValue":…,"NewValue":…}]` in the casings and names of all sources, or an object.
pub(crate) fn properties(bag: Option<&Value>) -> Vec<Property> {
    match bag {
        Some(Value::Array(list)) => list.iter().filter_map(named).collect(),
        Some(Value::Object(map)) => map.iter().map(|(name, v)| Property { name: name.clone(), old: None, new: any(v) }).collect(),
        // A dynamic column of Log Analytics.
        Some(Value::String(json)) if json.starts_with(['[', '{']) => {
            serde_json::from_str::<Value>(json).map(|v| properties(Some(&v))).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

fn named(item: &Value) -> Option<Property> {
    let get = |names: &[&str]| names.iter().find_map(|n| item.get(n)).and_then(any);
    Some(Property {
        // `additionalDetails` of Entra call it a key.
        name: get(&["Name", "name", "displayName", "DisplayName", "key"])?,
        old: get(&["OldValue", "oldValue"]),
        new: get(&["NewValue", "newValue", "Value", "value", "boolValue", "intValue", "multiValue"]),
    })
}

/// A property, where the record tells its value.
pub(crate) fn property(name: &str, value: Option<String>) -> Option<Property> {
    Some(Property { name: name.to_owned(), old: None, new: Some(value?) })
}

/// Sets both forms of the time.
pub(crate) fn set_time(event: &mut Event, text: Option<String>) {
    event.time_text = text.unwrap_or_default();
    event.time = parse_time(&event.time_text);
}

/// An address in one form.
pub(crate) fn address(text: Option<String>) -> Option<String> {
    normal_address(&text?)
}
