//! Nobody gives away what they do not have: the checks behind writing roles and bindings.

use std::collections::{BTreeMap, BTreeSet};

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
    let namespace = object::namespace(after);
    let rules = if *kind == ROLE || *kind == CLUSTER_ROLE {
        let rules = object::rules(after);
        let same = before.is_some_and(|old| object::rules(old) == rules);
        let aggregates = after.get("aggregationRule").filter(|rule| !rule.is_null());
        let gathers_as_before = before.and_then(|old| old.get("aggregationRule")) == aggregates;
        if (same && gathers_as_before) || may(state, user, "escalate", (kind, after)) {
            return Ok(());
        }
        // What is gathered later cannot be known now, so it counts as everything.
        let everything = aggregates.filter(|_| !gathers_as_before).map(|_| everything());
        rules.into_iter().chain(everything).collect()
    } else if *kind == ROLE_BINDING || *kind == CLUSTER_ROLE_BINDING {
        let role: RoleRef = object::part(after, "roleRef");
        let (role_kind, _) = rbac::role_kind(&role, namespace);
        let wish = Wish {
            verb: "bind".to_owned(),
            group: role_kind.group.to_owned(),
            resource: role_kind.plural.to_owned(),
            namespace: namespace.to_owned(),
            name: role.name.clone(),
            ..Wish::default()
        };
        if rbac::decide(state, user, &wish).allowed {
            return Ok(());
        }
        rbac::rules_of(state, &role, namespace)
            .map_err(|_absent| Refusal::not_found(role_kind, &role.name))?
    } else {
        return Ok(());
    };
    held(state, user, namespace, &rules)
        .map_err(|why| Refusal::forbidden(kind.plural, kind.group, object::name(after), &why))
}

fn may(state: &State, user: &User, verb: &str, (kind, object): (&Kind, &Value)) -> bool {
    let wish = Wish {
        verb: verb.to_owned(),
        group: kind.group.to_owned(),
        resource: kind.plural.to_owned(),
        namespace: object::namespace(object).to_owned(),
        name: object::name(object).to_owned(),
        ..Wish::default()
    };
    rbac::decide(state, user, &wish).allowed
}

fn everything() -> Rule {
    let all = || vec!["*".to_owned()];
    Rule { verbs: all(), api_groups: all(), resources: all(), ..Rule::default() }
}

fn held(state: &State, user: &User, namespace: &str, wanted: &[Rule]) -> Result<(), String> {
    let (given, _) = rbac::given(state, user, namespace);
    let owned: Vec<&Rule> = given.iter().flat_map(|one| &one.rules).collect();
    let missing: Vec<Rule> = wanted
        .iter()
        .flat_map(atoms)
        .filter(|atom| !owned.iter().any(|rule| covers(rule, atom)))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let texts: BTreeSet<String> = compact(missing).iter().map(text).collect();
    let texts: Vec<String> = texts.into_iter().collect();
    let groups: Vec<String> = user.groups.iter().map(|group| format!("{group:?}")).collect();
    Err(format!(
        "user {:?} (groups=[{}]) is attempting to grant RBAC permissions not currently held:\n{}",
        user.name,
        groups.join(" "),
        texts.join("\n")
    ))
}

/// A rule as many that each allow one thing.
fn atoms(rule: &Rule) -> Vec<Rule> {
    let one = |text: &String| vec![text.clone()];
    let mut all = Vec::new();
    for verb in &rule.verbs {
        for group in &rule.api_groups {
            for resource in &rule.resources {
                let atom = Rule {
                    verbs: one(verb),
                    api_groups: one(group),
                    resources: one(resource),
                    ..Rule::default()
                };
                if rule.resource_names.is_empty() {
                    all.push(atom.clone());
                }
                let named = |name| Rule { resource_names: one(name), ..atom.clone() };
                all.extend(rule.resource_names.iter().map(named));
            }
        }
        let outside =
            |url| Rule { verbs: one(verb), non_resource_urls: one(url), ..Rule::default() };
        all.extend(rule.non_resource_urls.iter().map(outside));
    }
    all
}

fn covers(owned: &Rule, atom: &Rule) -> bool {
    let first = |list: &[String]| list.first().cloned().unwrap_or_default();
    let resource = first(&atom.resources);
    let (resource, subresource) = resource.split_once('/').unwrap_or((&resource, ""));
    let wish = Wish {
        verb: first(&atom.verbs),
        group: first(&atom.api_groups),
        resource: resource.to_owned(),
        subresource: subresource.to_owned(),
        name: first(&atom.resource_names),
        path: first(&atom.non_resource_urls),
        ..Wish::default()
    };
    owned.allows(&wish)
}

/// Puts the verbs for one thing together, so that the refusal stays short.
fn compact(atoms: Vec<Rule>) -> Vec<Rule> {
    let mut simple: BTreeMap<[Vec<String>; 3], Rule> = BTreeMap::new();
    let mut rest = Vec::new();
    for atom in atoms {
        if !atom.non_resource_urls.is_empty() {
            rest.push(atom);
            continue;
        }
        let key = [atom.api_groups.clone(), atom.resources.clone(), atom.resource_names.clone()];
        let into = simple.entry(key).or_insert_with(|| Rule { verbs: Vec::new(), ..atom.clone() });
        for verb in atom.verbs {
            if !into.verbs.contains(&verb) {
                into.verbs.push(verb);
            }
        }
    }
    simple.into_values().chain(rest).collect()
}

fn text(rule: &Rule) -> String {
    let parts = [
        ("APIGroups", &rule.api_groups),
        ("Resources", &rule.resources),
        ("NonResourceURLs", &rule.non_resource_urls),
        ("ResourceNames", &rule.resource_names),
        ("Verbs", &rule.verbs),
    ];
    let quoted = |list: &[String]| {
        let all: Vec<String> = list.iter().map(|one| format!("{one:?}")).collect();
        all.join(" ")
    };
    let shown: Vec<String> = parts
        .into_iter()
        .filter(|(_, list)| !list.is_empty())
        .map(|(name, list)| format!("{name}:[{}]", quoted(list)))
        .collect();
    format!("{{{}}}", shown.join(", "))
}
