//! `ClusterRole`s that gather the rules of others, such as `edit`.

use serde_json::Value;

use crate::kinds::CLUSTER_ROLE;
use crate::select::Labels;
use crate::status::Refusal;
use crate::store::State;
use crate::{object, rbac};

/// A gathered role may be gathered again: `view` is in `edit`, and `edit` in `admin`.
const DEEPEST: usize = 8;

/// Brings the rules of all gathering roles up to date.
pub(crate) fn refresh(state: &mut State) -> Result<(), Refusal> {
    for _ in 0..DEEPEST {
        let changed: Vec<Value> =
            state.list(&CLUSTER_ROLE, "").filter_map(|role| renewed(state, role)).collect();
        if changed.is_empty() {
            break;
        }
        for role in changed {
            state.put_as_is(&CLUSTER_ROLE, role)?;
        }
    }
    Ok(())
}

/// The role with the rules that it should have, if it has others.
fn renewed(state: &State, role: &Value) -> Option<Value> {
    let selectors = object::list(role, "/aggregationRule/clusterRoleSelectors");
    role.get("aggregationRule")?;
    let mut rules: Vec<rbac::Rule> = Vec::new();
    for selector in selectors.iter().map(Labels::of_selector) {
        let chosen = state
            .list(&CLUSTER_ROLE, "")
            .filter(|one| object::name(one) != object::name(role) && selector.matches(one));
        for rule in chosen.flat_map(object::rules) {
            if !rules.contains(&rule) {
                rules.push(rule);
            }
        }
    }
    if object::rules(role) == rules {
        return None;
    }
    let mut role = role.clone();
    let rules = serde_json::to_value(rules).ok()?;
    role.as_object_mut()?.insert("rules".to_owned(), rules);
    Some(role)
}
