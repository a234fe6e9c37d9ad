//! What can be asked for in a cluster: its namespaces, and the roles that are offered.

use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::Kubernetes;
use super::call::{Call, Kind};
use super::names::SYSTEM_NAMESPACE;
use super::settings::OfferedRole;
use super::wire::{Meta, Object, Page};
use crate::contract::{MOST_RESOURCES, MOST_TAGS};
use crate::{Fault, FoundPermission, FoundResource, FoundType};

/// Namespaces that are read at the same time, where they cannot be listed.
const AT_ONCE: usize = 8;

/// See [`crate::Connector::discover`]. The cluster's own namespaces (`kube-*`) are in it: a flow
/// reaches them by name alone, and no glob does.
pub(super) async fn discover(kube: &Kubernetes) -> Result<Vec<FoundType>, Fault> {
    kube.pin.recently(&kube.wire).await?;
    let resources = match &kube.settings.namespaces {
        None => all(kube).await?,
        Some(names) => listed(kube, names).await?,
    };
    // What is not in the list is taken for gone, so it was this cluster's also when it was made.
    kube.pin.now(&kube.wire).await?;
    let permissions = kube.settings.offered.iter().map(permission).collect();
    Ok(vec![FoundType { name: "namespace".to_owned(), permissions, resources }])
}

async fn all(kube: &Kubernetes) -> Result<Vec<FoundResource>, Fault> {
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        // Page by page, of which no more than name, uid and labels are kept.
        let page: Page<Object> =
            kube.wire.own(Call::list(Kind::Namespace, None, "", &after)).await?;
        found.extend(page.items.into_iter().filter_map(|one| resource(one.metadata)));
        if found.len() > MOST_RESOURCES {
            return Err(Fault::Impossible(format!(
                "{0}: there are more than {MOST_RESOURCES} namespaces, too many to offer. Connect \
                 it with the ones that people ask for: bellhop connect kubernetes {0} --namespaces …",
                kube.settings.integration
            )));
        }
        if page.metadata.next.is_empty() {
            return Ok(found);
        }
        if page.metadata.next == after {
            return Err(Fault::Unavailable(format!(
                "{}: the list of namespaces does not go on after {} of them. It is tried again",
                kube.settings.integration,
                found.len()
            )));
        }
        after = page.metadata.next;
    }
}

/// Those that Bellhop has rights in. One that is not there is not offered.
async fn listed(kube: &Kubernetes, names: &[String]) -> Result<Vec<FoundResource>, Fault> {
    let found: Vec<Option<FoundResource>> = stream::iter(names.to_vec())
        .map(|name| async move {
            match kube.wire.own::<Object>(Call::get(Kind::Namespace, None, &name)).await {
                Ok(one) => Ok(resource(one.metadata)),
                Err(failed) if failed.is_absent(&name) => Ok(None),
                Err(failed) => Err(Fault::from(failed)),
            }
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(found.into_iter().flatten().collect())
}

fn resource(Meta { name, uid, labels }: Meta) -> Option<FoundResource> {
    let tags = labels.into_iter().take(MOST_TAGS).collect();
    (name != SYSTEM_NAMESPACE).then_some(FoundResource { name, uid, tags })
}

fn permission(role: &OfferedRole) -> FoundPermission {
    let only_on = role.namespace().map(str::to_owned);
    FoundPermission { name: role.name().to_owned(), only_on }
}
