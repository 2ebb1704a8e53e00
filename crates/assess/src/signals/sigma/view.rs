//! An event as the engine sees it.

use super::super::Event;
use super::fields::{Fields, whole};
use rsigma_eval::EventValue;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::cell::OnceCell;

/// An event behind the names of fields that rules use.
pub(super) struct View<'a> {
    event: &'a Event,
    fields: &'a Fields,
    /// All properties as one text, made when the first rule asks for it.
    whole: OnceCell<String>,
}

impl<'a> View<'a> {
    pub(super) fn of(event: &'a Event, fields: &'a Fields) -> View<'a> {
        View { event, fields, whole: OnceCell::new() }
    }

    /// Every text of the event.
    fn texts(&self) -> impl Iterator<Item = &str> {
        let e = self.event;
        let named = [&e.actor, &e.target, &e.app, &e.address, &e.agent, &e.result].into_iter().filter_map(|t| t.as_deref());
        let bag = e.properties.iter().flat_map(|p| [Some(p.name.as_str()), p.old.as_deref(), p.new.as_deref()].into_iter().flatten());
        [e.operation.as_str()].into_iter().chain(named).chain(bag)
    }
}

impl rsigma_eval::Event for View<'_> {
    fn get_field(&self, path: &str) -> Option<EventValue<'_>> {
        if self.fields.is_whole(path) {
            let whole = self.whole.get_or_init(|| whole(self.event));
            return Some(EventValue::Str(Cow::Borrowed(whole)));
        }
        let mut values = self.fields.values(self.event, path);
        match values.len() {
            0 => None,
            1 => values.pop().map(EventValue::Str),
            _ => Some(EventValue::Array(values.into_iter().map(EventValue::Str).collect())),
        }
    }

    fn any_string_value(&self, pred: &dyn Fn(&str) -> bool) -> bool {
        self.texts().any(pred)
    }

    fn all_string_values(&self) -> Vec<Cow<'_, str>> {
        self.texts().map(Cow::Borrowed).collect()
    }

    /// Correlations keep the ids of what they rest on, and nothing else of it.
    fn to_json(&self) -> Value {
        json!({ "id": self.event.id })
    }
}
