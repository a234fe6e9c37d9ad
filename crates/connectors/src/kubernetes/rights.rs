//! The rights that Bellhop needs, in one table: the manifest is printed from it, and `check` asks
//! for each of them.

use super::names::SYSTEM_NAMESPACE;
use super::plan::Probe;
use super::settings::OfferedRole;

pub(super) const RBAC: &str = "rbac.authorization.k8s.io";

/// Where a rule holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Cluster,
    Namespace(String),
}

/// One rule of a role for Bellhop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) scope: Scope,
    pub(super) group: &'static str,
    pub(super) resources: Vec<&'static str>,
    pub(super) verbs: Vec<&'static str>,
    pub(super) names: Vec<String>,
    pub(super) why: &'static str,
}

const READ: [&str; 3] = ["get", "list", "watch"];
const BINDINGS: [&str; 6] = ["get", "list", "watch", "create", "patch", "delete"];

/// All of them, least first principle: nothing is here that no call needs.
pub(super) fn needed(offered: &[OfferedRole], namespaces: Option<&[String]>) -> Vec<Rule> {
    let mut rules = match namespaces {
        None => everywhere(offered),
        Some(namespaces) => listed(offered, namespaces),
    };
    let at = || Scope::Namespace(SYSTEM_NAMESPACE.to_owned());
    rules.extend([
        rule(
            at(),
            ("", &["serviceaccounts"], &["get", "list", "create", "delete"]),
            "One account for each person with live grants, removed after the last one.",
        ),
        rule(
            at(),
            ("", &["serviceaccounts/token"], &["create"]),
            "Short tokens for those accounts, and the renewal of Bellhop's own.",
        ),
    ]);
    rules
}

fn everywhere(offered: &[OfferedRole]) -> Vec<Rule> {
    let mut rules = vec![
        rule(
            Scope::Cluster,
            ("", &["namespaces"], &READ),
            "To offer namespaces and know each by its uid; kube-system tells which cluster this is.",
        ),
        rule(
            Scope::Cluster,
            (RBAC, &["roles", "clusterroles"], &READ),
            "To read what an offered role allows, and ask for that before and after a grant.",
        ),
        rule(
            Scope::Cluster,
            (RBAC, &["rolebindings"], &BINDINGS),
            "One RoleBinding for each grant: made, read back, removed. Nothing can be bound but the roles below.",
        ),
    ];
    rules.extend(bind(Scope::Cluster, offered));
    let mut homes: Vec<&str> = offered.iter().filter_map(OfferedRole::namespace).collect();
    homes.sort_unstable();
    homes.dedup();
    rules.extend(homes.into_iter().filter_map(|home| bind_roles(home, offered)));
    rules
}

fn listed(offered: &[OfferedRole], namespaces: &[String]) -> Vec<Rule> {
    let mut rules = vec![named(
        rule(
            Scope::Namespace("kube-system".to_owned()),
            ("", &["namespaces"], &["get"]),
            "The uid of kube-system tells which cluster this is.",
        ),
        vec!["kube-system".to_owned()],
    )];
    let names = cluster_roles(offered);
    if !names.is_empty() {
        let why = "To read what the offered roles allow. It gives nothing in any namespace.";
        rules.push(named(rule(Scope::Cluster, (RBAC, &["clusterroles"], &["get"]), why), names));
    }
    for namespace in namespaces {
        let at = || Scope::Namespace(namespace.clone());
        let see = rule(at(), ("", &["namespaces"], &["get"]), "To know the namespace by its uid.");
        rules.extend([
            named(see, vec![namespace.clone()]),
            rule(
                at(),
                (RBAC, &["roles"], &READ),
                "To read what an offered role of this namespace allows.",
            ),
            rule(
                at(),
                (RBAC, &["rolebindings"], &BINDINGS),
                "One RoleBinding for each grant. Nothing can be bound but the roles below.",
            ),
        ]);
        rules.extend(bind(at(), offered));
        rules.extend(bind_roles(namespace, offered));
    }
    rules
}

fn rule(
    scope: Scope,
    (group, resources, verbs): (&'static str, &[&'static str], &[&'static str]),
    why: &'static str,
) -> Rule {
    Rule {
        scope,
        group,
        resources: resources.to_vec(),
        verbs: verbs.to_vec(),
        names: Vec::new(),
        why,
    }
}

fn named(mut rule: Rule, names: Vec<String>) -> Rule {
    rule.names = names;
    rule
}

fn cluster_roles(offered: &[OfferedRole]) -> Vec<String> {
    let all = offered.iter().filter(|role| role.namespace().is_none());
    all.map(|role| role.name().to_owned()).collect()
}

const WHY_BIND: &str =
    "The roles that may be granted, by name. Bellhop holds none of what they allow.";

fn bind(scope: Scope, offered: &[OfferedRole]) -> Option<Rule> {
    let names = cluster_roles(offered);
    let bind = rule(scope, (RBAC, &["clusterroles"], &["bind"]), WHY_BIND);
    (!names.is_empty()).then(|| named(bind, names))
}

fn bind_roles(namespace: &str, offered: &[OfferedRole]) -> Option<Rule> {
    let here = offered.iter().filter(|role| role.namespace() == Some(namespace));
    let names: Vec<String> = here.map(|role| role.name().to_owned()).collect();
    let bind =
        rule(Scope::Namespace(namespace.to_owned()), (RBAC, &["roles"], &["bind"]), WHY_BIND);
    (!names.is_empty()).then(|| named(bind, names))
}

impl Rule {
    pub(super) fn namespace(&self) -> Option<&str> {
        match &self.scope {
            Scope::Cluster => None,
            Scope::Namespace(namespace) => Some(namespace),
        }
    }

    /// The single rights of the rule, as questions.
    pub(super) fn questions(&self) -> Vec<Probe> {
        let names: Vec<Option<String>> = if self.names.is_empty() {
            vec![None]
        } else {
            self.names.iter().cloned().map(Some).collect()
        };
        let mut all = Vec::new();
        for resource in &self.resources {
            for (verb, name) in self.verbs.iter().flat_map(|v| names.iter().map(move |n| (v, n))) {
                all.push(Probe {
                    verb: (*verb).to_owned(),
                    group: self.group.to_owned(),
                    resource: (*resource).to_owned(),
                    name: name.clone(),
                });
            }
        }
        all
    }
}

/// A right by name: `create rolebindings in customer1`, `bind clusterrole edit`.
pub(super) fn describe(namespace: Option<&str>, right: &Probe) -> String {
    let text = match &right.name {
        Some(name) if right.verb == "bind" => {
            format!("bind {} {name}", right.resource.trim_end_matches('s'))
        }
        Some(name) => format!("{} {} {name}", right.verb, right.resource),
        None => format!("{} {}", right.verb, right.resource),
    };
    match namespace {
        Some(namespace) => format!("{text} in {namespace}"),
        None if right.resource == "rolebindings" || right.resource == "roles" => {
            format!("{text} in every namespace")
        }
        None => text,
    }
}
