//! What can be asked for: `k8s-demo/namespace/customer1:edit`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One resource and one permission on it, in one integration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Target {
    /// Name of the integration, `[a-z0-9-]{1,40}`.
    pub integration: String,
    /// Resource type, such as `namespace`.
    pub resource_type: String,
    /// Name of the resource in its own system, compared byte by byte.
    pub resource: String,
    /// Permission, such as `edit`.
    pub permission: String,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { integration, resource_type, resource, permission } = self;
        write!(f, "{integration}/{resource_type}/{resource}:{permission}")
    }
}

impl FromStr for Target {
    type Err = BadTarget;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = |why| BadTarget { text: text.chars().take(120).collect(), why };
        let (path, permission) =
            text.rsplit_once(':').ok_or_else(|| bad("it has no :PERMISSION"))?;
        let mut parts = path.splitn(3, '/');
        let (Some(integration), Some(resource_type), Some(resource)) =
            (parts.next(), parts.next(), parts.next())
        else {
            return Err(bad("it needs INTEGRATION/TYPE/RESOURCE before the colon"));
        };
        if !is_integration_name(integration) {
            return Err(bad("an integration name has 1 to 40 of a-z, 0-9 and -"));
        }
        if !is_integration_name(resource_type) {
            return Err(bad("a resource type has 1 to 40 of a-z, 0-9 and -"));
        }
        if !is_plain_word(resource, 253) {
            return Err(bad("a resource has 1 to 253 visible characters and no space"));
        }
        if !is_plain_word(permission, 253) {
            return Err(bad("a permission has 1 to 253 visible characters and no space"));
        }
        Ok(Self {
            integration: integration.to_owned(),
            resource_type: resource_type.to_owned(),
            resource: resource.to_owned(),
            permission: permission.to_owned(),
        })
    }
}

impl From<Target> for String {
    fn from(target: Target) -> Self {
        target.to_string()
    }
}

impl TryFrom<String> for Target {
    type Error = BadTarget;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// Whether `text` may name an integration.
pub fn is_integration_name(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Names come from systems with their own rules; all of them fit visible ASCII without a space.
fn is_plain_word(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

/// Text that is no target.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is not a target: {why}. A target looks like k8s-demo/namespace/customer1:edit")]
pub struct BadTarget {
    text: String,
    why: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_reads_back_as_written() {
        for text in
            ["k8s-real/namespace/customer1:edit", "pg/database/a/b:c", "k/role/system:x:view"]
        {
            assert_eq!(text.parse::<Target>().map(|t| t.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn text_of_another_shape_says_what_is_wrong() {
        let long = format!("k/namespace/{}:edit", "x".repeat(254));
        for text in [
            "",
            "a",
            "a/b:c",
            "A/b/c:d",
            "a/b/c",
            "a/b/c:",
            "a/b/:d",
            "a/b/c d:e",
            "a/b/c:é",
            &long,
        ] {
            let error = text.parse::<Target>().expect_err(text).to_string();
            assert!(error.contains("is not a target:"), "{error}");
        }
    }
}
