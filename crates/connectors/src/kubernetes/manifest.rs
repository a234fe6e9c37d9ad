//! The least-rights manifest. What is printed is what is applied, byte for byte.

use std::fmt::Write as _;

use super::call::Kind;
use super::names::{self, SYSTEM_NAMESPACE};
use super::rights::{self, RBAC, Rule, Scope};
use super::settings::ConnectOptions;

/// One object of the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Document {
    pub(super) kind: Kind,
    pub(super) namespace: Option<String>,
    pub(super) name: String,
    pub(super) yaml: String,
}

/// The manifest that gives Bellhop exactly the rights it needs, as YAML for `kubectl apply -f -`.
pub fn manifest(options: &ConnectOptions) -> String {
    let texts: Vec<String> = documents(options).into_iter().map(|one| one.yaml).collect();
    texts.join("---\n")
}

/// The objects in the order in which they have to be made.
pub(super) fn documents(options: &ConnectOptions) -> Vec<Document> {
    let mut all = vec![namespace(), account(options)];
    let rules = rights::needed(&options.offered, options.namespaces.as_deref());
    let mut scopes: Vec<&Scope> = Vec::new();
    for rule in &rules {
        if !scopes.contains(&&rule.scope) {
            scopes.push(&rule.scope);
        }
    }
    for scope in scopes {
        let here: Vec<&Rule> = rules.iter().filter(|rule| rule.scope == *scope).collect();
        all.extend([role(options, scope, &here), binding(options, scope)]);
    }
    all
}

fn namespace() -> Document {
    let yaml = format!(
        "# Bellhop's own account and those of the people with live grants are kept here, and nothing else.\n\
         # Several installations may share it: it carries no installation's label.\n\
         apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {SYSTEM_NAMESPACE}\n  labels:\n    {}: bellhop\n",
        names::MANAGED_BY
    );
    Document { kind: Kind::Namespace, namespace: None, name: SYSTEM_NAMESPACE.to_owned(), yaml }
}

fn account(options: &ConnectOptions) -> Document {
    let head = head(options, "v1", "ServiceAccount", Some(SYSTEM_NAMESPACE));
    let yaml = format!(
        "# Bellhop acts in the cluster as this account.\n{head}automountServiceAccountToken: false\n"
    );
    Document {
        kind: Kind::ServiceAccount,
        namespace: Some(SYSTEM_NAMESPACE.to_owned()),
        name: options.account.clone(),
        yaml,
    }
}

fn role(options: &ConnectOptions, scope: &Scope, rules: &[&Rule]) -> Document {
    let (kind, spelt, namespace) = match scope {
        Scope::Cluster => (Kind::ClusterRole, "ClusterRole", None),
        Scope::Namespace(namespace) => (Kind::Role, "Role", Some(namespace.as_str())),
    };
    let mut yaml = head(options, &format!("{RBAC}/v1"), spelt, namespace);
    yaml.push_str("rules:\n");
    for rule in rules {
        write!(
            yaml,
            "  # {}\n  - apiGroups: [{}]\n    resources: {}\n    verbs: {}\n",
            rule.why,
            quoted(rule.group),
            list(&rule.resources),
            list(&rule.verbs)
        )
        .ok();
        if !rule.names.is_empty() {
            writeln!(yaml, "    resourceNames: {}", list(&rule.names)).ok();
        }
    }
    Document { kind, namespace: namespace.map(str::to_owned), name: options.account.clone(), yaml }
}

fn binding(options: &ConnectOptions, scope: &Scope) -> Document {
    let (kind, spelt, role, namespace) = match scope {
        Scope::Cluster => (Kind::ClusterRoleBinding, "ClusterRoleBinding", "ClusterRole", None),
        Scope::Namespace(at) => (Kind::RoleBinding, "RoleBinding", "Role", Some(at.as_str())),
    };
    let name = quoted(&options.account);
    let yaml = format!(
        "{}roleRef:\n  apiGroup: {RBAC}\n  kind: {role}\n  name: {name}\n\
         subjects:\n  - kind: ServiceAccount\n    name: {name}\n    namespace: {SYSTEM_NAMESPACE}\n",
        head(options, &format!("{RBAC}/v1"), spelt, namespace)
    );
    Document { kind, namespace: namespace.map(str::to_owned), name: options.account.clone(), yaml }
}

fn head(options: &ConnectOptions, version: &str, kind: &str, namespace: Option<&str>) -> String {
    let mut yaml = format!(
        "apiVersion: {version}\nkind: {kind}\nmetadata:\n  name: {}\n",
        quoted(&options.account)
    );
    if let Some(namespace) = namespace {
        writeln!(yaml, "  namespace: {}", quoted(namespace)).ok();
    }
    yaml.push_str("  labels:\n");
    for (key, value) in names::labels(options.installation, names::PART_RIGHTS) {
        writeln!(yaml, "    {key}: {}", quoted(&value)).ok();
    }
    yaml
}

/// JSON's strings are YAML's too, and a name such as `on` stays a name.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn list(items: &[impl AsRef<str>]) -> String {
    let items: Vec<String> = items.iter().map(|one| quoted(one.as_ref())).collect();
    format!("[{}]", items.join(", "))
}
