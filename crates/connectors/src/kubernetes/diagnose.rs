//! A closer look at a cluster: the shell that connected it, the plugin that is needed, and what other
//! installations left there.

use bellhop_domain::InstallationId;
use chrono::{DateTime, TimeDelta, Utc};
use k8s_openapi::api::rbac::v1::RoleBinding;

use super::answer::clip;
use super::kubeconfig::Wanted;
use super::settings::{Credential, Shell};
use super::{Kubernetes, names, plugin};
use crate::{Diagnosis, Fault, MOST_OVERDUE, Overdue, Plugin};

/// What a Bellhop that runs takes away is gone long before.
const GRACE: TimeDelta = TimeDelta::minutes(10);

impl Kubernetes {
    pub(super) async fn diagnosis(&self, installation: InstallationId) -> Diagnosis {
        let Shell { path, https_proxy, no_proxy } = self.settings.shell.clone();
        let mut unseen = Vec::new();
        let plugin = self.plugin().unwrap_or_else(|fault| {
            unseen.push(fault.to_string());
            None
        });
        let overdue = self.overdue(installation).await.unwrap_or_else(|fault| {
            unseen.push(fault.to_string());
            Vec::new()
        });
        let https_proxy = https_proxy.as_deref().map(without_password);
        let proxy = self.settings.proxy_url.as_deref().map(without_password);
        Diagnosis { path, https_proxy, no_proxy, proxy, plugin, overdue, unseen }
    }

    /// The plugin of the kubeconfig's user, where that credential is used.
    fn plugin(&self) -> Result<Option<Plugin>, Fault> {
        let Credential::Kubeconfig { files, context, .. } = &self.settings.credential else {
            return Ok(None);
        };
        let (integration, shell) = (&self.settings.integration, &self.settings.shell);
        let context = Wanted { integration, files, context, shell }.read()?;
        Ok(context.auth.exec.map(|exec| {
            let command = exec.command.unwrap_or_default();
            Plugin { found: plugin::found(&command, shell.path.as_deref()), command }
        }))
    }

    async fn overdue(&self, installation: InstallationId) -> Result<Vec<Overdue>, Fault> {
        let selector = format!("{}={}", names::PART, names::PART_GRANT);
        let found = self.bindings(&selector).await?;
        self.pin.now(&self.wire).await?;
        let (own, late) = (installation.to_string(), self.clock.now() - GRACE);
        let mut overdue: Vec<_> =
            found.into_iter().filter_map(|one| overdue(one, &own, late)).collect();
        overdue.sort_by_key(|one| one.deadline);
        overdue.truncate(MOST_OVERDUE);
        Ok(overdue)
    }
}

/// The binding, if another installation's mark is on it and its deadline was before `late`.
fn overdue(binding: RoleBinding, own: &str, late: DateTime<Utc>) -> Option<Overdue> {
    let RoleBinding { metadata, role_ref, .. } = binding;
    let installation = metadata.labels.unwrap_or_default().remove(names::INSTALLATION)?;
    let deadline = metadata.annotations.unwrap_or_default().remove(names::DEADLINE)?;
    let deadline = DateTime::parse_from_rfc3339(&deadline).ok()?.to_utc();
    if installation == own || deadline > late {
        return None;
    }
    let (name, namespace) = (metadata.name?, metadata.namespace?);
    let what = format!("RoleBinding {} to {} in {namespace}", clip(&name), clip(&role_ref.name));
    Some(Overdue { installation, what, deadline, binding: Some((namespace, name)) })
}

/// An address as it can be shown: who goes through, and with which password, is left out.
fn without_password(address: &str) -> String {
    let (scheme, rest) = match address.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), address),
    };
    let end = rest.find('/').unwrap_or(rest.len());
    match rest.get(..end).and_then(|host| host.rfind('@')) {
        Some(at) => format!("{scheme}***@{}", rest.get(at + 1..).unwrap_or_default()),
        None => clip(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_proxy_is_told_is_not_shown() {
        for (kept, shown) in [
            ("http://proxy:3128", "http://proxy:3128"),
            ("http://dana:s3@cret@proxy:3128/x@y", "http://***@proxy:3128/x@y"),
            ("dana:secret@proxy:3128", "***@proxy:3128"),
            ("", ""),
        ] {
            assert_eq!(without_password(kept), shown);
        }
    }
}
