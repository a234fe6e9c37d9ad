//! What is in the cluster, and what changed lately.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;

use serde_json::Value;
use tokio::sync::watch;

use crate::kinds::{CLUSTER_ROLE, Kind, NAMESPACE};
use crate::status::Refusal;
use crate::{aggregate, files, object};

/// How many objects there may be.
const MOST: usize = 2_000;
/// How many changes a watch can be behind.
const REMEMBERED: usize = 1_000;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    plural: &'static str,
    namespace: String,
    name: String,
}

/// One change; absent before means made, absent after means removed.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) version: u64,
    pub(crate) plural: &'static str,
    pub(crate) before: Option<Value>,
    pub(crate) after: Option<Value>,
}

/// All objects. Whoever changes it seals it afterwards.
#[derive(Debug)]
pub(crate) struct State {
    objects: BTreeMap<Key, Value>,
    version: u64,
    changes: VecDeque<Change>,
    /// The last change that is not remembered any more.
    forgotten: u64,
    sealed: u64,
    file: Option<PathBuf>,
    told: watch::Sender<u64>,
}

impl State {
    /// An empty cluster; with a file, it is kept there.
    pub(crate) fn new(file: Option<PathBuf>) -> Self {
        Self::restored(file, 1, Vec::new())
    }

    /// A cluster as it was stored.
    pub(crate) fn restored(
        file: Option<PathBuf>,
        version: u64,
        objects: Vec<(&'static Kind, Value)>,
    ) -> Self {
        let objects =
            objects.into_iter().map(|(kind, object)| (key_of(kind, &object), object)).collect();
        Self {
            objects,
            version,
            changes: VecDeque::new(),
            forgotten: version,
            sealed: version,
            file,
            told: watch::Sender::new(version),
        }
    }

    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Value> {
        self.objects.values()
    }

    /// Hears the version of each change.
    pub(crate) fn listen(&self) -> watch::Receiver<u64> {
        self.told.subscribe()
    }

    pub(crate) fn get(&self, kind: &Kind, namespace: &str, name: &str) -> Option<&Value> {
        self.objects.get(&key(kind, namespace, name))
    }

    /// Objects by namespace and name; everywhere when no namespace is named.
    pub(crate) fn list(&self, kind: &Kind, namespace: &str) -> impl Iterator<Item = &Value> {
        let everywhere = namespace.is_empty();
        self.of(kind)
            .filter(move |(key, _)| everywhere || key.namespace == namespace)
            .map(|(_, object)| object)
    }

    /// The names and objects in exactly this namespace, or in none.
    pub(crate) fn names_in(
        &self,
        kind: &Kind,
        namespace: &str,
    ) -> impl Iterator<Item = (&str, &Value)> {
        self.of(kind)
            .filter(move |(key, _)| key.namespace == namespace)
            .map(|(key, object)| (key.name.as_str(), object))
    }

    fn of(&self, kind: &Kind) -> impl Iterator<Item = (&Key, &Value)> {
        let plural = kind.plural;
        self.objects.range(key(kind, "", "")..).take_while(move |(key, _)| key.plural == plural)
    }

    /// Makes or replaces an object, and answers it with its new version.
    pub(crate) fn put(&mut self, kind: &Kind, object: Value) -> Result<Value, Refusal> {
        let object = self.put_as_is(kind, object)?;
        if *kind == CLUSTER_ROLE {
            aggregate::refresh(self)?;
        }
        Ok(object)
    }

    /// The same, without what follows from it.
    pub(crate) fn put_as_is(&mut self, kind: &Kind, mut object: Value) -> Result<Value, Refusal> {
        let key = key_of(kind, &object);
        if !self.objects.contains_key(&key) && self.objects.len() >= MOST {
            return Err(Refusal::too_many("the sample cluster holds as many objects as it can"));
        }
        self.version += 1;
        object::set_meta(&mut object, "resourceVersion", self.version.to_string());
        let before = self.objects.insert(key, object.clone());
        self.remember(kind.plural, before, Some(object.clone()));
        Ok(object)
    }

    /// Removes an object; a namespace with everything that is in it.
    pub(crate) fn remove(
        &mut self,
        kind: &Kind,
        namespace: &str,
        name: &str,
    ) -> Result<(), Refusal> {
        if *kind == NAMESPACE {
            let inside = self.objects.keys().filter(|key| key.namespace == name);
            for key in inside.cloned().collect::<Vec<_>>() {
                self.take(&key);
            }
        }
        self.take(&key(kind, namespace, name));
        if *kind == CLUSTER_ROLE { aggregate::refresh(self) } else { Ok(()) }
    }

    fn take(&mut self, key: &Key) {
        if let Some(mut object) = self.objects.remove(key) {
            self.version += 1;
            object::set_meta(&mut object, "resourceVersion", self.version.to_string());
            self.remember(key.plural, Some(object), None);
        }
    }

    fn remember(&mut self, plural: &'static str, before: Option<Value>, after: Option<Value>) {
        self.changes.push_back(Change { version: self.version, plural, before, after });
        if self.changes.len() > REMEMBERED
            && let Some(dropped) = self.changes.pop_front()
        {
            self.forgotten = dropped.version;
        }
    }

    /// The changes after a version; an error when they are not known any more.
    pub(crate) fn changes_after(
        &self,
        version: u64,
    ) -> Result<impl Iterator<Item = &Change>, Refusal> {
        if version < self.forgotten {
            return Err(Refusal::gone(format!(
                "too old resource version: {version} ({})",
                self.forgotten + 1
            )));
        }
        let from = self.changes.partition_point(|change| change.version <= version);
        Ok(self.changes.iter().skip(from))
    }

    /// Stores what changed, then tells whoever watches.
    pub(crate) fn seal(&mut self) -> Result<(), Refusal> {
        if self.sealed == self.version {
            return Ok(());
        }
        if let Some(file) = &self.file {
            files::save(file, self).map_err(|error| {
                Refusal::internal(format!("the sample cluster could not be stored: {error}"))
            })?;
        }
        self.sealed = self.version;
        self.told.send_replace(self.version);
        Ok(())
    }
}

fn key(kind: &Kind, namespace: &str, name: &str) -> Key {
    Key { plural: kind.plural, namespace: namespace.to_owned(), name: name.to_owned() }
}

fn key_of(kind: &Kind, object: &Value) -> Key {
    key(kind, object::namespace(object), object::name(object))
}
