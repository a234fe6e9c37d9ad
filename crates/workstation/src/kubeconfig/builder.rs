//! Builds the tree of a document from the parser's events, within bounds.

use saphyr_parser::{Event, ScalarStyle};

use super::document::{Edit, Kind, Node};

/// Enough for any kubeconfig, little enough that recursion over the tree is safe.
const MAX_DEPTH: usize = 64;
/// A bound on what a file may make us hold.
const MAX_NODES: usize = 500_000;

#[derive(Default)]
pub(super) struct Builder {
    stack: Vec<(Node, Option<Node>)>,
    pub(super) root: Option<Node>,
    documents: usize,
    nodes: usize,
}

impl Builder {
    pub(super) fn take(
        &mut self,
        event: Event<'_>,
        start: usize,
        end: usize,
        text: &str,
    ) -> Edit<()> {
        let node = |kind, anchor, tag: Option<String>| Node { start, end, anchor, tag, kind };
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain;
                let kind = Kind::Scalar { text: value.into_owned(), plain };
                let mut scalar = node(kind, anchor, tag.map(|tag| tag.to_string()));
                scalar.end = scalar_end(text, start, end, style);
                self.place(scalar)
            }
            Event::Alias(id) => self.place(node(Kind::Alias(id), 0, None)),
            Event::SequenceStart(anchor, tag) => {
                let kind = Kind::Seq { flow: false, items: Vec::new() };
                self.open(node(kind, anchor, tag.map(|tag| tag.to_string())))
            }
            Event::MappingStart(anchor, tag) => {
                let kind = Kind::Map { flow: false, entries: Vec::new() };
                self.open(node(kind, anchor, tag.map(|tag| tag.to_string())))
            }
            // Only a flow node is closed by a character of its own.
            Event::SequenceEnd | Event::MappingEnd => self.close(start, end > start),
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err("it holds several YAML documents".to_owned());
                }
                Ok(())
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn open(&mut self, node: Node) -> Edit<()> {
        if self.stack.len() >= MAX_DEPTH {
            return Err(format!("it is nested deeper than {MAX_DEPTH} levels"));
        }
        self.stack.push((node, None));
        Ok(())
    }

    fn close(&mut self, at: usize, by_character: bool) -> Edit<()> {
        let Some((mut node, _)) = self.stack.pop() else { return Ok(()) };
        if let Kind::Seq { flow, .. } | Kind::Map { flow, .. } = &mut node.kind {
            *flow = by_character;
        }
        node.end = if by_character { at + 1 } else { node.start };
        self.place(node)
    }

    fn place(&mut self, node: Node) -> Edit<()> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(format!("it has more than {MAX_NODES} values"));
        }
        match self.stack.last_mut() {
            None => self.root = Some(node),
            Some((Node { kind: Kind::Seq { items, .. }, .. }, _)) => items.push(node),
            Some((Node { kind: Kind::Map { entries, .. }, .. }, key)) => match key.take() {
                Some(key) => entries.push((key, node)),
                None => *key = Some(node),
            },
            Some(_) => {}
        }
        Ok(())
    }
}

/// The parser's end of a quoted scalar includes blanks and a comment after it.
fn scalar_end(text: &str, start: usize, end: usize, style: ScalarStyle) -> usize {
    let inside = text.get(start..end).unwrap_or_default();
    let quote = match style {
        ScalarStyle::SingleQuoted => '\'',
        ScalarStyle::DoubleQuoted => '"',
        ScalarStyle::Plain | ScalarStyle::Literal | ScalarStyle::Folded => {
            return start + inside.trim_end().len();
        }
    };
    let mut chars = inside.char_indices().skip_while(|(_, c)| *c != quote).skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\\' && quote == '"' {
            chars.next();
        } else if c == quote {
            if quote == '\'' && chars.peek().is_some_and(|(_, next)| *next == '\'') {
                chars.next();
            } else {
                return start + at + 1;
            }
        }
    }
    end
}
