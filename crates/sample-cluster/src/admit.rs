//! What may be stored: an object is read field by field, and checked.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::body;
use crate::kinds::{CLUSTER_ROLE, CLUSTER_ROLE_BINDING, Kind, NAMESPACE, RBAC, ROLE, ROLE_BINDING};
use crate::object;
use crate::rbac::{RoleRef, Rule, Subject};
use crate::status::{Flaw, Refusal};

/// How long an object may be, and what is sent to make or change it.
pub(crate) const LARGEST: usize = 64 << 10;
/// Roles that gather the rules of others choose them by labels that begin so.
const GATHERED: &str = "rbac.authorization.k8s.io/aggregate-to-";

#[derive(Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct Meta {
    #[serde(skip_serializing_if = "String::is_empty")]
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    namespace: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    uid: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    resource_version: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    creation_timestamp: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    labels: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    annotations: BTreeMap<String, String>,
}

/// Reads a field, and writes it as it is stored.
type Read = fn(Value) -> serde_json::Result<Value>;

/// The fields of a kind beside its metadata. Whatever else is sent is refused, not dropped.
fn fields(kind: &Kind) -> &'static [(&'static str, Read)] {
    match kind.plural {
        "roles" | "clusterroles" => &[("rules", reread::<Vec<Rule>>)],
        "rolebindings" | "clusterrolebindings" => &[("subjects", subjects), ("roleRef", role_ref)],
        "serviceaccounts" => &[("automountServiceAccountToken", reread::<bool>)],
        _ => &[("spec", Ok), ("status", Ok)],
    }
}

fn reread<T: Serialize + DeserializeOwned>(value: Value) -> serde_json::Result<Value> {
    serde_json::to_value(serde_json::from_value::<T>(value)?)
}

fn subjects(value: Value) -> serde_json::Result<Value> {
    let mut subjects: Vec<Subject> = serde_json::from_value(value)?;
    for subject in &mut subjects {
        if subject.api_group.is_empty() && subject.kind != "ServiceAccount" {
            RBAC.clone_into(&mut subject.api_group);
        }
    }
    serde_json::to_value(subjects)
}

fn role_ref(value: Value) -> serde_json::Result<Value> {
    let mut role: RoleRef = serde_json::from_value(value)?;
    if role.api_group.is_empty() {
        RBAC.clone_into(&mut role.api_group);
    }
    serde_json::to_value(role)
}

/// The object as it is stored.
pub(crate) fn normal(kind: &Kind, body: Value) -> Result<Value, Refusal> {
    let body = body::of_kind(body, kind.name, &kind.api_version())?;
    let mut fresh = Map::new();
    for (key, value) in body.as_object().into_iter().flatten() {
        let of_kind = fields(kind).iter().find(|(name, _)| name == key);
        let read: Read = match (key.as_str(), of_kind) {
            ("kind" | "apiVersion", _) => Ok,
            ("metadata", _) => reread::<Meta>,
            (_, Some((_, read))) => *read,
            (_, None) => {
                let why = format!("a {} has no field {key:?} in a sample cluster", kind.name);
                return Err(Refusal::bad_request(why));
            }
        };
        let value = read(value.clone()).map_err(|error| {
            Refusal::bad_request(format!("the {key} of a {} cannot be read: {error}", kind.name))
        })?;
        fresh.insert(key.clone(), value);
    }
    let mut fresh = Value::Object(fresh);
    object::set_type(&mut fresh, kind);
    Ok(fresh)
}

/// Refuses what the real API server would refuse. The first flaw is told.
pub(crate) fn check(kind: &Kind, object: &Value) -> Result<(), Refusal> {
    if object.to_string().len() > LARGEST {
        return Err(Refusal::too_large(LARGEST));
    }
    let flaw = name_flaw(kind, object::name(object))
        .or_else(|| label_flaw(object))
        .or_else(|| binding_flaw(kind, object))
        .or_else(|| rule_flaw(kind, object));
    flaw.map_or(Ok(()), |flaw| Err(flaw.refusal((kind.name, kind.group, object::name(object)))))
}

/// What may not be changed in an object that is there.
pub(crate) fn check_change(kind: &Kind, before: &Value, after: &Value) -> Result<(), Refusal> {
    let flaw = if before.get("roleRef") != after.get("roleRef") {
        let role: RoleRef = object::part(after, "roleRef");
        let shown = format!(
            "rbac.RoleRef{{APIGroup:{:?}, Kind:{:?}, Name:{:?}}}",
            role.api_group, role.kind, role.name
        );
        Flaw::invalid("roleRef", &shown, "cannot change roleRef")
    } else if before.get("spec") != after.get("spec") {
        Flaw::forbidden("spec", "the sample cluster changes nothing but labels and annotations")
    } else {
        return Ok(());
    };
    Err(flaw.refusal((kind.name, kind.group, object::name(after))))
}

fn name_flaw(kind: &Kind, name: &str) -> Option<Flaw> {
    let at = "metadata.name";
    if name.is_empty() {
        return Some(Flaw::required(at, "name or generateName is required"));
    }
    let (fits, why) = if kind.group == RBAC {
        let fits = ![".", ".."].contains(&name) && !name.contains(['/', '%']);
        (fits, "may not be '.' or '..', nor contain '/' or '%'")
    } else if *kind == NAMESPACE {
        let why = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and \
                   must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used \
                   for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
        (name.len() <= 63 && is_part(name), why)
    } else {
        let why = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or \
                   '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used \
                   for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
        (is_domain(name), why)
    };
    (!fits).then(|| Flaw::invalid(at, &format!("{name:?}"), why))
}

fn is_domain(name: &str) -> bool {
    name.len() <= 253 && name.split('.').all(is_part)
}

fn is_part(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    name.chars().all(|c| plain(c) || c == '-') && name.starts_with(plain) && name.ends_with(plain)
}

fn label_flaw(object: &Value) -> Option<Flaw> {
    let is_word = |text: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric();
        let all = text.chars().all(|c| plain(c) || "-_.".contains(c));
        text.len() <= 63 && text.starts_with(plain) && text.ends_with(plain) && all
    };
    object::labels(object).into_iter().flatten().find_map(|(key, value)| {
        let value = value.as_str().unwrap_or_default();
        let (domain, word) = key.split_once('/').unwrap_or(("x", key));
        let why = if key.starts_with(GATHERED) {
            "the sample cluster gathers no roles"
        } else if is_domain(domain) && is_word(word) && (value.is_empty() || is_word(value)) {
            return None;
        } else {
            "a label is at most 63 letters, digits, '-', '_' or '.', between letters or digits; before its \
             name there may be a domain and '/'"
        };
        Some(Flaw::invalid("metadata.labels", &format!("{:?}", format!("{key}={value}")), why))
    })
}

fn binding_flaw(kind: &Kind, object: &Value) -> Option<Flaw> {
    if ![&ROLE_BINDING, &CLUSTER_ROLE_BINDING].contains(&kind) {
        return None;
    }
    let role: RoleRef = object::part(object, "roleRef");
    let known = role.kind == "ClusterRole" || (role.kind == "Role" && kind.namespaced);
    if !known || role.api_group != RBAC || role.name.is_empty() {
        let why = "must be the name of a ClusterRole, or of a Role in the binding's own namespace";
        return Some(Flaw::invalid("roleRef", &format!("{:?}", role.name), why));
    }
    let subjects: Vec<Subject> = object::part(object, "subjects");
    let wrong = subjects.iter().position(|one| {
        let known = match one.kind.as_str() {
            "User" | "Group" => one.api_group == RBAC && one.namespace.is_empty(),
            "ServiceAccount" => {
                one.api_group.is_empty() && (kind.namespaced || !one.namespace.is_empty())
            }
            _ => false,
        };
        !known || one.name.is_empty()
    })?;
    let shown = subjects.get(wrong).map(|one| format!("{:?}", one.name)).unwrap_or_default();
    let why = "must be the name of a User, of a Group, or of a ServiceAccount with its namespace";
    Some(Flaw::invalid(format!("subjects[{wrong}]"), &shown, why))
}

fn rule_flaw(kind: &Kind, object: &Value) -> Option<Flaw> {
    if ![&ROLE, &CLUSTER_ROLE].contains(&kind) {
        return None;
    }
    let fits = |rule: &Rule| {
        let neither = rule.api_groups.is_empty() && rule.resources.is_empty();
        let of_paths = neither && rule.resource_names.is_empty() && !kind.namespaced;
        let of_resources = !rule.api_groups.is_empty() && !rule.resources.is_empty();
        let well = if rule.non_resource_urls.is_empty() { of_resources } else { of_paths };
        well && !rule.verbs.is_empty()
    };
    let wrong = object::rules(object).iter().position(|rule| !fits(rule))?;
    let why = "a rule has verbs, and either apiGroups and resources, or (in a ClusterRole) nonResourceURLs";
    Some(Flaw::required(format!("rules[{wrong}]"), why))
}
