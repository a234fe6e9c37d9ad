//! An edit as a function of text: what the file will be, and what has to be remembered to undo it.
//!
//! Nothing is believed: the new text is parsed again, everything that is not ours must be what it
//! was, ours must read back as meant, and undoing the edit must give the old bytes.

use serde::{Deserialize, Serialize};

use super::document::{Document, Edit, Node};
use super::entry::ContextEntry;
use super::keys::{self, CURRENT, Previous};
use super::quick::{self, Switch};
use super::section::{Before, SECTIONS, Section, name_of};
use super::text::insert_lines;

const SKELETON: [&str; 2] = ["apiVersion", "kind"];
const SKELETON_LINES: &str = "apiVersion: v1\nkind: Config\n";
/// Keys that say nothing by themselves; kubectl writes them into every file.
const SKELETON_KEYS: [&str; 4] = ["apiVersion", "kind", "preferences", CURRENT];

/// What a file was before our first entry went in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileBefore {
    /// There was no file.
    pub created: bool,
    /// There was nothing in it, so that `apiVersion` and `kind` are ours too.
    pub skeleton: bool,
    /// The list of clusters.
    pub clusters: Before,
    /// The list of contexts.
    pub contexts: Before,
    /// The list of users.
    pub users: Before,
}

impl FileBefore {
    fn section(&mut self, section: Section) -> &mut Before {
        match section {
            Section::Clusters => &mut self.clusters,
            Section::Contexts => &mut self.contexts,
            Section::Users => &mut self.users,
        }
    }

    /// Takes over what another entry in the same file remembered from before this one.
    pub(super) fn inherit(&mut self, older: &Self) {
        self.created |= older.created;
        self.skeleton |= older.skeleton;
        for section in SECTIONS {
            let older = older.clone().section(section).clone();
            if older != Before::InUse {
                *self.section(section) = older;
            }
        }
    }
}

/// What adding our entry does to a file.
#[derive(Debug)]
pub(super) struct Addition {
    /// `None` if everything is there already.
    pub(super) text: Option<String>,
    /// Whether the name was there, with our mark.
    pub(super) known: bool,
    pub(super) before: FileBefore,
}

/// Why an entry cannot be added.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The name belongs to somebody else, in this list.
    Taken(&'static str),
    /// The file does not parse.
    Invalid(String),
    /// The edit would not be exact.
    NotExact(String),
}

/// Plans to add `entry` to a file (`None`: there is none). The current context stays (P23).
pub(super) fn add(old: Option<&str>, entry: &ContextEntry) -> Result<Addition, Refusal> {
    let text = old.unwrap_or_default();
    let name = entry.name().as_str();
    let document = Document::parse(text).map_err(Refusal::Invalid)?;
    let mut known = false;
    for section in SECTIONS {
        if let Some(item) = section.find(&document, name).map_err(Refusal::Invalid)? {
            if !section.is_ours(item) {
                return Err(Refusal::Taken(section.key()));
            }
            known = true;
        }
    }
    let mut addition = Addition {
        text: None,
        known,
        before: FileBefore { created: old.is_none(), ..FileBefore::default() },
    };
    let new = insert(text, &document, entry, &mut addition).map_err(Refusal::NotExact)?;
    verify_added(text, &new, entry, &addition).map_err(Refusal::NotExact)?;
    addition.text = Some(new).filter(|new| old != Some(new.as_str()));
    Ok(addition)
}

fn insert(
    text: &str,
    document: &Document,
    entry: &ContextEntry,
    addition: &mut Addition,
) -> Edit<String> {
    let mut new = text.to_owned();
    if document.root.is_none() {
        new = insert_lines(text, document.end, SKELETON_LINES);
        addition.before.skeleton = true;
    }
    for section in SECTIONS {
        let item = section.item(entry);
        let name = entry.name().as_str();
        match section.find(document, name)? {
            Some(there) if there.json() == item => continue,
            Some(_) => new = section.remove(&new, name)?.unwrap_or(new),
            None => {}
        }
        let (longer, before) = section.insert(&new, &item)?;
        new = longer;
        if !addition.known {
            *addition.before.section(section) = before;
        }
    }
    Ok(new)
}

fn verify_added(old: &str, new: &str, entry: &ContextEntry, addition: &Addition) -> Edit<()> {
    let name = entry.name().as_str();
    let (before, after) = (Document::parse(old)?, Document::parse(new)?);
    let skeleton: &[&str] = if addition.before.skeleton { &SKELETON } else { &[] };
    others_stay(&before, &after, name, skeleton)?;
    for section in SECTIONS {
        let item = section.find(&after, name)?;
        if item.map(Node::json) != Some(section.item(entry)) {
            return Err(format!("our entry under `{}` would not read back", section.key()));
        }
    }
    if !addition.known {
        let undone = remove(new, name, &addition.before, None)?;
        if undone.text != old {
            return Err("it could not be undone byte for byte".to_owned());
        }
    }
    Ok(())
}

/// What became of `current-context` when an entry of ours went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum CurrentContext {
    /// It names something else and stays.
    #[default]
    Untouched,
    /// It named ours, because we set it; what was there before is back.
    Restored,
    /// It names ours, because the user set it; it still does, and that context is gone.
    Dangling,
}

/// What removing our entry does to a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Removal {
    pub(super) text: String,
    /// The file is one we created and nothing is left in it.
    pub(super) delete: bool,
    /// Whether anything of ours was there.
    pub(super) found: bool,
    pub(super) current: CurrentContext,
}

/// Plans to remove our entry `name`, to restore emptied lists and the current context we replaced.
pub(super) fn remove(
    old: &str,
    name: &str,
    before: &FileBefore,
    previous: Option<&Previous>,
) -> Edit<Removal> {
    let document = Document::parse(old)?;
    let mut text = old.to_owned();
    let mut ignored = Vec::new();
    let mut current = CurrentContext::Untouched;
    if keys::current(&document)? == Some(name) {
        current = CurrentContext::Dangling;
        if let Some(previous) = previous {
            text = keys::restore_current(&text, previous)?;
            current = CurrentContext::Restored;
            ignored.push(CURRENT);
        }
    }
    let mut found = false;
    for section in SECTIONS {
        if let Some(shorter) = section.remove(&text, name)? {
            found = true;
            text = section.restore(&shorter, before.clone().section(section))?;
        }
    }
    if before.skeleton && found {
        ignored.extend(SKELETON_KEYS);
        text = remove_skeleton(&text, name)?;
    }
    let after = Document::parse(&text)?;
    others_stay(&document, &after, name, &ignored)?;
    let delete = before.created && found && text.trim().is_empty();
    Ok(Removal { text, delete, found, current })
}

/// Takes `apiVersion` and `kind` away if nobody put anything of meaning beside them.
fn remove_skeleton(text: &str, name: &str) -> Edit<String> {
    let document = Document::parse(text)?;
    let bare = document.entries().iter().all(|(key, value)| match key.text() {
        Some("apiVersion") => value.text() == Some("v1"),
        Some("kind") => value.text() == Some("Config"),
        Some(CURRENT) => value.text().is_some_and(|text| text.is_empty() || text == name),
        Some("preferences") => value.is_empty(),
        _ => false,
    });
    if !bare {
        return Ok(text.to_owned());
    }
    SKELETON_KEYS.iter().try_fold(text.to_owned(), |text, key| keys::remove(&text, key))
}

/// Every value that is not ours must be what it was.
fn others_stay(old: &Document, new: &Document, name: &str, ignored: &[&str]) -> Edit<()> {
    for section in SECTIONS {
        let others = |document| -> Edit<Vec<&Node>> {
            let items = Document::items(document, section.key())?;
            Ok(items.iter().filter(|item| name_of(item) != Some(name)).collect())
        };
        let (old, new) = (others(old)?, others(new)?);
        if old.len() != new.len() || !old.iter().zip(&new).all(|(a, b)| a.same(b)) {
            return Err(format!("it would change others under `{}`", section.key()));
        }
    }
    let rest = |document: &Document| -> Vec<_> {
        let ours = |key: &Node| {
            let key = key.text();
            SECTIONS.iter().any(|s| key == Some(s.key())) || ignored.iter().any(|i| key == Some(i))
        };
        let all = Document::entries(document).iter().enumerate();
        all.filter(|(_, (key, _))| !ours(key)).map(|(at, _)| at).collect()
    };
    let (old_rest, new_rest) = (rest(old), rest(new));
    let pair = |(a, b): (&usize, &usize)| {
        let (a, b) = (old.entries().get(*a), new.entries().get(*b));
        a.zip(b).is_some_and(|(a, b)| a.0.same(&b.0) && a.1.same(&b.1))
    };
    if old_rest.len() != new_rest.len() || !old_rest.iter().zip(&new_rest).all(pair) {
        return Err("it would change another key".to_owned());
    }
    Ok(())
}

/// Plans to make `name` current; `None` if it is.
pub(super) fn switch(old: &str, name: &str) -> Edit<Option<(String, Previous)>> {
    match quick::switch(old, name) {
        Some(Switch::Already) => Ok(None),
        Some(Switch::To { new, raw, name }) => {
            Ok(Some((new, Previous::Text { raw: raw.to_owned(), name: name.to_owned() })))
        }
        None => switch_parsed(old, name),
    }
}

/// [`switch`] on a file of any form.
pub(super) fn switch_parsed(old: &str, name: &str) -> Edit<Option<(String, Previous)>> {
    let document = Document::parse(old)?;
    if keys::current(&document)? == Some(name) {
        return Ok(None);
    }
    let (new, previous) = keys::set_current(old, name)?;
    let after = Document::parse(&new)?;
    others_stay(&document, &after, "", &[CURRENT])?;
    if keys::current(&after)? != Some(name) {
        return Err(format!("`{CURRENT}` would not read back"));
    }
    if keys::restore_current(&new, &previous)? != old {
        return Err("it could not be undone byte for byte".to_owned());
    }
    Ok(Some((new, previous)))
}

/// Whether any of the three lists has this name.
pub(super) fn has(text: &str, name: &str) -> Edit<bool> {
    let document = Document::parse(text)?;
    for section in SECTIONS {
        if section.find(&document, name)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What a file says: its contexts, each with whether it is ours, and the current one.
pub(super) struct Overview {
    pub(super) contexts: Vec<(String, bool)>,
    pub(super) current: Option<String>,
}

pub(super) fn overview(text: &str) -> Edit<Overview> {
    let document = Document::parse(text)?;
    let listed = document.items(Section::Contexts.key())?.iter().filter_map(|item| {
        name_of(item).map(|name| (name.to_owned(), Section::Contexts.is_ours(item)))
    });
    let current = keys::current(&document)?.map(str::to_owned);
    Ok(Overview { contexts: listed.collect(), current })
}

/// The names of a file's contexts, and the current one.
pub(super) fn names(text: &str) -> Edit<(Vec<String>, Option<String>)> {
    if let Some(quick) = quick::read(text) {
        let names = quick.names.iter().map(|name| (*name).to_owned()).collect();
        return Ok((names, quick.current().map(str::to_owned)));
    }
    let seen = overview(text)?;
    Ok((seen.contexts.into_iter().map(|(name, _)| name).collect(), seen.current))
}
