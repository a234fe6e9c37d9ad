//! Who calls.

use crate::rbac::MASTERS;

const AUTHENTICATED: &str = "system:authenticated";
const ACCOUNTS: &str = "system:serviceaccounts";

/// Somebody, as the authorizer sees them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) groups: Vec<String>,
}

impl User {
    pub(crate) fn is_in(&self, group: &str) -> bool {
        self.groups.iter().any(|one| one == group)
    }

    pub(crate) fn of(name: &str, groups: &[&str]) -> Self {
        Self { name: name.to_owned(), groups: groups.iter().map(|&one| one.to_owned()).collect() }
    }

    /// The bearer of the cluster's own admin token.
    pub(crate) fn admin() -> Self {
        Self::of("sample-admin", &[MASTERS, AUTHENTICATED])
    }

    /// Whoever shows nothing.
    pub(crate) fn anonymous() -> Self {
        Self::of("system:anonymous", &["system:unauthenticated"])
    }

    pub(crate) fn account(namespace: &str, name: &str) -> Self {
        let own = format!("{ACCOUNTS}:{namespace}");
        Self::of(&account_name(namespace, name), &[ACCOUNTS, &own, AUTHENTICATED])
    }
}

/// The user name of a `ServiceAccount`.
pub(crate) fn account_name(namespace: &str, name: &str) -> String {
    format!("system:serviceaccount:{namespace}:{name}")
}
