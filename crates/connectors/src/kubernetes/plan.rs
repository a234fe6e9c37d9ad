//! What is noted about a target before the first effect, and the questions that show whether a
//! grant works.

use std::collections::HashMap;
use std::fmt;

use bellhop_domain::{Before, Found};
use k8s_openapi::api::rbac::v1::PolicyRule;
use serde::{Deserialize, Serialize};

use crate::Fault;

/// How many questions are asked at once, and at most noted with a grant.
pub(super) const PROBES: usize = 5;
/// How many are tried before a role counts as held already. The largest usual role, `admin`, has
/// about 500.
const CANDIDATES: usize = 2_000;

/// The connector's notes in [`Before`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    version: u32,
    /// Uid of the namespace: one that is re-created under the same name is another target.
    pub(super) namespace_uid: String,
    /// Refused before the grant, allowed by it. Empty when the role adds nothing.
    pub(super) probes: Vec<Probe>,
}

/// One thing that the grantee may do in the namespace, or not.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Probe {
    pub(super) verb: String,
    pub(super) group: String,
    /// With the subresource, as roles spell it: `pods/log`.
    pub(super) resource: String,
    pub(super) name: Option<String>,
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb, self.resource)?;
        if !self.group.is_empty() {
            write!(f, ".{}", self.group)?;
        }
        self.name.iter().try_for_each(|name| write!(f, " {name}"))
    }
}

impl Plan {
    pub(super) fn new(namespace_uid: String, probes: Vec<Probe>) -> Self {
        Self { version: 1, namespace_uid, probes }
    }

    /// Every grant has a binding of its own, made for it and removed with it. So whatever the
    /// person held before, nothing was there that this grant would share: `Absent`.
    pub(super) fn into_before(self) -> Result<Before, Fault> {
        let plan = serde_json::to_value(self);
        let plan = plan
            .map_err(|error| Fault::Impossible(format!("the plan cannot be written: {error}")))?;
        Ok(Before { found: Found::Absent, plan })
    }

    pub(super) fn read(before: &Before) -> Result<Self, Fault> {
        let plan: Result<Self, _> = serde_json::from_value(before.plan.clone());
        match plan {
            Ok(plan) if plan.version == 1 => Ok(plan),
            Ok(plan) => Err(Fault::Impossible(format!(
                "the plan of this grant was written by a newer Bellhop (version {})",
                plan.version
            ))),
            Err(error) => {
                Err(Fault::Impossible(format!("the plan of this grant cannot be read: {error}")))
            }
        }
    }
}

/// Everything that rules allow in a namespace, best question first: writing before reading, whole
/// resources before subresources, and each resource once before any twice.
pub(super) fn candidates(rules: &[PolicyRule]) -> Vec<Probe> {
    let mut all: Vec<Probe> = rules.iter().flat_map(expand).take(CANDIDATES).collect();
    all.sort();
    all.dedup();
    let mut turns: HashMap<(bool, String, String), usize> = HashMap::new();
    let mut ranked: Vec<_> = all
        .into_iter()
        .map(|probe| {
            let reads = matches!(probe.verb.as_str(), "get" | "list" | "watch");
            let turn =
                turns.entry((reads, probe.group.clone(), probe.resource.clone())).or_default();
            *turn += 1;
            ((reads, probe.name.is_some(), probe.resource.contains('/'), *turn), probe)
        })
        .collect();
    ranked.sort();
    ranked.into_iter().map(|(_, probe)| probe).collect()
}

fn expand(rule: &PolicyRule) -> impl Iterator<Item = Probe> {
    let names: Vec<Option<&String>> = match rule.resource_names.as_deref() {
        None | Some([]) => vec![None],
        Some(names) => names.iter().map(Some).collect(),
    };
    let groups = rule.api_groups.as_deref().unwrap_or_default();
    let resources = rule.resources.as_deref().unwrap_or_default();
    let mut found = Vec::new();
    for (group, resource) in groups.iter().flat_map(|g| resources.iter().map(move |r| (g, r))) {
        for (verb, name) in rule.verbs.iter().flat_map(|v| names.iter().map(move |n| (v, *n))) {
            let (verb, group, resource) = (verb.clone(), group.clone(), resource.clone());
            found.push(Probe { verb, group, resource, name: name.cloned() });
        }
    }
    found.into_iter()
}

/// Whether a role with these rules allows what `probe` asks.
pub(super) fn allows(rules: &[PolicyRule], probe: &Probe) -> bool {
    let has = |list: Option<&[String]>, wanted: &str| {
        list.unwrap_or_default().iter().any(|one| one == "*" || one == wanted)
    };
    let any_of = probe.resource.split_once('/').map(|(_, sub)| format!("*/{sub}"));
    rules.iter().any(|rule| {
        let resources = rule.resources.as_deref();
        let named = match rule.resource_names.as_deref() {
            None | Some([]) => true,
            Some(names) => probe.name.as_ref().is_some_and(|name| names.contains(name)),
        };
        has(Some(&rule.verbs), &probe.verb)
            && has(rule.api_groups.as_deref(), &probe.group)
            && (has(resources, &probe.resource)
                || any_of.as_ref().is_some_and(|any| has(resources, any)))
            && named
    })
}
