//! Kubernetes: one `RoleBinding` for each grant, one `ServiceAccount` for each person.
//!
//! Rules of this module:
//!
//! - Whatever makes or removes access first knows that it talks to the cluster that was connected,
//!   and "absent" is only said when that was checked afterwards (`pin.rs`).
//! - A revoke takes the binding first, then the account (`revoke.rs`).
//! - Only this installation's objects are touched, by label; what names one of its accounts in a
//!   grant's namespace and is nobody else's is the exception, and is reported.
//! - Nothing waits or tries again in here; that is the engine's.
//!
//! The API server asks about rights once for each request. What was open before a revoke goes on,
//! and [`Connector::remains`] says so to whoever looks at a grant.

mod answer;
mod binding;
mod call;
mod client;
mod connect;
mod desk;
mod diagnose;
mod disconnect;
mod discover;
mod expiry;
mod grantee;
mod health;
mod kubeconfig;
mod lacks;
mod manifest;
mod names;
mod own_token;
mod pin;
mod plan;
mod plugin;
mod prepare;
mod preview;
mod probe;
mod proxy;
mod revoke;
mod rights;
mod settings;
mod sweep;
#[cfg(test)]
mod tests;
mod wire;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bellhop_domain::{Before, Clock, InstallationId};
use chrono::{DateTime, Utc};
use kube::Client;
use kube::config::AuthInfo;

pub use connect::{connect, direct};
pub use desk::AdminContext;
pub use disconnect::{Departure, disconnect};
pub use manifest::manifest;
pub use own_token::CredentialStore;
pub use preview::preview;
pub use settings::{ConnectOptions, Credential, OfferedRole, Settings, Shell};
pub use sweep::Leftover;

use answer::Place;
use client::Reach;
use grantee::{LONGEST, SHORTEST, Tokens};
use kubeconfig::Direct;
use own_token::{OwnToken, State};
use pin::Pin;
use wire::{LIMIT, Own, Wire};

use crate::{
    Connector, Diagnosis, Endpoint, EndsAlone, Fault, FoundType, Health, Leaving, Minted, Order,
    Presence, Probe, Revoked,
};

/// See [`Connector::remains`]. The first two were seen to outlive account and binding.
const REMAINS: [&str; 4] = [
    "sessions that were open before (kubectl exec, attach, port-forward), until they are closed",
    "watches that were open before (kubectl get --watch, logs --follow), until they are closed",
    "pods and other objects that were made, and what runs in them",
    "secrets that were read, and tokens of the namespace's own accounts that were asked for",
];

/// A connected cluster. Cheap to keep, and meant to be kept: connections are used again.
pub struct Kubernetes {
    settings: Settings,
    wire: Wire,
    pin: Pin,
    tokens: Tokens,
    clock: Arc<dyn Clock>,
}

impl Kubernetes {
    /// Sets up the way to a cluster. Nothing is sent yet.
    pub fn open(
        settings: Settings,
        store: Arc<dyn CredentialStore>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Fault> {
        let plain = client::build(&reach(&settings), AuthInfo::default())?;
        Ok(Self::with_client(settings, plain, store, clock))
    }

    /// The same with another time limit for one call; it is ten seconds unless told otherwise.
    #[must_use]
    pub fn with_limit(mut self, limit: Duration) -> Self {
        self.wire.limit = limit;
        self
    }

    fn with_client(
        settings: Settings,
        plain: Client,
        store: Arc<dyn CredentialStore>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let place = place(&settings);
        let own: Arc<dyn Own> = match &settings.credential {
            Credential::ServiceAccount { name, .. } => Arc::new(OwnToken {
                place: place.clone(),
                account: name.clone(),
                client: plain.clone(),
                store,
                clock: Arc::clone(&clock),
                state: Mutex::new(State::default()),
            }),
            Credential::Kubeconfig { files, context, .. } => Arc::new(Direct {
                integration: settings.integration.clone(),
                files: files.clone(),
                context: context.clone(),
                shell: settings.shell.clone(),
                reach: reach(&settings),
                clock: Arc::clone(&clock),
                ready: tokio::sync::Mutex::default(),
            }),
        };
        let pin = Pin::new(settings.pin.clone(), Arc::clone(&clock));
        let tokens = Tokens::new(Arc::clone(&clock));
        Self { wire: Wire { place, plain, own, limit: LIMIT }, pin, tokens, clock, settings }
    }

    /// A grant to Bellhop's own account would be one to everybody, and its end would be Bellhop's.
    fn refuse_own_account(&self, account: &str) -> Result<(), Fault> {
        let own = match &self.settings.credential {
            Credential::ServiceAccount { name, .. } => name == account,
            Credential::Kubeconfig { .. } => false,
        };
        if own || account == "default" || !names::is_dns_label(account) {
            return Err(Fault::Impossible(format!(
                "{}: \"{account}\" cannot be the account of a grantee",
                self.settings.integration
            )));
        }
        Ok(())
    }
}

#[async_trait]
impl Connector for Kubernetes {
    /// Tokens live ten minutes at least, so the last one may outlive the deadline by that much
    /// when nobody removes the binding. That holds for a credential used directly, too: grantees
    /// get tokens of their accounts in either case.
    fn ends_alone(&self) -> EndsAlone {
        EndsAlone::All { at_most_late: 600 }
    }

    fn shares_effects(&self) -> bool {
        false
    }

    fn remains(&self) -> &'static [&'static str] {
        &REMAINS
    }

    async fn pin(&self) -> Result<String, Fault> {
        pin::read(&self.wire).await
    }

    async fn check(&self) -> Result<Health, Fault> {
        health::check(self).await
    }

    async fn diagnose(&self, installation: InstallationId) -> Diagnosis {
        self.diagnosis(installation).await
    }

    async fn discover(&self) -> Result<Vec<FoundType>, Fault> {
        discover::discover(self).await
    }

    async fn prepare(&self, order: &Order) -> Result<Before, Fault> {
        prepare::prepare(self, order).await
    }

    async fn apply(&self, order: &Order, before: &Before) -> Result<(), Fault> {
        binding::apply(self, order, before).await
    }

    async fn extend(&self, order: &Order, before: &Before) -> Result<(), Fault> {
        binding::extend(self, order, before).await
    }

    async fn target(&self, order: &Order, before: &Before) -> Result<(), Fault> {
        let plan = plan::Plan::read(before)?;
        self.pin.recently(&self.wire).await?;
        binding::same_namespace(self, binding::place(self, order)?, &plan).await
    }

    async fn probe(&self, order: &Order, before: &Before) -> Result<Probe, Fault> {
        probe::probe(self, order, before).await
    }

    async fn read(&self, order: &Order) -> Result<Presence, Fault> {
        binding::read(self, order).await
    }

    /// Every grant has a binding of its own, so there are no owners to count.
    async fn revoke(&self, order: &Order, leaving: &Leaving) -> Result<Revoked, Fault> {
        revoke::revoke(self, order, leaving).await
    }

    async fn mint(&self, order: &Order, until: DateTime<Utc>) -> Result<Minted, Fault> {
        self.refuse_own_account(&order.account)?;
        self.pin.recently(&self.wire).await?;
        let life = (until - self.clock.now()).min(LONGEST).max(SHORTEST);
        match grantee::mint(&self.wire, &order.account, life).await {
            Ok(minted) => Ok(minted),
            Err(failed) if failed.is_absent(&order.account) => {
                self.pin.now(&self.wire).await?;
                Err(Fault::Impossible(format!(
                    "{}: the account {} of this grant is not in the cluster any more, so there is no access to use. \
                     Ask again",
                    self.settings.integration, order.account
                )))
            }
            Err(failed) => Err(failed.into()),
        }
    }

    async fn leftovers(&self, installation: InstallationId) -> Result<Vec<crate::Leftover>, Fault> {
        // The inherent method of this name, with this module's own type.
        Kubernetes::leftovers(self, installation).await?.iter().map(Leftover::marked).collect()
    }

    async fn remove(&self, leftover: &crate::Leftover) -> Result<Revoked, Fault> {
        Kubernetes::remove(self, &Leftover::of(leftover)?).await
    }

    async fn endpoint(&self) -> Result<Endpoint, Fault> {
        let Settings { server, ca, tls_server_name, .. } = self.settings.clone();
        Ok(Endpoint { server, ca, tls_server_name })
    }
}

fn reach(settings: &Settings) -> Reach {
    let Settings { integration, server, ca, tls_server_name, proxy_url, .. } = settings.clone();
    Reach { integration, server, ca, tls_server_name, proxy_url }
}

fn place(settings: &Settings) -> Place {
    let Settings { integration, server, .. } = settings;
    Place {
        integration: integration.clone(),
        server: server.clone(),
        who: "Bellhop".to_owned(),
        remedy: format!(
            "Connect {integration} again with the context of a cluster admin: that gives Bellhop's account exactly \
             the rights it needs"
        ),
    }
}
