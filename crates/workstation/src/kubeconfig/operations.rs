//! What can be done with the kubeconfig files: add, remove, list, switch.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::disk::{self, Change};
use super::entry::ContextEntry;
use super::error::KubeconfigError;
use super::files::KubeconfigFiles;
use super::ledger::{LedgerEntry, Switched};
use super::lock::LockWait;
use super::plan::{self, CurrentContext, FileBefore, Refusal};

pub(super) type Result<T> = std::result::Result<T, KubeconfigError>;

/// How an entry is added.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Whether to make the context current; never done unless asked.
    pub use_context: bool,
    /// How long to wait for kubectl's lock.
    pub wait: LockWait,
}

/// What [`add`] did to the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The entry is new.
    Created,
    /// The entry was ours and differed.
    Rewritten,
    /// The entry was there as it should be.
    Unchanged,
}

/// The receipt of [`add`]: what undoing it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// What was done.
    pub outcome: Outcome,
    /// The file as `KUBECONFIG` names it.
    pub path: PathBuf,
    /// The file itself, links followed.
    pub file: PathBuf,
    /// What the file was before.
    pub before: FileBefore,
    /// Set if the current context was changed.
    pub switched: Option<Switched>,
}

/// What [`remove`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Removed {
    /// Whether anything of ours was there.
    pub found: bool,
    /// Whether the file was removed, because it was ours and empty.
    pub file_deleted: bool,
    /// What became of the current context.
    pub current: CurrentContext,
}

/// One context of the user's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// The file it is in.
    pub path: PathBuf,
    /// Whether Bellhop made it.
    pub ours: bool,
    /// Whether it is the current one.
    pub current: bool,
}

/// Adds the entry, or brings it up to date. Never touches a name we did not make.
pub fn add(files: &KubeconfigFiles, entry: &ContextEntry, options: Options) -> Result<Added> {
    let mut added = add_with(files, entry, options.wait, |_| Ok(()))?;
    if options.use_context {
        added.switched = use_context(files, entry.name().as_str(), options.wait)?;
    }
    Ok(added)
}

/// [`add`], with `record` called before the file changes.
pub(super) fn add_with(
    files: &KubeconfigFiles,
    entry: &ContextEntry,
    wait: LockWait,
    mut record: impl FnMut(&Added) -> Result<()>,
) -> Result<Added> {
    let path = place_for(files, entry)?;
    let file = disk::target_of(&path)?;
    disk::edit([&path, &file], wait, |old| {
        let planned = plan::add(old, entry).map_err(|refusal| match refusal {
            Refusal::Taken(section) => taken(&path, entry, section),
            Refusal::Invalid(reason) => invalid(&path, reason),
            Refusal::NotExact(reason) => not_exact(&path, reason),
        })?;
        let outcome = match (&planned.text, planned.known) {
            (None, _) => Outcome::Unchanged,
            (Some(_), true) => Outcome::Rewritten,
            (Some(_), false) => Outcome::Created,
        };
        let before = planned.before;
        let (path, file) = (path.clone(), file.clone());
        let added = Added { outcome, path, file, before, switched: None };
        record(&added)?;
        Ok((planned.text.map_or(Change::Keep, Change::Write), added))
    })
}

/// The file that has our entry, else the one kubectl would write; refuses names of others anywhere.
fn place_for(files: &KubeconfigFiles, entry: &ContextEntry) -> Result<PathBuf> {
    let mut ours = None;
    for path in files.paths() {
        let Some(text) = disk::read(path)? else { continue };
        let name = entry.name().as_str();
        if plan::has(&text, name).map_err(|reason| invalid(path, reason))? {
            if let Err(Refusal::Taken(section)) = plan::add(Some(&text), entry) {
                return Err(taken(path, entry, section));
            }
            ours = ours.or(Some(path.clone()));
        }
    }
    ours.map_or_else(|| files.default_file().map(PathBuf::from), Ok)
}

/// Removes the entry, if it carries our mark, and restores what adding it changed.
pub fn remove(entry: &LedgerEntry, wait: LockWait) -> Result<Removed> {
    let mut removed = Removed::default();
    if let Some(switched) = entry.switched.as_ref().filter(|s| s.file != entry.file) {
        let part = remove_from(entry, &switched.path, &switched.file, wait)?;
        removed.current = part.current;
    }
    // The user may have pointed the link to another file since.
    let now = disk::target_of(&entry.path)?;
    let places = [&entry.file, &now];
    let places = places.iter().take(if entry.file == now { 1 } else { 2 });
    for file in places {
        let part = remove_from(entry, &entry.path, file, wait)?;
        removed.found |= part.found;
        removed.file_deleted |= part.file_deleted;
        removed.current = removed.current.max(part.current);
    }
    Ok(removed)
}

fn remove_from(entry: &LedgerEntry, path: &Path, file: &Path, wait: LockWait) -> Result<Removed> {
    // No file, no entry; and no folder to be made for a lock.
    if !file.exists() {
        return Ok(Removed::default());
    }
    let path = if path.parent().is_some_and(Path::exists) { path } else { file };
    let switched = entry.switched.as_ref().filter(|switched| switched.file == *file);
    let previous = switched.map(|switched| &switched.previous);
    disk::edit([path, file], wait, |old| {
        let Some(old) = old else { return Ok((Change::Keep, Removed::default())) };
        let name = entry.name.as_str();
        plan::overview(old).map_err(|reason| invalid(file, reason))?;
        let planned = plan::remove(old, name, &entry.before, previous)
            .map_err(|reason| not_exact(file, reason))?;
        let removed = Removed {
            found: planned.found,
            file_deleted: planned.delete,
            current: planned.current,
        };
        let change = match planned.text {
            _ if planned.delete => Change::Delete,
            text if text == old => Change::Keep,
            text => Change::Write(text),
        };
        Ok((change, removed))
    })
}

/// The current context: that of the first file that names one.
pub fn current_context(files: &KubeconfigFiles) -> Result<Option<String>> {
    for path in files.paths() {
        let Some(text) = disk::read(path)? else { continue };
        let (_, current) = plan::names(&text).map_err(|reason| invalid(path, reason))?;
        if current.is_some() {
            return Ok(current);
        }
    }
    Ok(None)
}

/// Every context of every file, in order; a name that an earlier file has is left out.
pub fn list_contexts(files: &KubeconfigFiles) -> Result<Vec<Listed>> {
    let mut all: Vec<Listed> = Vec::new();
    let (mut seen, mut current) = (HashSet::new(), None);
    for path in files.paths() {
        let Some(text) = disk::read(path)? else { continue };
        let file = plan::overview(&text).map_err(|reason| invalid(path, reason))?;
        current = current.or(file.current);
        for (name, ours) in file.contexts {
            if seen.insert(name.clone()) {
                all.push(Listed { name, path: path.clone(), ours, current: false });
            }
        }
    }
    for listed in &mut all {
        listed.current = current.as_deref() == Some(listed.name.as_str());
    }
    Ok(all)
}

/// Makes an existing context current; `None` if it is already.
pub fn use_context(
    files: &KubeconfigFiles,
    name: &str,
    wait: LockWait,
) -> Result<Option<Switched>> {
    use_context_with(files, name, wait, |_| Ok(()))
}

/// [`use_context`], with `record` called before the file changes.
pub(super) fn use_context_with(
    files: &KubeconfigFiles,
    name: &str,
    wait: LockWait,
    mut record: impl FnMut(&Switched) -> Result<()>,
) -> Result<Option<Switched>> {
    let path = files.default_file()?;
    let none = |near| {
        let name = name.to_owned();
        KubeconfigError::NoSuchContext { name, files: files.listed(), near }
    };
    if matches!(fs::metadata(path), Err(error) if error.kind() == io::ErrorKind::NotFound) {
        // Then no other does, and no folder is to be made for a lock.
        return Err(none(Vec::new()));
    }
    let file = disk::target_of(path)?;
    disk::edit([path, &file], wait, |old| {
        let old = old.unwrap_or_default();
        let (names, current) = names(files, path, old)?;
        if !names.iter().any(|known| known == name) {
            return Err(none(nearest(name, &names)));
        }
        // It may be current though the file that would say so names none.
        if current.as_deref() == Some(name) {
            return Ok((Change::Keep, None));
        }
        let planned = plan::switch(old, name).map_err(|reason| not_exact(path, reason))?;
        let Some((text, previous)) = planned else { return Ok((Change::Keep, None)) };
        let (path, file) = (path.to_path_buf(), file.clone());
        let switched = Switched { path, file, previous, left: current };
        record(&switched)?;
        // What says how to undo it may be there without it.
        Ok((Change::WriteSoon(text), Some(switched)))
    })
}

/// The names of all contexts, and the current one: that of the first file that names one. `text` is
/// what stands in the file `read`, which is locked.
fn names(
    files: &KubeconfigFiles,
    read: &Path,
    text: &str,
) -> Result<(Vec<String>, Option<String>)> {
    let (mut all, mut current) = (Vec::new(), None);
    for path in files.paths() {
        let other = if path == read { None } else { disk::read(path)? };
        let Some(text) = (if path == read { Some(text) } else { other.as_deref() }) else {
            continue;
        };
        let (here, chosen) = plan::names(text).map_err(|reason| invalid(path, reason))?;
        all.extend(here);
        current = current.or(chosen);
    }
    Ok((all, current))
}

/// What was probably meant, the nearest first.
fn nearest(name: &str, known: &[String]) -> Vec<String> {
    let likeness = |other: &&String| strsim::jaro_winkler(name, other);
    let mut near: Vec<_> = known.iter().filter(|other| likeness(other) > 0.75).collect();
    near.sort_by(|a, b| likeness(b).total_cmp(&likeness(a)).then(a.cmp(b)));
    near.dedup();
    near.into_iter().take(3).cloned().collect()
}

fn taken(path: &Path, entry: &ContextEntry, section: &'static str) -> KubeconfigError {
    let (path, name) = (path.to_path_buf(), entry.name().as_str().to_owned());
    KubeconfigError::NameTaken { path, name, section }
}

fn invalid(path: &Path, reason: String) -> KubeconfigError {
    KubeconfigError::Invalid { path: path.to_path_buf(), reason }
}

fn not_exact(path: &Path, reason: String) -> KubeconfigError {
    KubeconfigError::NotEditable { path: path.to_path_buf(), reason }
}
