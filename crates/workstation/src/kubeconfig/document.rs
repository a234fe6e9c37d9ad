//! A kubeconfig as a tree of nodes that know where in the text they are.
//!
//! The parser gives positions as character indices; here they are bytes. Only positions that the
//! parser reports exactly are kept: where a node starts, and where a scalar or flow node ends.

use saphyr_parser::{Event, Parser};
use serde_json::{Map, Number, Value};

use super::builder::Builder;

/// A reason, put together with the file's name further out.
pub(super) type Edit<T> = Result<T, String>;

#[derive(Debug)]
pub(super) struct Node {
    pub(super) start: usize,
    /// Exact for scalars and flow nodes; for block nodes use [`Node::last_byte`].
    pub(super) end: usize,
    pub(super) anchor: usize,
    pub(super) tag: Option<String>,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    Scalar { text: String, plain: bool },
    Seq { flow: bool, items: Vec<Node> },
    Map { flow: bool, entries: Vec<(Node, Node)> },
    Alias(usize),
}

#[derive(Debug)]
pub(super) struct Document {
    pub(super) root: Option<Node>,
    /// Where text can be appended to the document: the end of the file or the line of `...`.
    pub(super) end: usize,
}

impl Document {
    /// Parses one document; several are an error.
    pub(super) fn parse(text: &str) -> Edit<Self> {
        // In ASCII, as nearly all are, a character is a byte.
        let bytes: Option<Vec<usize>> =
            (!text.is_ascii()).then(|| text.char_indices().map(|(at, _)| at).collect());
        let at = |chars: usize| match &bytes {
            Some(bytes) => bytes.get(chars).copied().unwrap_or(text.len()),
            None => chars.min(text.len()),
        };
        let mut builder = Builder::default();
        let mut end = text.len();
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(|error| {
                let marker = error.marker();
                format!("line {}, column {}: {}", marker.line(), marker.col() + 1, error.info())
            })?;
            let from = at(span.start.index());
            let closed = matches!(event, Event::DocumentEnd);
            if closed && text.get(from..).is_some_and(|rest| rest.starts_with("...")) {
                end = from;
            }
            builder.take(event, from, at(span.end.index()), text)?;
        }
        let root = builder.root.filter(|root| !root.is_empty_text());
        if root.as_ref().is_some_and(|root| !matches!(root.kind, Kind::Map { .. })) {
            return Err("it is not a mapping of keys to values".to_owned());
        }
        Ok(Self { root, end })
    }

    /// The root's keys and values; none for an empty document. A key given twice is an error.
    pub(super) fn value(&self, key: &str) -> Edit<Option<&(Node, Node)>> {
        let mut found = self.entries().iter().filter(|(name, _)| name.text() == Some(key));
        match (found.next(), found.next()) {
            (_, Some(_)) => Err(format!("it has `{key}` twice")),
            (entry, None) => Ok(entry),
        }
    }

    pub(super) fn entries(&self) -> &[(Node, Node)] {
        match self.root.as_ref().map(|root| &root.kind) {
            Some(Kind::Map { entries, .. }) => entries,
            _ => &[],
        }
    }

    /// Whether the root is in flow style, as in a JSON file.
    pub(super) fn is_flow(&self) -> bool {
        matches!(self.root.as_ref().map(|root| &root.kind), Some(Kind::Map { flow: true, .. }))
    }

    /// The items of a list under the root; a missing or null list has none.
    pub(super) fn items(&self, key: &str) -> Edit<&[Node]> {
        let Some((_, value)) = self.value(key)? else { return Ok(&[]) };
        match &value.kind {
            Kind::Seq { items, .. } => Ok(items),
            _ if value.is_null() => Ok(&[]),
            Kind::Alias(_) => Err(format!("`{key}` is an alias")),
            Kind::Scalar { .. } | Kind::Map { .. } => Err(format!("`{key}` is not a list")),
        }
    }
}

impl Node {
    /// The text of a scalar.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Some(text),
            Kind::Seq { .. } | Kind::Map { .. } | Kind::Alias(_) => None,
        }
    }

    /// The value under `key`, if this is a mapping.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        let Kind::Map { entries, .. } = &self.kind else { return None };
        entries.iter().find(|(name, _)| name.text() == Some(key)).map(|(_, value)| value)
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar { text, plain: true }
            if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// A value that was left out altogether.
    pub(super) fn is_empty_text(&self) -> bool {
        matches!(&self.kind, Kind::Scalar { text, plain: true } if text.is_empty())
    }

    /// Whether this is null or a list or mapping without anything in it.
    pub(super) fn is_empty(&self) -> bool {
        match &self.kind {
            Kind::Seq { items, .. } => items.is_empty(),
            Kind::Map { entries, .. } => entries.is_empty(),
            Kind::Scalar { .. } => self.is_null(),
            Kind::Alias(_) => false,
        }
    }

    /// Where the last thing inside this node ends.
    pub(super) fn last_byte(&self) -> usize {
        match &self.kind {
            Kind::Seq { flow: false, items } => items.iter().map(Self::last_byte).max(),
            Kind::Map { flow: false, entries } => {
                entries.iter().map(|(key, value)| key.end.max(value.last_byte())).max()
            }
            Kind::Scalar { .. } | Kind::Seq { .. } | Kind::Map { .. } | Kind::Alias(_) => None,
        }
        .unwrap_or(self.end)
    }

    /// Equal in everything but position.
    pub(super) fn same(&self, other: &Self) -> bool {
        let kind = match (&self.kind, &other.kind) {
            (Kind::Scalar { text: a, plain: p }, Kind::Scalar { text: b, plain: q }) => {
                a == b && p == q
            }
            (Kind::Seq { items: a, .. }, Kind::Seq { items: b, .. }) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b))
            }
            (Kind::Map { entries: a, .. }, Kind::Map { entries: b, .. }) => {
                let pairs = |((ak, av), (bk, bv)): (&(Self, Self), &(Self, Self))| {
                    ak.same(bk) && av.same(bv)
                };
                a.len() == b.len() && a.iter().zip(b).all(pairs)
            }
            (Kind::Alias(a), Kind::Alias(b)) => a == b,
            _ => false,
        };
        kind && self.anchor == other.anchor && self.tag == other.tag
    }

    /// The value as JSON; what kubectl leaves empty when it rewrites a file is left out.
    pub(super) fn json(&self) -> Value {
        match &self.kind {
            Kind::Scalar { text, plain: false } => Value::from(text.as_str()),
            Kind::Scalar { .. } if self.is_null() => Value::Null,
            Kind::Scalar { text, .. } => match text.as_str() {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                other => other
                    .parse::<i64>()
                    .map_or_else(|_| Value::from(other), |n| Value::Number(Number::from(n))),
            },
            Kind::Seq { items, .. } => items.iter().map(Self::json).collect(),
            Kind::Map { entries, .. } => Value::Object(
                entries
                    .iter()
                    .filter(|(_, value)| !value.is_null())
                    .map(|(key, value)| (key.text().unwrap_or_default().to_owned(), value.json()))
                    .collect::<Map<_, _>>(),
            ),
            // Never what we write, so never equal to it.
            Kind::Alias(id) => Value::from(format!("*{id}")),
        }
    }
}
