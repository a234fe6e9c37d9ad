//! All contexts at a glance, for whoever shows them: what Bellhop made and for which request, where
//! each leads, and which files do not read.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use serde::Serialize;

use super::contexts::Contexts;
use super::disk;
use super::document::{Document, Edit};
use super::error::KubeconfigError;
use super::files::KubeconfigFiles;
use super::keys;
use super::ledger::LedgerEntry;
use super::section::{Section, name_of};

/// Contexts that are listed at most, and the longest name of one that is.
const MOST: usize = 5_000;
const LONGEST_NAME: usize = 1_000;
/// Longest address or namespace that is shown, in characters.
const LONGEST_TEXT: usize = 300;

/// The kubectl contexts of this machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Survey {
    /// The contexts in the order of the files; of two with one name the first.
    pub contexts: Vec<Surveyed>,
    /// The current context, also one that is in no file.
    pub current: Option<String>,
    /// The context to hop back to, if it is there.
    pub before: Option<String>,
    /// The files, as `KUBECONFIG` lists them.
    pub files: Vec<String>,
    /// Those that do not read.
    pub broken: Vec<Broken>,
    /// Contexts that are not listed.
    pub left_out: u32,
}

/// A context.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Surveyed {
    /// Its name.
    pub name: String,
    /// The file it is in.
    pub file: String,
    /// Whether it is the current one.
    pub current: bool,
    /// Whether its name says that it is for production.
    pub production: bool,
    /// Whether Bellhop made it.
    pub bellhop: bool,
    /// The integration that it was made for.
    pub integration: Option<String>,
    /// The requests that need it.
    pub requests: Vec<String>,
    /// The cluster's address, without anything in it that signs in.
    pub server: Option<String>,
    /// The namespace that is used when none is named.
    pub namespace: Option<String>,
}

/// A file that does not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// The file.
    pub file: String,
    /// What is wrong, and what to do.
    pub why: String,
}

/// Whether the name of a context says that it is for production.
pub fn is_production(name: &str) -> bool {
    name.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| {
        ["prod", "production", "prd", "live"].iter().any(|name| word.eq_ignore_ascii_case(name))
    })
}

impl Contexts {
    /// Looks at all files. One that does not read is named, and the others are listed all the same.
    /// Takes no lock and waits for nobody.
    ///
    /// # Errors
    /// When the ledger, which says what Bellhop made, does not read.
    pub fn survey(&self, files: &KubeconfigFiles) -> Result<Survey, KubeconfigError> {
        let ledger = self.ledger()?.contexts;
        let mut seen = Seen { ledger, survey: Survey::default(), names: HashSet::new() };
        for path in files.paths() {
            seen.survey.files.push(path.display().to_string());
            match disk::read(path) {
                Ok(None) => {}
                Ok(Some(text)) => match Document::parse(&text).and_then(|d| seen.file(path, &d)) {
                    Ok(()) => {}
                    Err(reason) => {
                        seen.broken(path, &KubeconfigError::Invalid { path: path.clone(), reason });
                    }
                },
                Err(error) => seen.broken(path, &error),
            }
        }
        let Seen { mut survey, names, .. } = seen;
        for context in &mut survey.contexts {
            context.current = survey.current.as_ref() == Some(&context.name);
        }
        survey.before = self
            .before(files)
            .filter(|name| names.contains(name) && survey.current.as_ref() != Some(name));
        Ok(survey)
    }
}

struct Seen {
    ledger: Vec<LedgerEntry>,
    survey: Survey,
    names: HashSet<String>,
}

impl Seen {
    fn broken(&mut self, path: &Path, error: &KubeconfigError) {
        let why = error.to_string();
        self.survey.broken.push(Broken { file: path.display().to_string(), why });
    }

    fn file(&mut self, path: &Path, document: &Document) -> Edit<()> {
        let clusters = document.items(Section::Clusters.key())?;
        let servers: HashMap<_, _> = clusters
            .iter()
            .filter_map(|item| Some((name_of(item)?, item.get("cluster")?.get("server")?.text()?)))
            .collect();
        let contexts = document.items(Section::Contexts.key())?;
        let current = keys::current(document)?.map(str::to_owned);
        self.survey.current = self.survey.current.take().or(current);
        for item in contexts {
            let Some(name) = name_of(item) else { continue };
            if !self.names.insert(name.to_owned()) {
                continue;
            }
            if self.survey.contexts.len() >= MOST || name.len() > LONGEST_NAME {
                self.survey.left_out += 1;
                continue;
            }
            let text = |key| item.get("context").and_then(|inner| inner.get(key)?.text());
            let bellhop = Section::Contexts.is_ours(item);
            let known =
                |entry: &&LedgerEntry| bellhop && entry.name.as_str() == name && entry.path == path;
            let known = self.ledger.iter().find(known);
            self.survey.contexts.push(Surveyed {
                name: name.to_owned(),
                file: path.display().to_string(),
                current: false,
                production: is_production(name),
                bellhop,
                integration: known.map(|entry| entry.integration.clone()),
                requests: known.map_or_else(Vec::new, |e| e.requests.iter().cloned().collect()),
                server: text("cluster").and_then(|name| servers.get(name)).map(|s| address(s)),
                namespace: text("namespace").filter(|text| !text.is_empty()).map(shortened),
            });
        }
        Ok(())
    }
}

/// An address without user name, password and query.
fn address(server: &str) -> String {
    let (scheme, rest) = server.split_once("://").unwrap_or(("", server));
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    let between = if scheme.is_empty() { "" } else { "://" };
    shortened(&format!("{scheme}{between}{host}{path}"))
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_TEXT) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_is_for_production_when_a_word_of_its_name_says_so() {
        for name in ["prod", "k8s-prod", "bellhop-k8s-PROD", "eu/production@acme", "a_live_b"] {
            assert!(is_production(name), "{name}");
        }
        for name in ["", "staging", "products", "reproduction", "preprod", "olive"] {
            assert!(!is_production(name), "{name}");
        }
    }

    #[test]
    fn an_address_is_shown_without_what_signs_in() {
        for (given, shown) in [
            ("https://10.0.0.1:6443", "https://10.0.0.1:6443"),
            ("https://ada:secret@k8s.example.com/a?token=x#y", "https://k8s.example.com/a"),
            ("https://k8s.example.com?token=x", "https://k8s.example.com"),
            ("https://a@b@host/x@y", "https://host/x@y"),
            ("k8s", "k8s"),
            ("", ""),
        ] {
            assert_eq!(address(given), shown);
        }
    }
}
