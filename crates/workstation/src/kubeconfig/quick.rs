//! The form in which kubectl itself writes kubeconfigs, read in one pass over the lines.
//!
//! Switching is done many times a day, on files with thousands of contexts, and parsing YAML whole
//! is most of its time. This knows block style, one value a line, and nothing that could mean
//! something else: whatever it does not know for certain is `None`, and left to the parser. So what
//! it answers is what the parser would answer; tests and a fuzz target compare the two.

use super::keys::{CURRENT, plain_or_quoted};
use super::section::SECTIONS;
use super::text::{between, splice};

/// Kubeconfigs nest about ten deep.
const MAX_DEPTH: usize = 24;
/// Fewer than the parser takes values.
const MAX_LINES: usize = 100_000;
const LONGEST_KEY: usize = 128;

/// What a plainly written file says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Quick<'a> {
    /// The names of the contexts, in order.
    pub(super) names: Vec<&'a str>,
    current: Option<Value<'a>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Value<'a> {
    text: &'a str,
    start: usize,
    end: usize,
}

/// Makes `name` current. `None` where the file is not of the plain form or does not say which
/// context is current; the new text and the value as it was written, else.
pub(super) fn switch<'a>(old: &'a str, name: &str) -> Option<Switch<'a>> {
    let before = read(old)?;
    // An empty name is none, for kubectl and for the parser.
    let current = before.current.filter(|_| !name.is_empty())?;
    if current.text == name {
        return Some(Switch::Already);
    }
    let value = plain_or_quoted(name);
    // It must read back. What is on other lines does not depend on what this value is.
    if scalar(&value)? != name || !is_name(&value) {
        return None;
    }
    let new = splice(old, current.start, current.end, &value);
    Some(Switch::To { new, raw: between(old, current.start, current.end), name: current.text })
}

/// What [`switch`] would do.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Switch<'a> {
    /// It is current.
    Already,
    /// The new text, and what was there: as written, and the name.
    To { new: String, raw: &'a str, name: &'a str },
}

impl<'a> Quick<'a> {
    /// The current context, if one is named.
    pub(super) fn current(&self) -> Option<&'a str> {
        self.current.map(|value| value.text).filter(|text| !text.is_empty())
    }
}

/// Reads a file of the plain form; `None` for any other.
pub(super) fn read(text: &str) -> Option<Quick<'_>> {
    let mut reader = Reader::default();
    let mut at = 0;
    for (count, line) in text.split_inclusive('\n').enumerate() {
        if count >= MAX_LINES {
            return None;
        }
        reader.line(line.strip_suffix('\n').unwrap_or(line), at)?;
        at += line.len();
    }
    // Nothing at all is a form of its own.
    if reader.keys.is_empty() {
        return None;
    }
    Some(Quick { names: reader.names, current: reader.current })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Map(usize),
    Seq(usize),
}

/// What a line may be followed by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Last {
    /// A value stood on the line: nothing may be nested in it.
    #[default]
    Closed,
    /// A key of this column without a value yet.
    Open(usize),
}

#[derive(Default)]
struct Reader<'a> {
    levels: Vec<Level>,
    last: Last,
    /// The keys under the root so far.
    keys: Vec<&'a str>,
    /// Whether the item of the list that is being read has its name already.
    named: bool,
    names: Vec<&'a str>,
    current: Option<Value<'a>>,
}

impl<'a> Reader<'a> {
    fn line(&mut self, line: &'a str, at: usize) -> Option<()> {
        let column = line.bytes().take_while(|b| *b == b' ').count();
        let rest = line.get(column..)?;
        // Characters of one byte are compared as such: these lines take all of the time.
        match rest.as_bytes() {
            // Blanks alone are nothing, too, but nobody writes them.
            [] => (column == 0).then_some(()),
            [b'#', ..] => rest.bytes().all(|b| matches!(b, b' '..=b'~')).then_some(()),
            [b'-', b' ', ..] => {
                let item = rest.get(2..)?;
                self.enter(Level::Seq(column), column)?;
                if self.levels.len() == 2 {
                    self.named = false;
                }
                match split_key(item) {
                    Some((key, value)) => {
                        self.push(Level::Map(column + 2))?;
                        self.key(key, value, column + 2, at + line.len() - value.len())
                    }
                    None if self.levels.len() == 2 => None,
                    None => {
                        scalar(item)?;
                        self.last = Last::Closed;
                        Some(())
                    }
                }
            }
            _ => {
                let (key, value) = split_key(rest)?;
                self.enter(Level::Map(column), column)?;
                self.key(key, value, column, at + line.len() - value.len())
            }
        }
    }

    /// Goes to the level that a line belongs to: one below the key before it, or one that is open.
    fn enter(&mut self, level: Level, column: usize) -> Option<()> {
        if self.levels.is_empty() {
            return (level == Level::Map(0)).then(|| self.push(level))?;
        }
        if let Last::Open(key) = self.last {
            let nested = match level {
                Level::Seq(_) => column >= key,
                Level::Map(_) => column > key,
            };
            if nested {
                return self.push(level);
            }
        }
        while let Some(top) = self.levels.last() {
            match top {
                _ if *top == level => return Some(()),
                Level::Map(open) | Level::Seq(open) if *open > column => {}
                // A list may stand in the column of the key that it belongs to.
                Level::Seq(open) if *open == column => {}
                Level::Map(_) | Level::Seq(_) => return None,
            }
            self.levels.pop();
        }
        None
    }

    fn push(&mut self, level: Level) -> Option<()> {
        // The lists of a kubeconfig are lists.
        let under_section =
            self.levels.len() == 1 && self.keys.last().is_some_and(|key| is_section(key));
        if self.levels.len() >= MAX_DEPTH || under_section && matches!(level, Level::Map(_)) {
            return None;
        }
        self.levels.push(level);
        Some(())
    }

    fn key(&mut self, key: &'a str, value: &'a str, column: usize, start: usize) -> Option<()> {
        let text = if value.is_empty() { None } else { Some(scalar(value)?) };
        self.last = if value.is_empty() { Last::Open(column) } else { Last::Closed };
        match self.levels.as_slice() {
            [_] => {
                if self.keys.contains(&key) || self.keys.len() > 64 {
                    return None;
                }
                self.keys.push(key);
                if is_section(key) && !matches!(value, "" | "[]") {
                    return None;
                }
                if key == CURRENT {
                    // None of `null`, `{}` and the like: only what is a name for certain.
                    let text = text.filter(|_| is_name(value))?;
                    self.current = Some(Value { text, start, end: start + value.len() });
                }
                Some(())
            }
            [_, Level::Seq(_), Level::Map(_)] if key == "name" => {
                if self.named {
                    return None;
                }
                self.named = true;
                if self.keys.last() == Some(&"contexts") {
                    self.names.push(text.filter(|_| is_name(value))?);
                }
                Some(())
            }
            _ => Some(()),
        }
    }
}

fn is_section(key: &str) -> bool {
    SECTIONS.iter().any(|section| section.key() == key)
}

/// `key: value` or `key:`. A key begins with a letter and has no quotes.
fn split_key(line: &str) -> Option<(&str, &str)> {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/');
    let end = line.bytes().take(LONGEST_KEY).take_while(plain).count();
    let (key, rest) = line.split_at_checked(end)?;
    let value = match rest.as_bytes() {
        [b':'] => "",
        [b':', b' ', _, ..] => rest.get(2..)?,
        _ => return None,
    };
    key.as_bytes().first()?.is_ascii_alphabetic().then_some((key, value))
}

/// What a value on one line stands for, if that is beyond doubt.
fn scalar(value: &str) -> Option<&str> {
    let visible = |b: &u8| matches!(b, b' '..=b'~');
    match value.as_bytes() {
        b"{}" | b"[]" => Some(value),
        [b'"', inner @ .., b'"'] => {
            let plain = inner.iter().all(|b| visible(b) && !matches!(b, b'"' | b'\\'));
            value.get(1..=inner.len()).filter(|_| plain)
        }
        [b'\'', inner @ .., b'\''] => {
            let plain = inner.iter().all(|b| visible(b) && *b != b'\'');
            value.get(1..=inner.len()).filter(|_| plain)
        }
        bytes => {
            let first = bytes.iter().find(|b| **b != b'-')?;
            let begins =
                first.is_ascii_alphanumeric() || matches!(first, b'/' | b'_' | b'.' | b'+');
            let plain = |b: &u8| WORD.get(usize::from(*b)) == Some(&true);
            let fine = begins && bytes.iter().all(plain) && bytes.last() != Some(&b':');
            fine.then_some(value)
        }
    }
}

/// The bytes of a value without quotes. Most of a large file are certificates, so they are looked
/// up.
static WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        let mark = matches!(
            byte,
            b'-' | b'_' | b'.' | b'/' | b':' | b'@' | b'+' | b'=' | b',' | b'%' | b'~'
        );
        #[expect(clippy::indexing_slicing, reason = "the compiler runs it")]
        {
            table[byte as usize] = mark || byte.is_ascii_alphanumeric();
        }
        byte += 1;
    }
    table
};

/// Whether a value is a text and not YAML's word for nothing.
fn is_name(value: &str) -> bool {
    !matches!(value, "{}" | "[]" | "~" | "null" | "Null" | "NULL")
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;

    const PLAIN: &str = "apiVersion: v1\nclusters:\n- cluster:\n    server: https://a:6443\n  \
        name: a\ncontexts:\n- context:\n    cluster: a\n    extensions:\n    - extension:\n        \
        manager: bellhop\n      name: x\n    user: a\n  name: a\n- context: {}\n  name: 'b c'\n\
        # between\n\ncurrent-context: a\nkind: Config\npreferences: {}\nusers:\n  - name: a\n    \
        user:\n      exec:\n        args:\n        - --x\n        - get-token\n        env: null\n";

    #[test]
    fn kubectls_own_form_is_known_and_a_switch_changes_one_word() {
        let quick = read(PLAIN).unwrap();
        assert_eq!(quick.names, ["a", "b c"]);
        assert_eq!(quick.current(), Some("a"));
        let Some(Switch::To { new, raw, name }) = switch(PLAIN, "b c") else { panic!() };
        assert_eq!(new, PLAIN.replace("current-context: a", "current-context: \"b c\""));
        assert_eq!((raw, name), ("a", "a"));
        assert_eq!(switch(&new, "b c"), Some(Switch::Already));
    }

    #[test]
    fn what_could_mean_something_else_is_left_to_the_parser() {
        for (from, to) in [
            ("current-context: a", "current-context: a b"),
            ("current-context: a", "current-context: a #"),
            ("current-context: a", "current-context: a\n  b"),
            ("current-context: a", "current-context:"),
            ("current-context: a", "current-context: null"),
            ("current-context: a", "current-context: ~"),
            ("current-context: a", "current-context: &x a"),
            ("current-context: a", "current-context: \"a\\x41\""),
            ("current-context: a", "current-context: 'it''s'"),
            ("current-context: a", "current-context: a\ncurrent-context: b"),
            ("current-context: a", "\"current-context\": a"),
            ("current-context: a", "current-context:\ta"),
            ("current-context: a", "current-context: é"),
            ("current-context: a\n", "current-context: a\r\n"),
            ("kind: Config", "kind: |\n  - x"),
            ("kind: Config", "---\nkind: Config"),
            ("kind: Config", "kind: {a: b}"),
            ("kind: Config", "kind: Config:"),
            ("kind: Config", "kind: Config\n   x: y"),
            ("  name: a", "  name: a\n  name: b"),
            ("  name: a", " name: a"),
            ("  name: a", "   name: a"),
            ("contexts:\n", "contexts: {}\nx:\n"),
            ("contexts:\n", "contexts:\n  a: b\nx:\n"),
            ("contexts:\n", "contexts:\n- a\n"),
            ("users:\n", "users: text\nx:\n"),
            ("apiVersion", "\u{feff}apiVersion"),
            ("        - --x", "        - - x"),
            ("        - --x", "        -\n          x"),
        ] {
            let text = PLAIN.replacen(from, to, 1);
            assert_ne!(text, PLAIN, "{from:?}");
            assert_eq!(read(&text).map(|quick| quick.current), None, "{text}");
        }
        assert_eq!(read(""), None);
        assert_eq!(read("# nothing\n"), None);
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig {
            cases: 2_000, ..Default::default()
        })]

        /// Lines of the plain form are moved, indented and changed: wherever an answer is given, the
        /// parser gives the same.
        #[test]
        fn whatever_it_answers_the_parser_answers_too(
            cuts in proptest::collection::vec((0..40_usize, 0..8_usize, 0..24_usize), 0..4),
        ) {
            let mut lines: Vec<String> = PLAIN.lines().map(str::to_owned).collect();
            for (line, act, other) in cuts {
                let line = line % lines.len();
                let other = other % lines.len();
                match act {
                    0 => lines.swap(line, other),
                    1 => { lines.remove(line); }
                    2 => { let copy = lines[line].clone(); lines.insert(other, copy); }
                    3 => lines[line].insert(0, ' '),
                    4 => { let shorter = lines[line].trim_start().to_owned(); lines[line] = shorter; }
                    5 => lines[line].push_str(" # x"),
                    6 => lines[line].push(':'),
                    _ => { let dash = format!("- {}", lines[line]); lines[line] = dash; }
                }
                if lines.is_empty() { lines.push("a: b".to_owned()); }
            }
            let text = lines.join("\n");
            testing::compare_quick(&text, "b c").unwrap();
        }
    }
}
