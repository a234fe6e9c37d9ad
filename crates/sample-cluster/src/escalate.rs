//! Nobody gives away what they do not have: the checks behind writing roles and bindings.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::kinds::{CLUSTER_ROLE, CLUSTER_ROLE_BINDING, Kind, ROLE, ROLE_BINDING};
use crate::object;
use crate::rbac::{self, MASTERS, RoleRef, Rule, Wish};
use crate::status::Refusal;
use crate::store::State;
use crate::user::User;

/// Refuses an object that would give more than its writer has. `before` is what it replaces.
pub(crate) fn check(
    state: &State,
    user: &User,
    kind: &Kind,
    (before, after): (Option<&Value>, &Value),
) -> Result<(), Refusal> {
    if user.is_in(MASTERS) {
        return Ok(());
    }
    let (namespace, name) = (object::namespace(after), object::name(after));
    let may = |verb, kind, name| {
        rbac::decide(state, user, &Wish::on(verb, kind, namespace, name)).is_ok()
    };
    let rules = if [&ROLE, &CLUSTER_ROLE].contains(&kind) {
        let rules = object::rules(after);
        if before.is_some_and(|old| object::rules(old) == rules) || may("escalate", kind, name) {
            return Ok(());
        }
        rules
    } else if [&ROLE_BINDING, &CLUSTER_ROLE_BINDING].contains(&kind) {
        let role: RoleRef = object::part(after, "roleRef");
        let (role_kind, _) = rbac::role_kind(&role, namespace);
        if may("bind", role_kind, &role.name) {
            return Ok(());
        }
        rbac::rules_of(state, &role, namespace)
            .map_err(|_absent| Refusal::not_found(role_kind, &role.name))?
    } else {
        return Ok(());
    };
    held(state, user, namespace, &rules)
        .map_err(|why| Refusal::forbidden((kind.plural, kind.group, name), &why))
}

fn held(state: &State, user: &User, namespace: &str, wanted: &[Rule]) -> Result<(), String> {
    let (given, _) = rbac::given(state, user, namespace);
    let owned: Vec<&Rule> = given.iter().flat_map(|(_, rules)| rules).collect();
    // By what it is about, so that the refusal stays short.
    let mut missing: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for wish in wanted.iter().flat_map(wishes) {
        if !owned.iter().any(|rule| rule.allows(&wish)) {
            let verbs = missing.entry(about(&wish)).or_default();
            let verb = format!("{:?}", wish.verb);
            if !verbs.contains(&verb) {
                verbs.push(verb);
            }
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let texts =
        missing.iter().map(|(about, verbs)| format!("{{{about}, Verbs:[{}]}}", verbs.join(" ")));
    let groups: Vec<String> = user.groups.iter().map(|group| format!("{group:?}")).collect();
    Err(format!(
        "user {:?} (groups=[{}]) is attempting to grant RBAC permissions not currently held:\n{}",
        user.name,
        groups.join(" "),
        texts.collect::<Vec<_>>().join("\n")
    ))
}

/// Everything that a rule allows, one by one.
fn wishes(rule: &Rule) -> Vec<Wish> {
    let mut all = Vec::new();
    let names =
        if rule.resource_names.is_empty() { &vec![String::new()] } else { &rule.resource_names };
    for verb in &rule.verbs {
        for path in &rule.non_resource_urls {
            all.push(Wish { verb: verb.clone(), path: path.clone(), ..Wish::default() });
        }
        for group in &rule.api_groups {
            for whole in &rule.resources {
                let (resource, subresource) = whole.split_once('/').unwrap_or((whole, ""));
                all.extend(names.iter().map(|name| Wish {
                    verb: verb.clone(),
                    group: group.clone(),
                    resource: resource.to_owned(),
                    subresource: subresource.to_owned(),
                    name: name.clone(),
                    ..Wish::default()
                }));
            }
        }
    }
    all
}

/// What a wish is about, as the real API server spells it.
fn about(wish: &Wish) -> String {
    if !wish.path.is_empty() {
        return format!("NonResourceURLs:[{:?}]", wish.path);
    }
    let what = format!("APIGroups:[{:?}], Resources:[{:?}]", wish.group, wish.whole_resource());
    if wish.name.is_empty() { what } else { format!("{what}, ResourceNames:[{:?}]", wish.name) }
}
