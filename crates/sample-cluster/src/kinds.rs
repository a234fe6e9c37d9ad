//! The kinds of objects that the cluster knows: one table, which discovery, paths and lists read.

/// What may be done with the objects of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// Everything.
    Kept,
    /// All but making: there is nothing that would run them.
    Planted,
    /// Reading, and there never are any: kubectl looks for them beside the others.
    Empty,
    /// Asking only; nothing is kept.
    Asked,
}

/// One kind.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) group: &'static str,
    pub(crate) plural: &'static str,
    pub(crate) name: &'static str,
    pub(crate) namespaced: bool,
    pub(crate) short: Option<&'static str>,
    pub(crate) usage: Use,
}

pub(crate) const RBAC: &str = "rbac.authorization.k8s.io";
pub(crate) const REVIEWS: &str = "authorization.k8s.io";
pub(crate) const TOKENS: &str = "authentication.k8s.io";
/// The groups with a name of their own, in the order of `/apis`.
pub(crate) const GROUPS: [&str; 2] = [REVIEWS, RBAC];

const fn kind(
    (group, plural, name): (&'static str, &'static str, &'static str),
    namespaced: bool,
    short: Option<&'static str>,
    usage: Use,
) -> Kind {
    Kind { group, plural, name, namespaced, short, usage }
}

pub(crate) static NAMESPACE: Kind =
    kind(("", "namespaces", "Namespace"), false, Some("ns"), Use::Kept);
pub(crate) static POD: Kind = kind(("", "pods", "Pod"), true, Some("po"), Use::Planted);
pub(crate) static ACCOUNT: Kind =
    kind(("", "serviceaccounts", "ServiceAccount"), true, Some("sa"), Use::Kept);
pub(crate) static ROLE: Kind = kind((RBAC, "roles", "Role"), true, None, Use::Kept);
pub(crate) static CLUSTER_ROLE: Kind =
    kind((RBAC, "clusterroles", "ClusterRole"), false, None, Use::Kept);
pub(crate) static ROLE_BINDING: Kind =
    kind((RBAC, "rolebindings", "RoleBinding"), true, None, Use::Kept);
pub(crate) static CLUSTER_ROLE_BINDING: Kind =
    kind((RBAC, "clusterrolebindings", "ClusterRoleBinding"), false, None, Use::Kept);

/// All of them, by group and name, as discovery lists them.
pub(crate) static ALL: [&Kind; 12] = [
    &kind(("", "events", "Event"), true, Some("ev"), Use::Empty),
    &kind(("", "limitranges", "LimitRange"), true, Some("limits"), Use::Empty),
    &NAMESPACE,
    &POD,
    &kind(("", "resourcequotas", "ResourceQuota"), true, Some("quota"), Use::Empty),
    &ACCOUNT,
    &kind(
        (REVIEWS, "selfsubjectaccessreviews", "SelfSubjectAccessReview"),
        false,
        None,
        Use::Asked,
    ),
    &kind((REVIEWS, "subjectaccessreviews", "SubjectAccessReview"), false, None, Use::Asked),
    &CLUSTER_ROLE_BINDING,
    &CLUSTER_ROLE,
    &ROLE_BINDING,
    &ROLE,
];

/// The kind of this group and plural.
pub(crate) fn find(group: &str, plural: &str) -> Option<&'static Kind> {
    ALL.into_iter().find(|kind| kind.group == group && kind.plural == plural)
}

impl Kind {
    pub(crate) fn api_version(&self) -> String {
        api_version(self.group)
    }

    pub(crate) fn verbs(&self) -> &'static [&'static str] {
        match self.usage {
            Use::Kept => &["create", "delete", "get", "list", "patch", "watch"],
            Use::Planted => &["delete", "get", "list", "patch", "watch"],
            Use::Empty => &["get", "list", "watch"],
            Use::Asked => &["create"],
        }
    }
}

/// The version of everything is `v1`.
pub(crate) fn api_version(group: &str) -> String {
    if group.is_empty() { "v1".to_owned() } else { format!("{group}/v1") }
}

/// A name in a group: the core group has none to add.
pub(crate) fn dotted(name: &str, group: &str) -> String {
    if group.is_empty() { name.to_owned() } else { format!("{name}.{group}") }
}
