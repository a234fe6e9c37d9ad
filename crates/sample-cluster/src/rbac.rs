//! The RBAC authorizer: who may do what, by the roles and bindings that are in the cluster.

use serde::{Deserialize, Serialize};

use crate::kinds::{CLUSTER_ROLE, CLUSTER_ROLE_BINDING, Kind, ROLE, ROLE_BINDING, dotted};
use crate::object;
use crate::store::State;
use crate::user::User;

/// One rule of a role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
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
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
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
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RoleRef {
    pub(crate) api_group: String,
    pub(crate) kind: String,
    pub(crate) name: String,
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

/// Whoever is in it may do everything, whatever the bindings say.
pub(crate) const MASTERS: &str = "system:masters";

/// Decides one wish: by what it is allowed, or what would have mattered and could not be found.
pub(crate) fn decide(state: &State, user: &User, wish: &Wish) -> Result<String, String> {
    if user.is_in(MASTERS) {
        return Ok(String::new());
    }
    let (given, errors) = given(state, user, &wish.namespace);
    let allows = |(_, rules): &&Given| rules.iter().any(|rule| rule.allows(wish));
    if let Some((by, _)) = given.iter().find(allows) {
        return Ok(format!("RBAC: allowed by {by}"));
    }
    Err(match errors.as_slice() {
        [] => String::new(),
        [one] => format!("RBAC: {one}"),
        more => format!("RBAC: [{}]", more.join(", ")),
    })
}

/// A binding in words, and what it gives.
type Given = (String, Vec<Rule>);

/// Everything that the bindings of the cluster, and of one namespace, give somebody; and what of
/// it could not be found.
pub(crate) fn given(state: &State, user: &User, namespace: &str) -> (Vec<Given>, Vec<String>) {
    let (mut all, mut errors) = (Vec::new(), Vec::new());
    let mut places = vec![(&CLUSTER_ROLE_BINDING, "")];
    if !namespace.is_empty() {
        places.push((&ROLE_BINDING, namespace));
    }
    for (kind, namespace) in places {
        for binding in state.list(kind, namespace) {
            let subjects: Vec<Subject> = object::part(binding, "subjects");
            let Some(subject) = subjects.iter().find(|one| one.is(user, namespace)) else {
                continue;
            };
            let role: RoleRef = object::part(binding, "roleRef");
            match rules_of(state, &role, namespace) {
                Ok(rules) => {
                    let by = describe((kind, namespace, object::name(binding)), &role, subject);
                    all.push((by, rules));
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
        format!("{}/{}", subject.name, subject.home(namespace))
    } else {
        subject.name.clone()
    };
    format!("{} {name:?} of {} {:?} to {} {who:?}", kind.name, role.kind, role.name, subject.kind)
}

impl Wish {
    /// To do something with a whole object.
    pub(crate) fn on(verb: &str, kind: &Kind, namespace: &str, name: &str) -> Self {
        Self {
            verb: verb.to_owned(),
            group: kind.group.to_owned(),
            resource: kind.plural.to_owned(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// As a rule spells it: `pods` or `pods/log`.
    pub(crate) fn whole_resource(&self) -> String {
        let Self { resource, subresource, .. } = self;
        if subresource.is_empty() { resource.clone() } else { format!("{resource}/{subresource}") }
    }
}

impl Subject {
    /// Whether somebody is meant, by a binding in `namespace`.
    fn is(&self, user: &User, namespace: &str) -> bool {
        match self.kind.as_str() {
            "User" => self.name == user.name,
            "Group" => user.is_in(&self.name),
            "ServiceAccount" => {
                let home = self.home(namespace);
                !home.is_empty() && user.name == crate::user::account_name(home, &self.name)
            }
            _ => false,
        }
    }

    /// The namespace of an account: one that names none is beside the binding.
    fn home<'a>(&'a self, namespace: &'a str) -> &'a str {
        if self.namespace.is_empty() { namespace } else { &self.namespace }
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
            && self.names_resource(wish)
            && (self.resource_names.is_empty() || self.resource_names.contains(&wish.name))
    }

    fn names_resource(&self, wish: &Wish) -> bool {
        let of_any = || self.resources.contains(&format!("*/{}", wish.subresource));
        has(&self.resources, &wish.whole_resource()) || (!wish.subresource.is_empty() && of_any())
    }
}

fn has(list: &[String], wanted: &str) -> bool {
    list.iter().any(|one| one == "*" || one == wanted)
}

#[cfg(test)]
mod tests;
