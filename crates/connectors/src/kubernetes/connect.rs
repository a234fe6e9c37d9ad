//! Connecting a cluster: a context of somebody's kubeconfig is used once, to make Bellhop's own
//! account with the least rights.

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use bellhop_domain::Clock;
use serde::Deserialize;

use super::answer::{Failed, Place};
use super::call::{Call, Kind};
use super::client;
use super::grantee::TokenAnswer;
use super::kubeconfig::{Context, Wanted};
use super::manifest::{Document, documents};
use super::names::{self, SYSTEM_NAMESPACE};
use super::own_token::{CredentialStore, LIFETIME};
use super::settings::{ConnectOptions, Credential, Settings, Shell};
use super::wire::{self, Access, Ignored, LIMIT, Meta, Object, Page};
use crate::Fault;

/// The context that somebody connects with, and the shell they do it in.
#[derive(Clone, Debug, Default)]
pub struct AdminContext {
    /// The kubeconfig files, in the order in which kubectl reads them.
    pub files: Vec<PathBuf>,
    /// The context in them.
    pub context: String,
    /// `PATH` of the shell, in which a sign-in plugin is looked for.
    pub path: Option<OsString>,
    /// `HTTPS_PROXY` of the shell.
    pub https_proxy: Option<String>,
    /// `NO_PROXY` of the shell.
    pub no_proxy: Option<String>,
}

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
    let credential = Credential::ServiceAccount { name: options.account.clone() };
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

/// The admin's way into the cluster, open for as long as connecting takes.
struct Desk {
    place: Place,
    access: Access,
    expires: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Placed {
    metadata: PlacedMeta,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PlacedMeta {
    namespace: Option<String>,
    #[serde(flatten)]
    rest: Meta,
}

impl Desk {
    async fn open(
        integration: &str,
        admin: &AdminContext,
        clock: &dyn Clock,
    ) -> Result<(Context, Self), Fault> {
        let path = admin.path.as_ref().map(|path| path.to_string_lossy().into_owned());
        let (https_proxy, no_proxy) = (admin.https_proxy.clone(), admin.no_proxy.clone());
        let shell = Shell { path, https_proxy, no_proxy };
        let AdminContext { files, context: name, .. } = admin;
        let context = Wanted { integration, files, context: name, shell: &shell }.read()?;
        let ready = context.ready(clock.now()).await?;
        let expires = ready.expires.map(|at| at.format("%F %R UTC").to_string());
        let expires = expires.or_else(|| super::expiry::of(&ready.auth));
        let place = Place {
            integration: integration.to_owned(),
            server: context.reach.server.clone(),
            who: format!("the context \"{name}\""),
            remedy: "Connecting needs an admin of the cluster once: use another context, or have an admin apply \
                     the manifest that `bellhop connect` prints"
                .to_owned(),
        };
        let access = Access { client: client::build(&context.reach, ready.auth)?, token: None };
        Ok((context, Self { place, access, expires }))
    }

    async fn send<T: serde::de::DeserializeOwned>(&self, call: Call) -> Result<T, Failed> {
        wire::send(&self.place, LIMIT, &self.access, call).await
    }

    fn ends(&self) -> Option<&str> {
        self.expires.as_deref()
    }

    async fn pin(&self) -> Result<String, Fault> {
        let found: Object = self.send(Call::get(Kind::Namespace, None, "kube-system")).await?;
        if found.metadata.uid.is_empty() {
            return Err(Fault::Impossible(format!(
                "{}: {} did not say which cluster it is (kube-system has no uid)",
                self.place.integration, self.place.server
            )));
        }
        Ok(found.metadata.uid)
    }

    /// Another installation's account keeps its rights: without them it could not take access away.
    async fn refuse_another(&self, options: &ConnectOptions) -> Result<(), Fault> {
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
        let selector = format!(
            "{}={},{}={}",
            names::INSTALLATION,
            options.installation,
            names::PART,
            names::PART_RIGHTS
        );
        for kind in [Kind::ClusterRoleBinding, Kind::RoleBinding, Kind::ClusterRole, Kind::Role] {
            let page: Page<Placed> = match self.send(Call::list(kind, None, &selector, "")).await {
                Ok(page) => page,
                // An admin of some namespaces cannot have given more than in those.
                Err(failed) if failed.is(403) => continue,
                Err(failed) => return Err(failed.into()),
            };
            for PlacedMeta { namespace, rest } in page.items.into_iter().map(|one| one.metadata) {
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
