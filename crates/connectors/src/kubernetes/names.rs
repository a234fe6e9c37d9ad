//! How Bellhop's objects are named and labelled.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use bellhop_domain::{GrantId, InstallationId};

/// Where Bellhop's own account and those of the grantees are.
pub(super) const SYSTEM_NAMESPACE: &str = "bellhop-system";
/// Whose object it is.
pub(super) const INSTALLATION: &str = "bellhop/installation";
/// Which grant made it.
pub(super) const GRANT: &str = "bellhop/grant";
/// What it is: one of the `PART_` values.
pub(super) const PART: &str = "bellhop/part";
pub(super) const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// When the grant ends. An annotation, because a label cannot hold the colons of a time.
pub(super) const DEADLINE: &str = "bellhop/deadline";
pub(super) const NOTE: &str = "bellhop/note";

/// A grant's binding.
pub(super) const PART_GRANT: &str = "grant";
/// A grantee's account.
pub(super) const PART_ACCOUNT: &str = "account";
/// Bellhop's own rights.
pub(super) const PART_RIGHTS: &str = "rights";

/// The `RoleBinding` of a grant.
pub(super) fn binding(grant: GrantId) -> String {
    format!("bellhop-{grant}")
}

/// What every object of ours carries.
pub(super) fn labels(installation: InstallationId, part: &str) -> BTreeMap<String, String> {
    [(MANAGED_BY, "bellhop"), (INSTALLATION, &installation.to_string()), (PART, part)]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into()
}

/// Selects them, and nobody else's.
pub(super) fn selector(installation: InstallationId, part: &str) -> String {
    format!("{INSTALLATION}={installation},{PART}={part}")
}

/// The user name that an account has in the cluster.
pub(super) fn user(account: &str) -> String {
    format!("system:serviceaccount:{SYSTEM_NAMESPACE}:{account}")
}

/// What a namespace or an account may be called.
pub(super) fn is_dns_label(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=63).contains(&text.len())
        && text.bytes().all(inner)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// What a role may be called: anything that can stand as one segment of an address.
pub(super) fn is_role_name(text: &str) -> bool {
    (1..=253).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_graphic() && !b"/%\"\\".contains(&b))
        && !matches!(text, "." | "..")
}

/// `text` as one segment of an address or one value of a query.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            write!(out, "%{byte:02X}").ok();
        }
    }
    // A segment of dots would walk up the address.
    if matches!(out.as_str(), "." | "..") { out.replace('.', "%2E") } else { out }
}
