//! The RBAC authorizer: who may do what, by the roles and bindings that are in the cluster.

use serde::{Deserialize, Serialize};

use crate::kinds::{CLUSTER_ROLE, CLUSTER_ROLE_BINDING, Kind, ROLE, ROLE_BINDING, dotted};
use crate::object;
use crate::store::State;
use crate::user::User;

/// One rule of a role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Rule {
    pub(crate) verbs: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) api_groups: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) resources: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) resource_names: Vec<String>,
    #[serde(rename = "nonResourceURLs", skip_serializing_if = "Vec::is_empty")]
    pub(crate) non_resource_urls: Vec<String>,
}

/// Whom a binding names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Subject {
    pub(crate) kind: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) api_group: String,
    pub(crate) name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) namespace: String,
}

/// What a binding binds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct RoleRef {
    pub(crate) api_group: String,
    pub(crate) kind: String,
    pub(crate) name: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Binding {
    subjects: Vec<Subject>,
    role_ref: RoleRef,
}

/// One thing that somebody wants to do. Empty strings stand for what is not named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Wish {
    pub(crate) verb: String,
    pub(crate) group: String,
    pub(crate) resource: String,
    pub(crate) subresource: String,
    pub(crate) namespace: String,
    pub(crate) name: String,
    /// An address outside of resources; everything else is empty then.
    pub(crate) path: String,
}

/// The answer, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) allowed: bool,
    pub(crate) reason: String,
}

/// What one binding gives.
pub(crate) struct Given {
    pub(crate) by: String,
    pub(crate) rules: Vec<Rule>,
}

/// Whoever is in it may do everything, whatever the bindings say.
pub(crate) const MASTERS: &str = "system:masters";

/// Decides one wish.
pub(crate) fn decide(state: &State, user: &User, wish: &Wish) -> Verdict {
    if user.is_in(MASTERS) {
        return Verdict { allowed: true, reason: String::new() };
    }
    let (given, errors) = given(state, user, &wish.namespace);
    let allows = |one: &&Given| one.rules.iter().any(|rule| rule.allows(wish));
    if let Some(one) = given.iter().find(allows) {
        return Verdict { allowed: true, reason: format!("RBAC: allowed by {}", one.by) };
    }
    let reason = match errors.as_slice() {
        [] => String::new(),
        [one] => format!("RBAC: {one}"),
        more => format!("RBAC: [{}]", more.join(", ")),
    };
    Verdict { allowed: false, reason }
}

/// Everything that the bindings of the cluster, and of one namespace, give somebody; and what of
/// it could not be found.
pub(crate) fn given(state: &State, user: &User, namespace: &str) -> (Vec<Given>, Vec<String>) {
    let (mut all, mut errors) = (Vec::new(), Vec::new());
    let mut places = vec![(&CLUSTER_ROLE_BINDING, "")];
    if !namespace.is_empty() {
        places.push((&ROLE_BINDING, namespace));
    }
    for (kind, namespace) in places {
        for (name, object) in state.names_in(kind, namespace) {
            let binding: Binding = object::typed(object);
            let Some(subject) = binding.subjects.iter().find(|one| one.is(user, namespace)) else {
                continue;
            };
            match rules_of(state, &binding.role_ref, namespace) {
                Ok(rules) => {
                    let by = describe((kind, namespace, name), &binding.role_ref, subject);
                    all.push(Given { by, rules });
                }
                Err(error) if errors.contains(&error) => {}
                Err(error) => errors.push(error),
            }
        }
    }
    (all, errors)
}

/// The rules of the role that a binding in `namespace` refers to.
pub(crate) fn rules_of(
    state: &State,
    role: &RoleRef,
    namespace: &str,
) -> Result<Vec<Rule>, String> {
    let (kind, namespace) = role_kind(role, namespace);
    match state.get(kind, namespace, &role.name) {
        Some(object) => Ok(object::rules(object)),
        None => {
            let kind = dotted(&kind.name.to_lowercase(), kind.group);
            Err(format!("{kind} {:?} not found", role.name))
        }
    }
}

/// Which kind of role is referred to, and in which namespace it is.
pub(crate) fn role_kind<'a>(role: &RoleRef, namespace: &'a str) -> (&'static Kind, &'a str) {
    if role.kind == "Role" { (&ROLE, namespace) } else { (&CLUSTER_ROLE, "") }
}

fn describe(
    (kind, namespace, name): (&Kind, &str, &str),
    role: &RoleRef,
    subject: &Subject,
) -> String {
    let name = if namespace.is_empty() { name.to_owned() } else { format!("{name}/{namespace}") };
    let who = if subject.kind == "ServiceAccount" {
        let home =
            if subject.namespace.is_empty() { namespace } else { subject.namespace.as_str() };
        format!("{}/{home}", subject.name)
    } else {
        subject.name.clone()
    };
    format!("{} {name:?} of {} {:?} to {} {who:?}", kind.name, role.kind, role.name, subject.kind)
}

impl Subject {
    /// Whether somebody is meant, by a binding in `namespace`.
    fn is(&self, user: &User, namespace: &str) -> bool {
        match self.kind.as_str() {
            "User" => self.name == user.name,
            "Group" => user.is_in(&self.name),
            "ServiceAccount" => {
                let home =
                    if self.namespace.is_empty() { namespace } else { self.namespace.as_str() };
                !home.is_empty() && user.name == crate::user::account_name(home, &self.name)
            }
            _ => false,
        }
    }
}

impl Rule {
    pub(crate) fn allows(&self, wish: &Wish) -> bool {
        if !has(&self.verbs, &wish.verb) {
            return false;
        }
        if !wish.path.is_empty() {
            return self.non_resource_urls.iter().any(|url| {
                url == "*"
                    || *url == wish.path
                    || (url.ends_with('*') && wish.path.starts_with(url.trim_end_matches('*')))
            });
        }
        has(&self.api_groups, &wish.group)
            && self.names_resource(&wish.resource, &wish.subresource)
            && (self.resource_names.is_empty() || self.resource_names.contains(&wish.name))
    }

    fn names_resource(&self, resource: &str, subresource: &str) -> bool {
        if subresource.is_empty() {
            return has(&self.resources, resource);
        }
        let (whole, any) = (format!("{resource}/{subresource}"), format!("*/{subresource}"));
        has(&self.resources, &whole) || self.resources.contains(&any)
    }
}

fn has(list: &[String], wanted: &str) -> bool {
    list.iter().any(|one| one == "*" || one == wanted)
}

#[cfg(test)]
mod tests;
