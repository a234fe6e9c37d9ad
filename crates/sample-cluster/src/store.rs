//! What is in the cluster, and what changed lately.

use std::collections::{BTreeMap, VecDeque};

use serde_json::Value;
use tokio::sync::watch;

use crate::kinds::{Kind, NAMESPACE};
use crate::object;
use crate::status::Refusal;

/// How many objects callers may add to those that it began with.
const MOST_ADDED: usize = 2_000;
/// How many changes a watch can be behind.
const REMEMBERED: usize = 1_000;

/// Plural, namespace, name.
type Key = (&'static str, String, String);

/// One change; absent before means made, absent after means removed.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    version: u64,
    pub(crate) plural: &'static str,
    pub(crate) before: Option<Value>,
    pub(crate) after: Option<Value>,
}

/// All objects.
#[derive(Debug, Default)]
pub(crate) struct State {
    objects: BTreeMap<Key, Value>,
    version: u64,
    changes: VecDeque<Change>,
    /// The last change that is not remembered any more.
    forgotten: u64,
    told: watch::Sender<u64>,
    /// No more objects than these; nothing bounds what it begins with.
    most: Option<usize>,
}

impl State {
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    #[cfg(test)]
    pub(crate) fn all(&self) -> impl Iterator<Item = &Value> {
        self.objects.values()
    }

    /// From here on callers add objects, and no more than there is room for.
    pub(crate) fn begin(&mut self) {
        self.most = Some(self.objects.len() + MOST_ADDED);
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
        let plural = kind.plural;
        self.objects
            .range(key(kind, namespace, "")..)
            .take_while(move |((one, place, _), _)| {
                *one == plural && (namespace.is_empty() || place == namespace)
            })
            .map(|(_, object)| object)
    }

    /// Makes or replaces an object, and answers it with its new version.
    pub(crate) fn put(&mut self, kind: &Kind, mut object: Value) -> Result<Value, Refusal> {
        let key = key(kind, object::namespace(&object), object::name(&object));
        let full = self.most.is_some_and(|most| self.objects.len() >= most);
        if full && !self.objects.contains_key(&key) {
            return Err(Refusal::too_many("the sample cluster holds as many objects as it can"));
        }
        self.version += 1;
        object::set_meta(&mut object, "resourceVersion", self.version.to_string());
        let before = self.objects.insert(key, object.clone());
        self.remember(kind.plural, before, Some(object.clone()));
        Ok(object)
    }

    /// Removes an object; a namespace with everything that is in it.
    pub(crate) fn remove(&mut self, kind: &Kind, namespace: &str, name: &str) {
        let inside = |(_, place, _): &&Key| *kind == NAMESPACE && place == name;
        let mut gone: Vec<Key> = self.objects.keys().filter(inside).cloned().collect();
        gone.push(key(kind, namespace, name));
        for key in gone {
            let Some(mut object) = self.objects.remove(&key) else { continue };
            self.version += 1;
            object::set_meta(&mut object, "resourceVersion", self.version.to_string());
            self.remember(key.0, Some(object), None);
        }
    }

    /// Keeps the change for those who watch, and tells them.
    fn remember(&mut self, plural: &'static str, before: Option<Value>, after: Option<Value>) {
        self.changes.push_back(Change { version: self.version, plural, before, after });
        if self.changes.len() > REMEMBERED
            && let Some(dropped) = self.changes.pop_front()
        {
            self.forgotten = dropped.version;
        }
        self.told.send_replace(self.version);
    }

    /// The changes after a version; an error when they are not known any more.
    pub(crate) fn changes_after(
        &self,
        version: u64,
    ) -> Result<impl Iterator<Item = &Change>, Refusal> {
        if version < self.forgotten {
            let oldest = self.forgotten + 1;
            return Err(Refusal::gone(format!("too old resource version: {version} ({oldest})")));
        }
        let from = self.changes.partition_point(|change| change.version <= version);
        Ok(self.changes.iter().skip(from))
    }
}

fn key(kind: &Kind, namespace: &str, name: &str) -> Key {
    (kind.plural, namespace.to_owned(), name.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn callers_have_room_for_so_many_objects_whatever_it_began_with() {
        let mut state = State::default();
        let put = |state: &mut State, name: String| {
            state.put(&NAMESPACE, json!({ "metadata": { "name": name } })).is_ok()
        };
        for nth in 0..MOST_ADDED + 5 {
            assert!(put(&mut state, format!("first-{nth}")));
        }
        state.begin();
        for nth in 0..MOST_ADDED {
            assert!(put(&mut state, format!("added-{nth}")));
        }
        assert!(!put(&mut state, "one-more".to_owned()));
        assert!(put(&mut state, "first-0".to_owned()), "what is there can be replaced");
    }
}
