//! The contexts of ours over their lifetime: added for a request, gone with the last one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::disk;
use super::entry::ContextEntry;
use super::error::KubeconfigError;
use super::files::KubeconfigFiles;
use super::keys::Previous;
use super::ledger::{Ledger, LedgerEntry, LedgerLock, Switched};
use super::left;
use super::lock::LockWait;
use super::operations::{self, Added, Outcome, Removed};
use crate::home::Home;

type Result<T> = std::result::Result<T, KubeconfigError>;

/// Who needs a context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The integration.
    pub integration: String,
    /// The request, such as `R-1042`.
    pub request: String,
}

/// A context that was taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// What the ledger knew of it.
    pub entry: LedgerEntry,
    /// What was done.
    pub removed: Removed,
}

/// The contexts of one Bellhop home; every change is under the ledger's lock.
#[derive(Debug, Clone)]
pub struct Contexts {
    ledger: PathBuf,
    left: PathBuf,
    wait: LockWait,
    hop_back: bool,
}

impl Contexts {
    /// The contexts of a prepared home.
    pub fn new(home: &Home) -> Self {
        Self {
            ledger: home.contexts_file(),
            left: home.left_context_file(),
            wait: LockWait::default(),
            hop_back: true,
        }
    }

    /// Whether a context that goes while it is current makes way for the one before it, as is usual;
    /// else there is no current one afterwards.
    #[must_use]
    pub fn hopping_back(self, hop_back: bool) -> Self {
        Self { hop_back, ..self }
    }

    /// With another patience for kubectl's lock.
    #[must_use]
    pub fn waiting(self, wait: LockWait) -> Self {
        Self { wait, ..self }
    }

    /// What we added and have not taken away.
    pub fn ledger(&self) -> Result<Ledger> {
        Ledger::load(&self.ledger)
    }

    /// Adds the context for a request; makes it current only if `use_context` says so.
    pub fn add(
        &self,
        files: &KubeconfigFiles,
        entry: &ContextEntry,
        need: &Need,
        use_context: bool,
    ) -> Result<Added> {
        let _lock = LedgerLock::take(&self.ledger)?;
        let mut ledger = self.ledger()?;
        let mut added = operations::add_with(files, entry, self.wait, |added| {
            note(&mut ledger, entry, need, added);
            ledger.save(&self.ledger)
        })?;
        if use_context {
            added.switched = self.switch(&mut ledger, files, entry.name().as_str())?;
        }
        Ok(added)
    }

    /// Makes any context current; if it is ours, its removal puts the one before back.
    pub fn use_context(&self, files: &KubeconfigFiles, name: &str) -> Result<Option<Switched>> {
        let _lock = LedgerLock::take(&self.ledger)?;
        self.switch(&mut self.ledger()?, files, name)
    }

    /// The context to go back to: the one that was current before we last switched to another.
    pub fn left(&self, files: &KubeconfigFiles) -> Result<String> {
        let _lock = LedgerLock::take(&self.ledger)?;
        let path = files.default_file()?;
        let nothing = || KubeconfigError::NothingBefore { path: path.to_path_buf() };
        left::read(&self.left, &disk::target_of(path)?)?.ok_or_else(nothing)
    }

    /// The same as far as it is known without waiting for anybody: for whoever shows it.
    pub(super) fn before(&self, files: &KubeconfigFiles) -> Option<String> {
        let file = disk::target_of(files.default_file().ok()?).ok()?;
        left::read(&self.left, &file).ok().flatten()
    }

    /// Takes away what stands in one file of ours, whoever needs it elsewhere.
    pub fn release_file(&self, file: &Path) -> Result<Vec<Released>> {
        let file = disk::target_of(file)?;
        self.shorten(|entry| {
            if entry.file == file {
                entry.requests.clear();
            }
        })
    }

    fn switch(
        &self,
        ledger: &mut Ledger,
        files: &KubeconfigFiles,
        name: &str,
    ) -> Result<Option<Switched>> {
        // The same name may stand in files that this `KUBECONFIG` does not list.
        let places: Vec<_> =
            files.paths().iter().filter_map(|path| disk::target_of(path).ok()).collect();
        let here =
            |entry: &&mut LedgerEntry| entry.name.as_str() == name && places.contains(&entry.file);
        let switched = operations::use_context_with(files, name, self.wait, |switched| {
            let mut ours = false;
            for entry in ledger.contexts.iter_mut().filter(here) {
                entry.switched = Some(switched.clone());
                ours = true;
            }
            if ours { ledger.save(&self.ledger) } else { Ok(()) }
        })?;
        if let Some(Switched { file, left: Some(name), .. }) = &switched {
            left::write(&self.left, file, name)?;
        }
        Ok(switched)
    }

    /// The request no longer needs the integration's context; without any request it goes.
    pub fn release(&self, integration: &str, request: &str) -> Result<Vec<Released>> {
        self.shorten(|entry| {
            if entry.integration == integration {
                entry.requests.remove(request);
            }
        })
    }

    /// After a restart: drops every request of the integration that is not live.
    pub fn retain(&self, integration: &str, live: &BTreeSet<String>) -> Result<Vec<Released>> {
        self.shorten(|entry| {
            if entry.integration == integration {
                entry.requests.retain(|request| live.contains(request));
            }
        })
    }

    /// Takes away what nobody needs any more and could not go at the time, as a file was locked, say.
    /// Waits for whoever is just doing that.
    pub fn release_unneeded(&self) -> Result<Vec<Released>> {
        self.shorten(|_| {})
    }

    /// At uninstall: everything of ours goes.
    pub fn release_all(&self) -> Result<Vec<Released>> {
        self.shorten(|entry| entry.requests.clear())
    }

    /// Drops requests, then the contexts nobody needs; one that fails stays listed for next time.
    fn shorten(&self, drop_requests: impl FnMut(&mut LedgerEntry)) -> Result<Vec<Released>> {
        let _lock = LedgerLock::take(&self.ledger)?;
        let mut ledger = self.ledger()?;
        let before = ledger.clone();
        ledger.contexts.iter_mut().for_each(drop_requests);
        if ledger != before {
            ledger.save(&self.ledger)?;
        }
        let (mut released, mut failure) = (Vec::new(), None);
        let mut at = 0;
        while let Some(entry) = ledger.contexts.get(at).cloned() {
            if !entry.requests.is_empty() {
                at += 1;
                continue;
            }
            let going = if self.hop_back { entry.clone() } else { without_a_way_back(&entry) };
            match operations::remove(&going, self.wait) {
                Ok(removed) => {
                    ledger.contexts.remove(at);
                    hand_over(&mut ledger, &entry);
                    ledger.save(&self.ledger)?;
                    released.push(Released { entry, removed });
                }
                Err(error) => {
                    at += 1;
                    failure = failure.or(Some(error));
                }
            }
        }
        failure.map_or(Ok(released), Err)
    }
}

/// Enters what is about to be done; an older receipt knows better what was there before us.
fn note(ledger: &mut Ledger, entry: &ContextEntry, need: &Need, added: &Added) {
    let fresh = added.outcome == Outcome::Created;
    if let Some(known) = ledger.find(entry.name(), &added.file) {
        known.path.clone_from(&added.path);
        known.requests.insert(need.request.clone());
        if fresh {
            known.before = added.before.clone();
            known.switched = None;
        }
        return;
    }
    ledger.contexts.push(LedgerEntry {
        name: entry.name().clone(),
        integration: need.integration.clone(),
        path: added.path.clone(),
        file: added.file.clone(),
        before: added.before.clone(),
        switched: None,
        requests: BTreeSet::from([need.request.clone()]),
    });
}

/// The same, with nothing to go back to: kubectl then says that no context is current.
fn without_a_way_back(entry: &LedgerEntry) -> LedgerEntry {
    let nothing = || Previous::Text { raw: "\"\"".to_owned(), name: String::new() };
    let switched = entry.switched.clone();
    let switched = switched.map(|switched| Switched { previous: nothing(), ..switched });
    LedgerEntry { switched, ..entry.clone() }
}

/// What the removed entry remembered, the ones that came after it in the same file must know now.
fn hand_over(ledger: &mut Ledger, gone: &LedgerEntry) {
    for entry in &mut ledger.contexts {
        if entry.file == gone.file {
            entry.before.inherit(&gone.before);
        }
        let (Some(mine), Some(theirs)) = (&mut entry.switched, &gone.switched) else { continue };
        let was_gone =
            matches!(&mine.previous, Previous::Text { name, .. } if name == gone.name.as_str());
        if mine.file == theirs.file && was_gone {
            mine.previous = theirs.previous.clone();
        }
    }
}
