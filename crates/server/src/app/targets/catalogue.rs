//! Keeps what can be asked for in memory, as long as it is true.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bellhop_domain::{FlowInForce, IntegrationId, Person};
use bellhop_store::{StoreError, Tx, flows, integrations, resources};

use super::expand::{Known, Requestable, expand};

/// The most targets that are kept for all groups of people together, about 100 bytes each.
const MOST_ENTRIES: usize = 1_000_000;
/// The most groups of people, each admitted by the same flows.
const MOST_GROUPS: usize = 32;

type Versions = Vec<(String, i64)>;

/// What can be asked for, by whom.
#[derive(Default)]
pub struct Catalogue {
    /// The flows in force, read once for each set of versions.
    flows: Mutex<(Versions, Arc<Vec<FlowInForce>>)>,
    /// What was used last comes first.
    kept: Mutex<Vec<(Key, Arc<Requestable>)>>,
    /// One is made at a time: whoever waits finds it then.
    making: tokio::sync::Mutex<()>,
}

/// What a list of targets was made from. Another one of these is another list.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    flows: Versions,
    lists: Vec<(IntegrationId, i64)>,
}

fn lock<T>(this: &Mutex<T>) -> MutexGuard<'_, T> {
    this.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Catalogue {
    /// The flows in force.
    pub(in crate::app) async fn flows(
        &self,
        tx: &mut Tx,
    ) -> Result<Arc<Vec<FlowInForce>>, StoreError> {
        let versions = flows::versions(tx).await?;
        let (known, found) = lock(&self.flows).clone();
        if known == versions {
            return Ok(found);
        }
        let found = Arc::new(flows::in_force(tx).await?);
        *lock(&self.flows) = (versions, Arc::clone(&found));
        Ok(found)
    }

    /// What `person` may ask for, as it is in this transaction.
    pub(super) async fn of(
        &self,
        tx: &mut Tx,
        person: &Person,
    ) -> Result<Arc<Requestable>, StoreError> {
        let flows = self.flows(tx).await?;
        let admit: Vec<_> = flows.iter().filter(|f| f.flow.admits(person)).cloned().collect();
        let lists = resources::states(tx).await?;
        let key = Key {
            flows: admit.iter().map(|f| (f.flow.id.clone(), f.version)).collect(),
            lists: lists.iter().map(|list| (list.integration, list.version)).collect(),
        };
        if let Some(found) = self.kept(&key) {
            return Ok(found);
        }
        let _one_at_a_time = self.making.lock().await;
        if let Some(found) = self.kept(&key) {
            return Ok(found);
        }
        let known = known(tx, &admit).await?;
        let made = Arc::new(super::beside(move || expand(admit, &known)).await);
        self.keep(key, &made);
        Ok(made)
    }

    fn kept(&self, key: &Key) -> Option<Arc<Requestable>> {
        let mut kept = lock(&self.kept);
        let place = kept.iter().position(|(known, _)| known == key)?;
        let found = kept.remove(place);
        let answer = Arc::clone(&found.1);
        kept.insert(0, found);
        Some(answer)
    }

    fn keep(&self, key: Key, made: &Arc<Requestable>) {
        let mut kept = lock(&self.kept);
        // What was made from older versions is true for nobody any more.
        kept.retain(|(old, _)| old.lists == key.lists && old.flows != key.flows);
        kept.insert(0, (key, Arc::clone(made)));
        let mut entries = 0;
        let mut first = true;
        kept.truncate(MOST_GROUPS);
        kept.retain(|(_, one)| {
            entries += one.entries.len();
            std::mem::take(&mut first) || entries <= MOST_ENTRIES
        });
    }
}

/// What is known of the integrations that the flows name.
async fn known(tx: &mut Tx, flows: &[FlowInForce]) -> Result<BTreeMap<String, Known>, StoreError> {
    let rules = flows.iter().flat_map(|f| &f.flow.targets);
    let names: BTreeSet<&String> = rules.map(|rule| &rule.integration).collect();
    let mut all = BTreeMap::new();
    for name in names {
        if let Some(found) = integrations::by_name(tx, name).await? {
            let is_listed = resources::state(tx, found.id).await?.synced_at.is_some();
            let resources = resources::all(tx, found.id).await?;
            let offers = resources::offers(tx, found.id).await?;
            all.insert(name.clone(), Known { resources, offers, is_listed });
        }
    }
    Ok(all)
}
