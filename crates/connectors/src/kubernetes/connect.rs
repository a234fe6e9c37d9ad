//! Connecting a cluster: a context of somebody's kubeconfig is used once, to make Bellhop's own
//! account with the least rights.

use std::collections::HashSet;
use std::sync::Arc;

use bellhop_domain::Clock;

use super::call::{Call, Kind};
use super::desk::{AdminContext, Desk, PlacedMeta};
use super::grantee::TokenAnswer;
use super::kubeconfig::Context;
use super::manifest::{Document, documents};
use super::names::{self, SYSTEM_NAMESPACE};
use super::own_token::{CredentialStore, LIFETIME};
use super::settings::{ConnectOptions, Credential, Settings};
use super::wire::{Ignored, Object};
use crate::Fault;

/// Applies the manifest as the admin, mints Bellhop's own token into `store`, and says what to
/// keep about the cluster. Doing it again is harmless and repairs what is missing.
pub async fn connect(
    options: &ConnectOptions,
    admin: &AdminContext,
    store: &dyn CredentialStore,
    clock: Arc<dyn Clock>,
) -> Result<Settings, Fault> {
    options.validate()?;
    let (context, desk) = Desk::open(&options.integration, admin, clock.as_ref()).await?;
    let pin = desk.pin().await?;
    desk.refuse_another(options).await?;
    for document in documents(options) {
        desk.apply(&document).await?;
    }
    desk.prune(options).await?;
    let call = Call::token(SYSTEM_NAMESPACE, &options.account, LIFETIME.num_seconds())?;
    let answer: TokenAnswer = desk.send(call).await?;
    store.save(&answer.status.token)?;
    let credential =
        Credential::ServiceAccount { name: options.account.clone(), kept: options.kept };
    Ok(settings(options, context, pin, credential))
}

/// Keeps the kubeconfig's own credential instead of making one for Bellhop.
///
/// An exec plugin or an expiring credential can stop working while access is open, and then
/// nothing can take it away: refused unless `accept_stuck` says that this is known.
pub async fn direct(
    options: &ConnectOptions,
    admin: &AdminContext,
    accept_stuck: bool,
    clock: Arc<dyn Clock>,
) -> Result<Settings, Fault> {
    options.validate()?;
    let (context, desk) = Desk::open(&options.integration, admin, clock.as_ref()).await?;
    let refuse = |why: &str| {
        Err(Fault::Impossible(format!(
            "{}: the credential of the context \"{}\" {why}. When it stops working, access that is open stays \
             open. Connect without --direct, so that Bellhop has an account of its own, or accept that with \
             --accept-stuck",
            options.integration, context.name
        )))
    };
    if !accept_stuck && context.auth.exec.is_some() {
        return refuse("comes from a sign-in plugin");
    }
    if !accept_stuck && let Some(end) = desk.ends() {
        return refuse(&format!("ends by itself ({end})"));
    }
    let pin = desk.pin().await?;
    // Grantees' accounts are kept in this namespace under either credential.
    for document in documents(options).into_iter().filter(|one| one.kind == Kind::Namespace) {
        desk.apply(&document).await?;
    }
    let (files, name) = (admin.files.clone(), admin.context.clone());
    let credential = Credential::Kubeconfig { files, context: name, accept_stuck };
    Ok(settings(options, context, pin, credential))
}

fn settings(
    options: &ConnectOptions,
    context: Context,
    pin: String,
    credential: Credential,
) -> Settings {
    let Context { reach, shell, .. } = context;
    Settings {
        integration: options.integration.clone(),
        server: reach.server,
        ca: reach.ca,
        tls_server_name: reach.tls_server_name,
        proxy_url: reach.proxy_url,
        offered: options.offered.clone(),
        namespaces: options.namespaces.clone(),
        pin,
        credential,
        shell,
    }
}

/// What only connecting does.
impl Desk {
    /// Another installation's account keeps its rights: without them it could not take access away.
    pub(super) async fn refuse_another(&self, options: &ConnectOptions) -> Result<(), Fault> {
        let call = Call::get(Kind::ServiceAccount, Some(SYSTEM_NAMESPACE), &options.account);
        let there: Object = match self.send(call).await {
            Ok(there) => there,
            Err(failed) if failed.is_absent(&options.account) => return Ok(()),
            Err(failed) => return Err(failed.into()),
        };
        let owner = there.metadata.labels.get(names::INSTALLATION);
        if owner == Some(&options.installation.to_string()) {
            return Ok(());
        }
        let owner = owner.map_or("nobody that it names", String::as_str);
        Err(Fault::Impossible(format!(
            "{}: the account {} in {SYSTEM_NAMESPACE} belongs to another Bellhop (installation {owner}). Connect with \
             another account name, so that each has rights of its own; or delete that account first if that \
             Bellhop is gone",
            options.integration, options.account
        )))
    }

    async fn apply(&self, document: &Document) -> Result<(), Fault> {
        let Document { kind, namespace, name, yaml } = document;
        let call = Call::apply(*kind, namespace.as_deref(), name, yaml);
        match self.send::<Ignored>(call).await {
            Ok(_) => Ok(()),
            Err(failed) if failed.is(404) => Err(Fault::Impossible(format!(
                "{}: the namespace {} does not exist, so Bellhop cannot be given rights there. Create it, or leave \
                 it out",
                self.place.integration,
                namespace.as_deref().unwrap_or_default()
            ))),
            Err(failed) => Err(failed.into()),
        }
    }

    /// Takes away rights that an earlier connection gave and this one does not ask for.
    async fn prune(&self, options: &ConnectOptions) -> Result<(), Fault> {
        let wanted: HashSet<_> =
            documents(options).into_iter().map(|one| (one.kind.plural(), one.namespace)).collect();
        let selector = names::selector(options.installation, names::PART_RIGHTS);
        for kind in [Kind::ClusterRoleBinding, Kind::RoleBinding, Kind::ClusterRole, Kind::Role] {
            let found = match self.list(kind, None, &selector).await {
                Ok(found) => found,
                // An admin of some namespaces cannot have given more than in those.
                Err(failed) if failed.is(403) => continue,
                Err(failed) => return Err(failed.into()),
            };
            for PlacedMeta { namespace, rest } in found {
                let same = rest.name == options.account;
                if same && !wanted.contains(&(kind.plural(), namespace.clone())) {
                    let call =
                        Call::delete(kind, namespace.as_deref(), &rest.name, Some(&rest.uid))?;
                    self.send::<Ignored>(call).await?;
                }
            }
        }
        Ok(())
    }
}
