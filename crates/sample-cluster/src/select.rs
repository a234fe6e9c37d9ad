//! Which objects a list is about: label and field selectors.

use serde_json::Value;

use crate::kinds::Kind;
use crate::object;
use crate::status::Refusal;

/// Labels that an object must have, or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Labels(Vec<Need>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Need {
    Exists(String),
    Absent(String),
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
}

impl Need {
    fn holds(&self, object: &Value) -> bool {
        let has = |key: &str| object::labels(object)?.get(key)?.as_str();
        match self {
            Self::Exists(key) => has(key).is_some(),
            Self::Absent(key) => has(key).is_none(),
            Self::In(key, values) => {
                has(key).is_some_and(|value| values.iter().any(|one| one == value))
            }
            Self::NotIn(key, values) => {
                has(key).is_none_or(|value| !values.iter().any(|one| one == value))
            }
        }
    }

    /// One term: `a`, `!a`, `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`.
    fn parse(term: &str) -> Option<Self> {
        let key = |text: &str| {
            let text = text.trim();
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
            (!text.is_empty() && text.chars().all(plain)).then(|| text.to_owned())
        };
        let value = |text: &str| {
            let text = text.trim();
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            text.chars().all(plain).then(|| text.to_owned())
        };
        if let Some((before, values)) =
            term.trim().strip_suffix(')').and_then(|t| t.split_once('('))
        {
            let values: Option<Vec<String>> = values.split(',').map(value).collect();
            let (name, word) = before.trim().rsplit_once(char::is_whitespace)?;
            return match word {
                "in" => Some(Self::In(key(name)?, values?)),
                "notin" => Some(Self::NotIn(key(name)?, values?)),
                _ => None,
            };
        }
        if let Some((name, wanted)) = term.split_once("!=") {
            return Some(Self::NotIn(key(name)?, vec![value(wanted)?]));
        }
        if let Some((name, wanted)) = term.split_once("==").or_else(|| term.split_once('=')) {
            return Some(Self::In(key(name)?, vec![value(wanted)?]));
        }
        match term.trim().strip_prefix('!') {
            Some(name) => Some(Self::Absent(key(name)?)),
            None => Some(Self::Exists(key(term)?)),
        }
    }
}

impl Labels {
    pub(crate) fn parse(text: &str) -> Result<Self, Refusal> {
        let needs: Option<Vec<Need>> = terms(text).into_iter().map(Need::parse).collect();
        needs.map(Self).ok_or_else(|| {
            Refusal::bad_request(format!(
                "unable to parse requirement: \"{text}\" is no label selector"
            ))
        })
    }

    /// From a `LabelSelector` object. What it says in a way that is not known matches nothing.
    pub(crate) fn of_selector(selector: &Value) -> Self {
        let equal = selector.get("matchLabels").and_then(Value::as_object).into_iter().flatten();
        let mut needs: Vec<Need> = equal
            .map(|(key, value)| {
                Need::In(key.clone(), value.as_str().map(str::to_owned).into_iter().collect())
            })
            .collect();
        for one in object::list(selector, "/matchExpressions") {
            let key = object::word(one, "/key").to_owned();
            let values = object::part(one, "values");
            needs.push(match object::word(one, "/operator") {
                "Exists" => Need::Exists(key),
                "DoesNotExist" => Need::Absent(key),
                "NotIn" => Need::NotIn(key, values),
                "In" => Need::In(key, values),
                _ => Need::In(key, Vec::new()),
            });
        }
        Self(needs)
    }

    pub(crate) fn matches(&self, object: &Value) -> bool {
        self.0.iter().all(|need| need.holds(object))
    }
}

/// Splits at commas that are not inside of brackets.
fn terms(text: &str) -> Vec<&str> {
    if text.trim().is_empty() {
        return Vec::new();
    }
    let mut depth = 0_i32;
    text.split(move |c: char| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        c == ',' && depth == 0
    })
    .collect()
}

/// Fields that an object must have: `(pointer, value, whether it is equal)`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields(Vec<(&'static str, String, bool)>);

impl Fields {
    pub(crate) fn parse(kind: &Kind, text: &str) -> Result<Self, Refusal> {
        let one = |term: &str| {
            let parts = match term.split_once("!=") {
                Some((field, value)) => Some((field, value, false)),
                None => term.split_once('=').map(|(field, value)| (field, value, true)),
            };
            let (field, value, equal) = parts.ok_or_else(|| {
                Refusal::bad_request(format!(
                    "invalid selector: '{text}'; can't understand '{term}'"
                ))
            })?;
            let at = pointer(kind, field).ok_or_else(|| {
                Refusal::bad_request(format!("field label not supported: {field}"))
            })?;
            let value = if equal { value.trim_start_matches('=') } else { value };
            Ok((at, value.to_owned(), equal))
        };
        terms(text).into_iter().map(one).collect::<Result<_, _>>().map(Self)
    }

    /// The name that alone can match, which is then what the request is about.
    pub(crate) fn name(&self) -> Option<&str> {
        let by_name = |(at, _, equal): &&(&str, String, bool)| *at == "/metadata/name" && *equal;
        self.0.iter().find(by_name).map(|(_, value, _)| value.as_str())
    }

    pub(crate) fn matches(&self, object: &Value) -> bool {
        self.0.iter().all(|(at, value, equal)| (object::word(object, at) == value) == *equal)
    }
}

fn pointer(kind: &Kind, field: &str) -> Option<&'static str> {
    match (field, kind.plural) {
        ("metadata.name", _) => Some("/metadata/name"),
        ("metadata.namespace", _) => Some("/metadata/namespace"),
        ("status.phase", "pods" | "namespaces") => Some("/status/phase"),
        ("spec.nodeName", "pods") => Some("/spec/nodeName"),
        ("involvedObject.name", "events") => Some("/involvedObject/name"),
        ("involvedObject.namespace", "events") => Some("/involvedObject/namespace"),
        ("involvedObject.kind", "events") => Some("/involvedObject/kind"),
        ("involvedObject.uid", "events") => Some("/involvedObject/uid"),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
