//! An admin's way into a cluster.

use std::ffi::OsString;
use std::path::PathBuf;

use bellhop_domain::Clock;
use serde::Deserialize;

use super::answer::{Failed, Place};
use super::call::{Call, Kind};
use super::client;
use super::kubeconfig::{Context, Wanted};
use super::settings::Shell;
use super::wire::{self, Access, LIMIT, Meta, Object, Page};
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

/// The admin's way into the cluster, open for as long as connecting or disconnecting takes.
pub(super) struct Desk {
    pub(super) place: Place,
    access: Access,
    expires: Option<String>,
}

/// Metadata with the namespace.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Placed {
    pub(super) metadata: PlacedMeta,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PlacedMeta {
    pub(super) namespace: Option<String>,
    #[serde(flatten)]
    pub(super) rest: Meta,
}

impl AdminContext {
    /// The context as its files have it.
    pub(super) fn read(&self, integration: &str) -> Result<Context, Fault> {
        let path = self.path.as_ref().map(|path| path.to_string_lossy().into_owned());
        let (https_proxy, no_proxy) = (self.https_proxy.clone(), self.no_proxy.clone());
        let shell = Shell { path, https_proxy, no_proxy };
        let Self { files, context, .. } = self;
        Wanted { integration, files, context, shell: &shell }.read()
    }
}

impl Desk {
    pub(super) async fn open(
        integration: &str,
        admin: &AdminContext,
        clock: &dyn Clock,
    ) -> Result<(Context, Self), Fault> {
        let context = admin.read(integration)?;
        let desk = Self::enter(&context, clock).await?;
        Ok((context, desk))
    }

    /// Goes in with the context's credential.
    pub(super) async fn enter(context: &Context, clock: &dyn Clock) -> Result<Self, Fault> {
        let ready = context.ready(clock.now()).await?;
        let expires = ready.expires.map(|at| at.format("%F %R UTC").to_string());
        let expires = expires.or_else(|| super::expiry::of(&ready.auth));
        let place = Place {
            integration: context.integration.clone(),
            server: context.reach.server.clone(),
            who: format!("the context \"{}\"", context.name),
            remedy: "Connecting needs an admin of the cluster once: use another context, or have an admin apply \
                     the manifest that `bellhop connect` prints"
                .to_owned(),
        };
        let access = Access { client: client::build(&context.reach, ready.auth)?, token: None };
        Ok(Self { place, access, expires })
    }

    pub(super) async fn send<T: serde::de::DeserializeOwned>(
        &self,
        call: Call,
    ) -> Result<T, Failed> {
        wire::send(&self.place, LIMIT, &self.access, call).await
    }

    pub(super) fn ends(&self) -> Option<&str> {
        self.expires.as_deref()
    }

    pub(super) async fn pin(&self) -> Result<String, Failed> {
        let found: Object = self.send(Call::get(Kind::Namespace, None, "kube-system")).await?;
        if found.metadata.uid.is_empty() {
            let fault = Fault::Impossible(format!(
                "{}: {} did not say which cluster it is (kube-system has no uid)",
                self.place.integration, self.place.server
            ));
            return Err(fault.into());
        }
        Ok(found.metadata.uid)
    }

    /// A complete list of what carries these labels.
    pub(super) async fn list(
        &self,
        kind: Kind,
        namespace: Option<&str>,
        selector: &str,
    ) -> Result<Vec<PlacedMeta>, Failed> {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let page: Page<Placed> =
                self.send(Call::list(kind, namespace, selector, &after)).await?;
            all.extend(page.items.into_iter().map(|one| one.metadata));
            if page.metadata.next.is_empty() {
                return Ok(all);
            }
            after = page.metadata.next;
        }
    }
}
