//! What is in the connected systems, kept in a file that only grows: what was done there is there
//! for whoever looks, however the process that did it ended.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The file. Two processes may add to it at the same time.
#[derive(Clone)]
pub(crate) struct Outside(PathBuf);

impl Outside {
    pub(crate) fn of(folder: &Path) -> Self {
        Self(folder.join("outside"))
    }

    /// What the API answered, each as a note: kept in the same way, and just as lasting.
    pub(crate) fn answers(folder: &Path) -> Self {
        Self(folder.join("answers"))
    }

    /// Makes it be there; "already there" is no change.
    pub(crate) fn put(&self, thing: &str) {
        if !self.has(thing) {
            self.append("+", thing);
        }
    }

    /// Takes it away; answers whether it was there.
    pub(crate) fn take(&self, thing: &str) -> bool {
        let there = self.has(thing);
        if there {
            self.append("-", thing);
        }
        there
    }

    /// Remembers that something happened.
    pub(crate) fn note(&self, what: &str) {
        self.append("!", what);
    }

    pub(crate) fn noted(&self, what: &str) -> bool {
        self.history().contains(&("!".to_owned(), what.to_owned()))
    }

    pub(crate) fn has(&self, thing: &str) -> bool {
        self.there().contains(thing)
    }

    /// Everything that is there now.
    pub(crate) fn there(&self) -> BTreeSet<String> {
        let mut there = BTreeSet::new();
        for (what, thing) in self.history() {
            match what.as_str() {
                "+" => {
                    there.insert(thing);
                }
                "-" => {
                    there.remove(&thing);
                }
                _ => {}
            }
        }
        there
    }

    /// Everything that ever happened: `+`, `-` or `!`, and the thing.
    pub(crate) fn history(&self) -> Vec<(String, String)> {
        let text = std::fs::read_to_string(&self.0).unwrap_or_default();
        let line = |line: &str| line.split_once(' ').map(|(a, b)| (a.to_owned(), b.to_owned()));
        text.lines().filter_map(line).collect()
    }

    fn append(&self, what: &str, thing: &str) {
        let mut file = OpenOptions::new().create(true).append(true).open(&self.0).expect("opens");
        // One write, so that lines of two processes do not mix.
        file.write_all(format!("{what} {thing}\n").as_bytes()).expect("written");
    }
}
