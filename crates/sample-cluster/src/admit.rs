//! What may be stored: an object is cut down to the fields that are known, and checked.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::kinds::{
    ACCOUNT, CLUSTER_ROLE, CLUSTER_ROLE_BINDING, Kind, NAMESPACE, POD, RBAC, ROLE, ROLE_BINDING,
};
use crate::object;
use crate::rbac::{RoleRef, Rule, Subject};
use crate::status::{Flaw, Refusal};

#[derive(Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Meta {
    #[serde(skip_serializing_if = "String::is_empty")]
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    namespace: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    generate_name: String,
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

/// The fields of all kinds that can be made; each kind uses its own.
#[derive(Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Known {
    metadata: Meta,
    #[serde(skip_serializing_if = "Option::is_none")]
    rules: Option<Vec<Rule>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aggregation_rule: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    subjects: Vec<Subject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role_ref: Option<RoleRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    automount_service_account_token: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    secrets: Vec<Named>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    image_pull_secrets: Vec<Named>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spec: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Value>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Named {
    name: String,
}

/// The object with its known fields and defaults, whatever else was said left out.
pub(crate) fn normal(kind: &Kind, body: Value) -> Result<Value, Refusal> {
    let read = serde_json::from_value(object::without_nulls(body));
    let mut known: Known = read.map_err(|error| {
        let name = kind.name;
        Refusal::bad_request(format!(
            "{name} in version \"v1\" cannot be handled as a {name}: {error}"
        ))
    })?;
    let roles = [&ROLE, &CLUSTER_ROLE].contains(&kind);
    let bindings = [&ROLE_BINDING, &CLUSTER_ROLE_BINDING].contains(&kind);
    // A role without rules is stored as one whose rules are null.
    known.rules = known.rules.filter(|_| roles);
    known.aggregation_rule = known.aggregation_rule.filter(|_| *kind == CLUSTER_ROLE);
    if !bindings {
        (known.role_ref, known.subjects) = (None, Vec::new());
    }
    if *kind != ACCOUNT {
        known.automount_service_account_token = None;
        (known.secrets, known.image_pull_secrets) = (Vec::new(), Vec::new());
    }
    if ![&NAMESPACE, &POD].contains(&kind) {
        (known.spec, known.status) = (None, None);
    }
    if let (true, Some(role)) = (bindings, &mut known.role_ref)
        && role.api_group.is_empty()
    {
        RBAC.clone_into(&mut role.api_group);
    }
    for subject in &mut known.subjects {
        if subject.api_group.is_empty() && subject.kind != "ServiceAccount" {
            RBAC.clone_into(&mut subject.api_group);
        }
    }
    let value = serde_json::to_value(known);
    let mut value = value.map_err(|error| Refusal::internal(error.to_string()))?;
    object::set_type(&mut value, kind);
    Ok(value)
}

/// Refuses what the real API server would refuse.
pub(crate) fn check(kind: &Kind, object: &Value) -> Result<(), Refusal> {
    let mut flaws = Vec::new();
    flaws.extend(name_flaw(kind, object::name(object)));
    flaws.extend(label_flaws(object));
    if [&ROLE_BINDING, &CLUSTER_ROLE_BINDING].contains(&kind) {
        binding_flaws(kind, object, &mut flaws);
    }
    if [&ROLE, &CLUSTER_ROLE].contains(&kind) {
        rule_flaws(kind, object, &mut flaws);
    }
    if flaws.is_empty() {
        return Ok(());
    }
    Err(Refusal::invalid(kind.name, kind.group, object::name(object), &flaws))
}

/// What may not be changed in an object that is there.
pub(crate) fn check_change(kind: &Kind, before: &Value, after: &Value) -> Result<(), Refusal> {
    let name = object::name(after);
    let flaw = if object::part::<RoleRef>(before, "roleRef") != object::part(after, "roleRef") {
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
    Err(Refusal::invalid(kind.name, kind.group, name, &[flaw]))
}

fn name_flaw(kind: &Kind, name: &str) -> Option<Flaw> {
    let at = "metadata.name";
    if name.is_empty() {
        return Some(Flaw::required(at, "name or generateName is required"));
    }
    let why = if kind.group == RBAC {
        match name {
            "." => "may not be '.'",
            ".." => "may not be '..'",
            name if name.contains('/') => "may not contain '/'",
            name if name.contains('%') => "may not contain '%'",
            _ => return None,
        }
    } else if *kind == NAMESPACE {
        if is_label(name) {
            return None;
        }
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must \
         start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for \
         validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
    } else {
        if name.len() <= 253 && name.split('.').all(is_label_of_any_length) {
            return None;
        }
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and \
         must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is \
         '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
    };
    Some(Flaw::invalid(at, &format!("{name:?}"), why))
}

fn is_label(name: &str) -> bool {
    name.len() <= 63 && is_label_of_any_length(name)
}

fn is_label_of_any_length(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    name.chars().all(|c| plain(c) || c == '-') && name.starts_with(plain) && name.ends_with(plain)
}

fn label_flaws(object: &Value) -> Vec<Flaw> {
    let flaw = |shown: &str, why| Flaw::invalid("metadata.labels", &format!("{shown:?}"), why);
    let mut flaws = Vec::new();
    for (key, value) in object::labels(object).into_iter().flatten() {
        if !is_qualified(key) {
            flaws.push(flaw(
                key,
                "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and \
                 end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for \
                 validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix \
                 and '/' (e.g. 'example.com/MyName')",
            ));
        }
        let value = value.as_str().unwrap_or_default();
        if !value.is_empty() && !is_word(value) {
            flaws.push(flaw(
                value,
                "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', \
                 and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or \
                 '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
            ));
        }
    }
    flaws
}

fn is_qualified(key: &str) -> bool {
    match key.split_once('/') {
        None => is_word(key),
        Some((prefix, name)) => {
            prefix.len() <= 253 && prefix.split('.').all(is_label_of_any_length) && is_word(name)
        }
    }
}

fn is_word(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric();
    text.len() <= 63
        && text.starts_with(plain)
        && text.ends_with(plain)
        && text.chars().all(|c| plain(c) || "-_.".contains(c))
}

fn binding_flaws(kind: &Kind, object: &Value, flaws: &mut Vec<Flaw>) {
    let role: RoleRef = object::part(object, "roleRef");
    let known: &[&str] =
        if *kind == ROLE_BINDING { &["Role", "ClusterRole"] } else { &["ClusterRole"] };
    if role.api_group != RBAC && !role.api_group.is_empty() {
        flaws.push(Flaw::unsupported("roleRef.apiGroup", &role.api_group, &[RBAC]));
    }
    if !known.contains(&role.kind.as_str()) {
        flaws.push(Flaw::unsupported("roleRef.kind", &role.kind, known));
    }
    if role.name.is_empty() {
        flaws.push(Flaw::required("roleRef.name", ""));
    }
    let subjects: Vec<Subject> = object::part(object, "subjects");
    for (nth, subject) in subjects.iter().enumerate() {
        let at = |field: &str| format!("subjects[{nth}].{field}");
        if subject.name.is_empty() {
            flaws.push(Flaw::required(at("name"), ""));
        }
        let group = match subject.kind.as_str() {
            "ServiceAccount" => {
                if *kind == CLUSTER_ROLE_BINDING && subject.namespace.is_empty() {
                    flaws.push(Flaw::required(at("namespace"), ""));
                }
                ""
            }
            "User" | "Group" => RBAC,
            other => {
                let known = ["ServiceAccount", "User", "Group"];
                flaws.push(Flaw::unsupported(at("kind"), other, &known));
                continue;
            }
        };
        if subject.api_group != group {
            flaws.push(Flaw::unsupported(at("apiGroup"), &subject.api_group, &[group]));
        }
    }
}

fn rule_flaws(kind: &Kind, object: &Value, flaws: &mut Vec<Flaw>) {
    for (nth, rule) in object::rules(object).iter().enumerate() {
        let at = |field: &str| format!("rules[{nth}].{field}");
        if rule.verbs.is_empty() {
            flaws.push(Flaw::required(at("verbs"), "verbs must contain at least one value"));
        }
        let resources = !rule.api_groups.is_empty() || !rule.resources.is_empty();
        if !rule.non_resource_urls.is_empty() {
            let urls: Vec<String> =
                rule.non_resource_urls.iter().map(|url| format!("{url:?}")).collect();
            let shown = format!("[]string{{{}}}", urls.join(", "));
            if *kind == ROLE {
                let why = "namespaced rules cannot apply to non-resource URLs";
                flaws.push(Flaw::invalid(at("nonResourceURLs"), &shown, why));
            } else if resources || !rule.resource_names.is_empty() {
                let why = "rules cannot apply to both regular resources and non-resource URLs";
                flaws.push(Flaw::invalid(at("nonResourceURLs"), &shown, why));
            }
            continue;
        }
        if rule.api_groups.is_empty() {
            let why = "resource rules must supply at least one api group";
            flaws.push(Flaw::required(at("apiGroups"), why));
        }
        if rule.resources.is_empty() {
            let why = "resource rules must supply at least one resource";
            flaws.push(Flaw::required(at("resources"), why));
        }
    }
}
