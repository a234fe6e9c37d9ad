//! Keys directly under the root of a kubeconfig, and the one scalar we change: `current-context`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::document::{Document, Edit, Kind, Node};
use super::section::remove_flow;
use super::text::{between, insert_lines, line_end, line_start, remove_lines, skip_blank, splice};

pub(super) const CURRENT: &str = "current-context";

/// What `current-context` was before we changed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Previous {
    /// The key was not there.
    Missing,
    /// The key was there without any value.
    Blank,
    /// The value as it was written, and the name it stands for.
    Text {
        /// The bytes in the file, quotes included.
        raw: String,
        /// The context's name.
        name: String,
    },
}

/// Adds a key that is not there: `block` as whole lines, or `value` in a JSON file.
pub(super) fn insert(text: &str, key: &str, block: &str, value: &Value) -> Edit<String> {
    let document = Document::parse(text)?;
    let Some(root) = &document.root else {
        return Ok(insert_lines(text, document.end, block));
    };
    let Kind::Map { flow, entries } = &root.kind else {
        return Err("it is not a mapping".to_owned());
    };
    if *flow {
        let open = between(text, root.start, root.end).find('{');
        let at = root.start + open.ok_or("its opening brace was not found")? + 1;
        let comma = if entries.is_empty() { "" } else { "," };
        return Ok(splice(text, at, at, &format!("\"{key}\":{value}{comma}")));
    }
    // kubectl sorts keys. Always before another key, so never at the end of the file.
    let after = entries.iter().find(|(name, _)| name.text().is_some_and(|name| name > key));
    let candidates = after.into_iter().chain(entries.iter().rev());
    let clean = |entry: &&(Node, Node)| {
        let start = line_start(text, entry.0.start);
        between(text, start, entry.0.start).bytes().all(|b| b == b' ')
    };
    let (anchor, _) = candidates.into_iter().find(clean).ok_or("no key starts a line")?;
    let start = line_start(text, anchor.start);
    let indent = between(text, start, anchor.start);
    let lines: Vec<_> = block.lines().map(|line| [indent, line, "\n"].concat()).collect();
    Ok(insert_lines(text, start, &lines.concat()))
}

/// Removes a key whose value stands on its line, unless somebody put a comment there.
pub(super) fn remove(text: &str, key: &str) -> Edit<String> {
    let document = Document::parse(text)?;
    let Some((name, value)) = document.value(key)? else { return Ok(text.to_owned()) };
    let colon = colon(text, name)?;
    let end = if value.is_empty_text() { colon + 1 } else { value.last_byte() };
    if document.is_flow() {
        return Ok(remove_flow(text, name.start, end));
    }
    let rest = between(text, end, line_end(text, end)).trim();
    if rest.is_empty() {
        return Ok(remove_lines(text, name.start, end));
    }
    Ok(text.to_owned())
}

/// Writes `raw` as the value of a key that exists.
pub(super) fn set(text: &str, key: &str, raw: &str) -> Edit<String> {
    let document = Document::parse(text)?;
    let (name, value) = document.value(key)?.ok_or_else(|| format!("`{key}` is gone"))?;
    if value.is_empty_text() {
        let at = colon(text, name)? + 1;
        let blank = if raw.is_empty() { "" } else { " " };
        return Ok(splice(text, at, at, &format!("{blank}{raw}")));
    }
    // Taking the value away takes the blank in front of it away as well.
    let colon_blank = raw.is_empty() && between(text, 0, value.start).ends_with(": ");
    Ok(splice(text, value.start - usize::from(colon_blank), value.end, raw))
}

/// The name in `current-context`; an empty one counts as none, as it does for kubectl.
pub(super) fn current(document: &Document) -> Edit<Option<&str>> {
    let Some((_, value)) = document.value(CURRENT)? else { return Ok(None) };
    if value.is_null() {
        return Ok(None);
    }
    let text = value.text().ok_or_else(|| format!("`{CURRENT}` is not a name"))?;
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// Makes `name` current by changing that scalar only; says what was there.
pub(super) fn set_current(text: &str, name: &str) -> Edit<(String, Previous)> {
    let document = Document::parse(text)?;
    let quoted = Value::from(name);
    let raw = if document.is_flow() { quoted.to_string() } else { plain_or_quoted(name) };
    let Some((_, value)) = document.value(CURRENT)? else {
        let new = insert(text, CURRENT, &format!("{CURRENT}: {raw}\n"), &quoted)?;
        return Ok((new, Previous::Missing));
    };
    let previous = match value.text() {
        _ if value.is_empty_text() => Previous::Blank,
        Some(name) => Previous::Text {
            raw: between(text, value.start, value.end).to_owned(),
            name: name.to_owned(),
        },
        None => return Err(format!("`{CURRENT}` is not a name")),
    };
    Ok((set(text, CURRENT, &raw)?, previous))
}

/// Puts back what [`set_current`] replaced.
pub(super) fn restore_current(text: &str, previous: &Previous) -> Edit<String> {
    match previous {
        Previous::Missing => remove(text, CURRENT),
        Previous::Blank => set(text, CURRENT, ""),
        Previous::Text { raw, .. } => set(text, CURRENT, raw),
    }
}

/// A name as a value in block style.
pub(super) fn plain_or_quoted(name: &str) -> String {
    if is_plain(name) { name.to_owned() } else { Value::from(name).to_string() }
}

/// Whether a name means itself without quotes, in every YAML version.
fn is_plain(name: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '@');
    let word = name.to_ascii_lowercase();
    let special = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(inner)
        && !special.contains(&word.as_str())
}

fn colon(text: &str, key: &Node) -> Edit<usize> {
    let at = skip_blank(text, key.end);
    let found = between(text, at, text.len()).starts_with(':');
    found.then_some(at).ok_or_else(|| "a key is written in a form Bellhop does not edit".to_owned())
}
