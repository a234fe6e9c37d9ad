//! Which objects a list or watch is about.

use serde_json::Value;

use crate::call::Call;
use crate::kinds::{Kind, Use};
use crate::object;
use crate::status::Refusal;

/// One term of a selector: `a=b`, `a==b`, `a!=b`; for labels also `a` and `!a`, which name no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Term {
    key: String,
    value: Option<String>,
    /// Whether it has to be so, or must not be so.
    wanted: bool,
}

impl Term {
    fn parse(text: &str) -> Self {
        let of = |key: &str, value: Option<&str>, wanted| Self {
            key: key.trim().to_owned(),
            value: value.map(|value| value.trim().to_owned()),
            wanted,
        };
        if let Some((key, value)) = text.split_once("!=") {
            return of(key, Some(value), false);
        }
        if let Some((key, value)) = text.split_once("==").or_else(|| text.split_once('=')) {
            return of(key, Some(value), true);
        }
        match text.trim().strip_prefix('!') {
            Some(key) => of(key, None, false),
            None => of(text, None, true),
        }
    }

    fn holds(&self, found: Option<&str>) -> bool {
        let is_so = match &self.value {
            Some(value) => found == Some(value),
            None => found.is_some(),
        };
        is_so == self.wanted
    }
}

fn terms(text: &str) -> Vec<Term> {
    if text.trim().is_empty() { Vec::new() } else { text.split(',').map(Term::parse).collect() }
}

/// Sets (`a in (b,c)`) are not known here, so they are refused as what cannot be read is.
fn labels(text: &str) -> Result<Vec<Term>, Refusal> {
    let terms = terms(text);
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    let reads = |term: &Term| {
        let value = term.value.as_deref().unwrap_or_default();
        !term.key.is_empty() && term.key.chars().chain(value.chars()).all(plain)
    };
    if terms.iter().all(reads) {
        return Ok(terms);
    }
    let message = format!("unable to parse requirement: {text:?} is no label selector here");
    Err(Refusal::bad_request(message))
}

pub(crate) fn fields(kind: &Kind, text: &str) -> Result<Vec<Term>, Refusal> {
    let terms = terms(text);
    let unknown = terms.iter().find(|term| {
        let known = match term.key.as_str() {
            "metadata.name" | "metadata.namespace" => true,
            "status.phase" => ["pods", "namespaces"].contains(&kind.plural),
            // There never are any.
            _ => kind.usage == Use::Empty,
        };
        !known || term.value.is_none()
    });
    match unknown {
        Some(term) => Err(Refusal::bad_request(format!("field label not supported: {}", term.key))),
        None => Ok(terms),
    }
}

/// The name that alone can match, which is then what the request is about.
pub(crate) fn only_name(fields: &[Term]) -> Option<&str> {
    let by_name = fields.iter().find(|term| term.key == "metadata.name" && term.wanted);
    by_name.and_then(|term| term.value.as_deref())
}

/// What a list or watch is limited to.
pub(crate) struct Chosen {
    namespace: String,
    labels: Vec<Term>,
    fields: Vec<Term>,
}

impl Chosen {
    pub(crate) fn of(call: &Call) -> Result<Self, Refusal> {
        Ok(Self {
            namespace: call.at.namespace.clone(),
            labels: labels(call.option("labelSelector"))?,
            fields: fields(call.kind, call.option("fieldSelector"))?,
        })
    }

    pub(crate) fn includes(&self, object: &Value) -> bool {
        let label = |key: &str| object::labels(object)?.get(key)?.as_str();
        let field = |key: &str| object::word(object, &format!("/{}", key.replace('.', "/")));
        let here = self.namespace.is_empty() || object::namespace(object) == self.namespace;
        here && self.labels.iter().all(|term| term.holds(label(&term.key)))
            && self.fields.iter().all(|term| term.holds(Some(field(&term.key))))
    }
}

#[cfg(test)]
mod tests;
