//! Putting one item into, and taking one out of, `clusters`, `contexts` or `users`.
//!
//! A new item goes first: that is the one place that exists in every list, needs no knowledge of
//! how the last item or the file ends, and can be taken out again without a trace.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::document::{Document, Edit, Kind, Node};
use super::entry::{ContextEntry, MANAGER, MARK};
use super::keys;
use super::text::{
    between, block_item, insert_lines, line_end, line_start, remove_lines, skip_blank, splice,
};

/// The three lists of a kubeconfig.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Clusters,
    Contexts,
    Users,
}

pub(super) const SECTIONS: [Section; 3] = [Section::Clusters, Section::Contexts, Section::Users];

/// What a list was before our first item went in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Before {
    /// It had items; nothing to restore.
    #[default]
    InUse,
    /// The key was not there.
    Missing,
    /// The key was there with this text as its value: `[]`, `null` or nothing.
    Empty(String),
}

impl Section {
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Clusters => "clusters",
            Self::Contexts => "contexts",
            Self::Users => "users",
        }
    }

    fn inner(self) -> &'static str {
        match self {
            Self::Clusters => "cluster",
            Self::Contexts => "context",
            Self::Users => "user",
        }
    }

    pub(super) fn item(self, entry: &ContextEntry) -> Value {
        match self {
            Self::Clusters => entry.cluster(),
            Self::Contexts => entry.context(),
            Self::Users => entry.user(),
        }
    }

    /// The item of this name.
    pub(super) fn find<'a>(self, document: &'a Document, name: &str) -> Edit<Option<&'a Node>> {
        let mut found =
            document.items(self.key())?.iter().filter(|item| name_of(item) == Some(name));
        match (found.next(), found.next()) {
            (_, Some(_)) => Err(format!("`{}` has {name} twice", self.key())),
            (item, None) => Ok(item),
        }
    }

    /// Whether the item carries our mark.
    pub(super) fn is_ours(self, item: &Node) -> bool {
        let extensions = item.get(self.inner()).and_then(|inner| inner.get("extensions"));
        let Some(Kind::Seq { items, .. }) = extensions.map(|node| &node.kind) else { return false };
        items.iter().any(|extension| {
            let manager = extension.get("extension").and_then(|data| data.get("manager"));
            name_of(extension) == Some(MARK) && manager.and_then(Node::text) == Some(MANAGER)
        })
    }

    /// Puts the item first and says what the list was before.
    pub(super) fn insert(self, text: &str, item: &Value) -> Edit<(String, Before)> {
        let document = Document::parse(text)?;
        let Some((key, value)) = document.value(self.key())? else {
            let flow = Value::from(vec![item.clone()]);
            let block = format!("{}:\n{}", self.key(), block_item(item, 0));
            return Ok((keys::insert(text, self.key(), &block, &flow)?, Before::Missing));
        };
        let before = if value.is_empty() {
            Before::Empty(between(text, value.start, value.end).to_owned())
        } else {
            Before::InUse
        };
        let new = match &value.kind {
            Kind::Seq { flow: true, items } => {
                let open = between(text, value.start, value.end).find('[');
                let at = value.start + open.ok_or_else(|| self.odd())? + 1;
                let comma = if items.is_empty() { "" } else { "," };
                splice(text, at, at, &format!("{item}{comma}"))
            }
            Kind::Seq { flow: false, items } => {
                let first = items.first().ok_or_else(|| self.odd())?;
                let dash = dash_of(text, first).ok_or_else(|| self.odd())?;
                let indent = between(text, line_start(text, dash), dash).len();
                insert_lines(text, line_end(text, key.end), &block_item(item, indent))
            }
            _ if value.is_empty_text() => {
                if document.is_flow() {
                    return Err(self.odd());
                }
                let indent = between(text, line_start(text, key.start), key.start).len();
                insert_lines(text, line_end(text, key.end), &block_item(item, indent))
            }
            _ if value.is_null() => splice(text, value.start, value.end, &format!("[{item}]")),
            Kind::Scalar { .. } | Kind::Map { .. } | Kind::Alias(_) => return Err(self.odd()),
        };
        Ok((new, before))
    }

    /// Takes our item of this name out; `None` if there is none with our mark.
    pub(super) fn remove(self, text: &str, name: &str) -> Edit<Option<String>> {
        let document = Document::parse(text)?;
        let Some(item) = self.find(&document, name)?.filter(|item| self.is_ours(item)) else {
            return Ok(None);
        };
        let list = document.value(self.key())?.map(|(_, value)| &value.kind);
        if matches!(list, Some(Kind::Seq { flow: true, .. })) {
            return Ok(Some(remove_flow(text, item.start, item.last_byte())));
        }
        let dash = dash_of(text, item).ok_or_else(|| self.odd())?;
        Ok(Some(remove_lines(text, dash, item.last_byte())))
    }

    /// Gives an emptied list back the form it had.
    pub(super) fn restore(self, text: &str, before: &Before) -> Edit<String> {
        let document = Document::parse(text)?;
        let Some((_, value)) = document.value(self.key())?.filter(|(_, value)| value.is_empty())
        else {
            return Ok(text.to_owned());
        };
        match before {
            Before::InUse => Ok(text.to_owned()),
            Before::Missing => keys::remove(text, self.key()),
            Before::Empty(raw) if raw == between(text, value.start, value.end) => {
                Ok(text.to_owned())
            }
            Before::Empty(raw) => keys::set(text, self.key(), raw),
        }
    }

    fn odd(self) -> String {
        format!("the form of `{}` is one Bellhop does not edit", self.key())
    }
}

pub(super) fn name_of(item: &Node) -> Option<&str> {
    item.get("name").and_then(Node::text)
}

/// The dash of a block item: on its own line or on one above, with only blanks and comments between.
fn dash_of(text: &str, item: &Node) -> Option<usize> {
    let mut start = line_start(text, item.start);
    let mut prefix = between(text, start, item.start).trim();
    while prefix.is_empty() || prefix.starts_with('#') {
        let above = start.checked_sub(1)?;
        start = line_start(text, above);
        prefix = between(text, start, above).trim();
        let lone = prefix.strip_prefix('-').map(str::trim_start);
        if lone.is_some_and(|rest| rest.is_empty() || rest.starts_with('#')) {
            prefix = "-";
        }
    }
    let blanks = between(text, start, text.len()).find(|c| c != ' ')?;
    (prefix == "-").then_some(start + blanks)
}

/// Removes a flow item or entry with the one comma that belongs to it.
pub(super) fn remove_flow(text: &str, start: usize, end: usize) -> String {
    let next = skip_blank(text, end);
    if between(text, next, text.len()).starts_with(',') {
        return splice(text, start, next + 1, "");
    }
    let before = between(text, 0, start).trim_end();
    let from = before.strip_suffix(',').map_or(start, str::len);
    splice(text, from, end, "")
}
