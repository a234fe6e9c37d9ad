//! Lines, line endings and the text of our entries.

use serde_json::{Map, Value};

const BOM: char = '\u{feff}';

/// The line ending the file uses; a file without any gets `\n`.
pub(super) fn line_ending(text: &str) -> &'static str {
    match text.split_once('\n') {
        Some((first, _)) if first.ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// Where the line of `at` starts, after a byte order mark.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    match text.get(..at).and_then(|before| before.rfind('\n')) {
        Some(newline) => newline + 1,
        None if text.starts_with(BOM) => BOM.len_utf8().min(at),
        None => 0,
    }
}

/// Where the line of `at` ends, its line ending included.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |newline| at + newline + 1)
}

pub(super) fn between(text: &str, from: usize, to: usize) -> &str {
    text.get(from..to).unwrap_or_default()
}

/// `text` with the bytes from `from` to `to` replaced.
pub(super) fn splice(text: &str, from: usize, to: usize, new: &str) -> String {
    let mut out = String::with_capacity(text.len() + new.len());
    out.push_str(between(text, 0, from));
    out.push_str(new);
    out.push_str(between(text, to, text.len()));
    out
}

/// Puts whole lines (each ending in `\n`) at `at`, the start of a line or the end of the text.
pub(super) fn insert_lines(text: &str, at: usize, lines: &str) -> String {
    let ending = line_ending(text);
    let lines = if ending == "\n" { lines.to_owned() } else { lines.replace('\n', ending) };
    let before = between(text, 0, at);
    if before.is_empty() || before.ends_with(['\n', BOM]) {
        return splice(text, at, at, &lines);
    }
    // The last line has no ending. Ours goes before the new line, so that the text still ends
    // without one and taking our lines away gives the same bytes back.
    let lines = lines.strip_suffix(ending).unwrap_or(&lines);
    splice(text, at, at, &format!("{ending}{lines}"))
}

/// Removes the whole lines from that of `first` to that of `last`.
pub(super) fn remove_lines(text: &str, first: usize, last: usize) -> String {
    let (mut from, to) = (line_start(text, first), line_end(text, last));
    if !between(text, from, to).ends_with('\n') {
        let before = between(text, 0, from);
        let shorter = before.strip_suffix('\n').unwrap_or(before);
        from = shorter.strip_suffix('\r').unwrap_or(shorter).len();
    }
    splice(text, from, to, "")
}

/// The first byte at or after `at` that is neither blank nor part of a comment.
pub(super) fn skip_blank(text: &str, mut at: usize) -> usize {
    loop {
        let rest = between(text, at, text.len());
        let trimmed = rest.trim_start();
        at += rest.len() - trimmed.len();
        if !trimmed.starts_with('#') {
            return at;
        }
        at = line_end(text, at);
    }
}

/// An item of a list in block style, at `indent` blanks.
pub(super) fn block_item(item: &Value, indent: usize) -> String {
    let mut out = String::new();
    write_item(item, indent, &mut out);
    out
}

fn write_item(item: &Value, indent: usize, out: &mut String) {
    out.push_str(&" ".repeat(indent));
    out.push('-');
    if let Some(map) = item.as_object().filter(|map| !map.is_empty()) {
        out.push(' ');
        write_map(map, indent + 2, out);
    } else {
        write_scalar(item, out);
    }
}

/// Writes the entries; the first stands on the line that is already begun.
fn write_map(map: &Map<String, Value>, indent: usize, out: &mut String) {
    for (position, (key, value)) in map.iter().enumerate() {
        if position > 0 {
            out.push_str(&" ".repeat(indent));
        }
        // Keys are words of our own; values are quoted below.
        out.push_str(key);
        out.push(':');
        if let Some(inner) = value.as_object().filter(|inner| !inner.is_empty()) {
            out.push('\n');
            out.push_str(&" ".repeat(indent + 2));
            write_map(inner, indent + 2, out);
        } else if let Some(items) = value.as_array().filter(|items| !items.is_empty()) {
            out.push('\n');
            for item in items {
                write_item(item, indent, out);
            }
        } else {
            write_scalar(value, out);
        }
    }
}

/// JSON is YAML: a JSON string cannot end early, whatever is in it.
fn write_scalar(value: &Value, out: &mut String) {
    out.push(' ');
    out.push_str(&value.to_string());
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_put_in_and_taken_out_leave_the_text_as_it_was() {
        for text in ["a\nb\n", "a\nb", "a\r\nb", "", "a", "\u{feff}a\nb", "\u{feff}", "a\r\nb\r\n"]
        {
            for at in [line_start(text, 0), line_end(text, 0), text.len()] {
                let longer = insert_lines(text, at, "x\ny\n");
                let (x, y) = (longer.find('x').unwrap(), longer.find('y').unwrap());
                assert_eq!(remove_lines(&longer, x, y), text, "{longer:?}");
            }
        }
    }

    #[test]
    fn a_block_item_is_yaml_with_every_value_quoted() {
        let item =
            serde_json::json!({"name": "a", "user": {"args": ["x\"y"], "empty": [], "on": true}});
        assert_eq!(
            block_item(&item, 2),
            "  - name: \"a\"\n    user:\n      args:\n      - \"x\\\"y\"\n      empty: []\n      on: true\n"
        );
    }
}
