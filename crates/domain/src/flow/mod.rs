//! Flows: who may request which targets, who approves, and for how long.

mod approval;

use serde::{Deserialize, Serialize};

pub use approval::{Approval, Approvers, People, SelfApproval};

use crate::{Person, Span, Target};

/// One version of a flow, as stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    /// Short name, unique.
    pub id: String,
    /// Name that people read.
    pub name: String,
    /// Who may ask. Nobody else, and nobody at all when it is empty.
    pub requesters: Requesters,
    /// Whether a reason must be given.
    pub reason: ReasonRule,
    /// How long access may last.
    pub duration: DurationRule,
    /// What may be asked for.
    pub targets: Vec<TargetRule>,
    /// Whether and how it may be extended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extend: Option<ExtendRule>,
    /// Who decides.
    pub approval: Approval,
}

/// Who may ask.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requesters {
    /// By handle.
    #[serde(default)]
    pub users: Vec<String>,
}

/// Whether a reason must be given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonRule {
    /// A request without a reason is refused.
    #[default]
    Required,
    /// A reason may be left out.
    Optional,
}

/// How long access may last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DurationRule {
    /// When the request does not say.
    pub default: Span,
    /// The longest.
    pub max: Span,
    /// What faces offer.
    #[serde(default)]
    pub choices: Vec<Span>,
}

/// Targets that a flow covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetRule {
    /// Name of the integration.
    pub integration: String,
    /// Resource type.
    #[serde(rename = "type")]
    pub resource_type: String,
    /// Names, and globs with `*` and `?`.
    pub resources: Vec<String>,
    /// Permissions, each by name.
    pub permissions: Vec<String>,
}

/// How an active request may be given more time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtendRule {
    /// How often.
    pub times: u32,
    /// By how much each time; never past the flow's maximum, counted from the approval.
    pub by: Span,
}

impl Flow {
    /// Whether `person` may ask under this flow, and is still here to ask.
    pub fn admits(&self, person: &Person) -> bool {
        person.active && self.requesters.users.contains(&person.handle)
    }

    /// The people who decide; none when the flow decides by itself.
    pub fn approvers(&self) -> Option<&People> {
        match &self.approval {
            Approval::People(people) => Some(people),
            Approval::Automatic => None,
        }
    }

    /// Whether this flow covers `target`.
    pub fn covers(&self, target: &Target) -> bool {
        self.targets.iter().any(|rule| rule.covers(target))
    }
}

impl TargetRule {
    /// The resources that are written out, and no glob: these can be asked for before anybody has
    /// seen them.
    pub fn written_out(&self) -> impl Iterator<Item = &str> {
        self.resources.iter().map(String::as_str).filter(|name| !name.contains(['*', '?']))
    }

    fn covers(&self, target: &Target) -> bool {
        // `kube-*` holds the cluster's own machinery: a glob never reaches it, a name does.
        let by_name_only = target.resource.starts_with("kube-");
        let names = |pattern: &String| {
            *pattern == target.resource
                || (!by_name_only && wildmatch::WildMatch::new(pattern).matches(&target.resource))
        };
        self.integration == target.integration
            && self.resource_type == target.resource_type
            && self.resources.iter().any(names)
            && self.permissions.contains(&target.permission)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(resources: &[&str]) -> TargetRule {
        TargetRule {
            integration: "k8s-real".into(),
            resource_type: "namespace".into(),
            resources: resources.iter().map(|&r| r.to_owned()).collect(),
            permissions: vec!["edit".into()],
        }
    }

    fn covers(resources: &[&str], target: &str) -> bool {
        rule(resources).covers(&target.parse().expect("a target"))
    }

    #[test]
    fn a_rule_covers_its_names_and_globs_and_nothing_else() {
        assert!(covers(&["customer1"], "k8s-real/namespace/customer1:edit"));
        assert!(covers(&["customer*"], "k8s-real/namespace/customer42:edit"));
        assert!(!covers(&["customer1"], "k8s-real/namespace/customer2:edit"));
        assert!(!covers(&["customer1"], "k8s-real/namespace/Customer1:edit"));
        assert!(!covers(&["customer1"], "k8s-real/namespace/customer1:admin"));
        assert!(!covers(&["customer1"], "k8s-other/namespace/customer1:edit"));
        assert!(!covers(&["customer1"], "k8s-real/cluster/customer1:edit"));
        assert!(!covers(&[], "k8s-real/namespace/customer1:edit"));
    }

    #[test]
    fn a_glob_never_reaches_the_clusters_own_namespaces() {
        assert!(!covers(&["*"], "k8s-real/namespace/kube-system:edit"));
        assert!(!covers(&["kube-*"], "k8s-real/namespace/kube-system:edit"));
        assert!(covers(&["kube-system"], "k8s-real/namespace/kube-system:edit"));
    }
}
