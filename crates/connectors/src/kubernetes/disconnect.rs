//! Leaving a cluster: what connecting made, an admin takes away again.

use bellhop_domain::{Clock, InstallationId};

use super::answer::Failed;
use super::call::{Call, Kind};
use super::desk::{AdminContext, Desk, PlacedMeta};
use super::names::{self, SYSTEM_NAMESPACE};
use super::wire::{Ignored, Object};
use crate::Fault;

/// Who leaves which cluster.
#[derive(Clone, Debug)]
pub struct Departure {
    /// The integration.
    pub integration: String,
    /// Whose objects are taken away.
    pub installation: InstallationId,
    /// The cluster that was connected.
    pub pin: String,
}

/// Takes away everything in the cluster that carries this installation's mark, Bellhop's own
/// account and rights last, and answers what it was. `bellhop-system` goes too when nobody else is
/// in it. Doing it again is harmless.
pub async fn disconnect(
    leaving: &Departure,
    admin: &AdminContext,
    clock: &dyn Clock,
) -> Result<Vec<String>, Fault> {
    let (context, desk) = Desk::open(&leaving.integration, admin, clock).await?;
    let pin = desk.pin().await?;
    if pin != leaving.pin {
        return Err(Fault::WrongSystem(format!(
            "{}: the context \"{}\" leads to the cluster {pin}, and connected is {}. Name a context of \
             that cluster",
            leaving.integration, context.name, leaving.pin
        )));
    }
    let mut removed = Vec::new();
    // A binding before the account that it names, and rights before whoever has them.
    for part in [names::PART_GRANT, names::PART_ACCOUNT, names::PART_RIGHTS] {
        let selector = names::selector(leaving.installation, part);
        for kind in KINDS {
            for found in desk.list(kind, None, &selector).await? {
                removed.extend(desk.take_away(kind, &found).await?);
            }
        }
    }
    removed.extend(desk.leave_namespace().await?);
    Ok(removed)
}

/// What connecting and granting make.
const KINDS: [Kind; 5] = [
    Kind::ClusterRoleBinding,
    Kind::RoleBinding,
    Kind::ClusterRole,
    Kind::Role,
    Kind::ServiceAccount,
];

/// What only disconnecting does.
impl Desk {
    /// Removes the very object that was listed; says which, unless somebody was faster.
    async fn take_away(&self, kind: Kind, found: &PlacedMeta) -> Result<Option<String>, Fault> {
        let PlacedMeta { namespace, rest } = found;
        let call = Call::delete(kind, namespace.as_deref(), &rest.name, Some(&rest.uid))?;
        match self.send::<Ignored>(call).await {
            Ok(_) => {
                let place = namespace.as_ref().map(|at| format!(" in {at}")).unwrap_or_default();
                Ok(Some(format!("{} {}{place}", kind.plural(), rest.name)))
            }
            Err(failed) if failed.is_absent(&rest.name) => Ok(None),
            Err(failed) => Err(failed.into()),
        }
    }

    /// Removes `bellhop-system`, unless somebody else is in it or made it.
    async fn leave_namespace(&self) -> Result<Option<String>, Fault> {
        let call = Call::get(Kind::Namespace, None, SYSTEM_NAMESPACE);
        let found: Object = match self.send(call).await {
            Ok(found) => found,
            Err(failed) if failed.is_absent(SYSTEM_NAMESPACE) => return Ok(None),
            Err(failed) => return Err(failed.into()),
        };
        let made_by_bellhop = found.metadata.labels.get(names::MANAGED_BY);
        if made_by_bellhop.is_none_or(|by| by != "bellhop") || !self.is_alone().await? {
            return Ok(None);
        }
        self.take_away(Kind::Namespace, &PlacedMeta { namespace: None, rest: found.metadata }).await
    }

    /// Whether nothing is in `bellhop-system` but what every namespace has.
    async fn is_alone(&self) -> Result<bool, Failed> {
        for kind in [Kind::ServiceAccount, Kind::Role, Kind::RoleBinding, Kind::Pod] {
            let found = self.list(kind, Some(SYSTEM_NAMESPACE), "").await?;
            if found.iter().any(|one| one.rest.name != "default") {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
