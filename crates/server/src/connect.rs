//! From what people say when they connect a system to the connector's own settings.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use bellhop_api::{ConnectKubernetes, Disconnect, KubeconfigContext, ManifestQuery};
use bellhop_connectors::kubernetes::{
    self, AdminContext, ConnectOptions, Credential, CredentialStore as _, Departure, Kubernetes,
    OfferedRole, Settings,
};
use bellhop_connectors::{Connector, Fault, Preview};
use bellhop_domain::{Clock, CredentialPlace, InstallationId};
use bellhop_store::integrations::Integration;
use secrecy::SecretString;

use crate::config::IntegrationFile;
use crate::credentials::{CredentialEntry, CredentialFile, StoredCredential};
use crate::keyring::Keyring;

/// What connecting needs beside the question itself.
pub(crate) struct Setup {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) credentials: PathBuf,
    pub(crate) keyring: Option<Arc<dyn Keyring>>,
    pub(crate) installation: InstallationId,
}

/// The connector of a connected integration.
pub(crate) fn open(setup: &Setup, integration: &Integration) -> Result<Arc<dyn Connector>, Fault> {
    let Some(settings) = &integration.settings else {
        return Err(Fault::NotAllowed(format!("{}: {}", integration.name, integration.status_why)));
    };
    let settings: Settings = serde_json::from_str(settings).map_err(|e| {
        Fault::Impossible(format!(
            "the stored settings of {} do not read ({e}). Connect it again: bellhop connect {} {}",
            integration.name, integration.kind, integration.name
        ))
    })?;
    let store = Arc::new(credential(setup, kept(&settings), &integration.name, &settings.pin)?);
    let connector = Kubernetes::open(settings, store, Arc::clone(&setup.clock))?;
    Ok(Arc::new(connector))
}

/// A system that was just connected: what is to be stored of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// The connector's own settings, as JSON.
    pub settings: String,
    /// Which system it is.
    pub pin: String,
}

/// Connects a cluster.
pub(crate) async fn connect(
    setup: &Setup,
    integration: &Integration,
    ask: &ConnectKubernetes,
) -> Result<Connection, Fault> {
    let declared = declared(integration)?;
    let options = options(setup, &declared, &ask.offer, &ask.namespaces);
    let admin = admin_context(integration, &ask.admin)?;
    let clock = Arc::clone(&setup.clock);
    let settings = if ask.direct {
        kubernetes::direct(&options, &admin, ask.accept_stuck, clock).await?
    } else {
        // A credential is kept by cluster: should this be another one than before, the old one's
        // must still be there to take access away with.
        let of = |kept, pin: &str| credential(setup, kept, &integration.name, pin);
        let staged = of(options.kept, "connecting")?;
        // A place that cannot keep it is found out before anything is made in the cluster.
        staged.save(&SecretString::from("none yet"))?;
        let done = kubernetes::connect(&options, &admin, &staged, clock).await;
        let kept = done.and_then(|settings| {
            staged.become_that_of(&of(options.kept, &settings.pin)?)?;
            Ok(settings)
        });
        if kept.is_err() {
            // What went wrong is told; that something is left of it is not news beside that.
            drop(staged.remove());
        }
        kept?
    };
    forget_elsewhere(setup, integration, &settings);
    let pin = settings.pin.clone();
    let settings =
        serde_json::to_string(&settings).map_err(|e| Fault::Impossible(e.to_string()))?;
    Ok(Connection { settings, pin })
}

/// What connecting would come to. Nothing is changed, there or here.
pub(crate) async fn preview(
    setup: &Setup,
    integration: &Integration,
    ask: &ConnectKubernetes,
) -> Result<Preview, Fault> {
    let declared = declared(integration)?;
    let options = options(setup, &declared, &ask.offer, &ask.namespaces);
    let admin = admin_context(integration, &ask.admin)?;
    Ok(kubernetes::preview(&options, &admin, setup.clock.as_ref()).await)
}

/// Where a connected system is, and what is offered there.
pub(crate) fn offered(integration: &Integration) -> (Option<String>, Vec<String>) {
    let settings = integration.settings.as_deref();
    let settings = settings.and_then(|text| serde_json::from_str::<Settings>(text).ok());
    settings.map_or_else(Default::default, |settings| {
        let mut offers: Vec<_> =
            settings.offered.iter().map(|role| role.name().to_owned()).collect();
        offers.dedup();
        (Some(settings.server), offers)
    })
}

/// Takes away in a cluster what connecting made there.
pub(crate) async fn disconnect(
    setup: &Setup,
    integration: &Integration,
    ask: &Disconnect,
) -> Result<Vec<String>, Fault> {
    let Integration { name, pin: Some(pin), .. } = integration else { return Ok(Vec::new()) };
    let leaving =
        Departure { integration: name.clone(), installation: setup.installation, pin: pin.clone() };
    let admin = admin_context(integration, &ask.admin)?;
    kubernetes::disconnect(&leaving, &admin, setup.clock.as_ref()).await
}

/// Removes the credential.
pub(crate) fn forget(setup: &Setup, integration: &Integration) -> Result<(), Fault> {
    let Some(pin) = &integration.pin else { return Ok(()) };
    let stored = stored_settings(integration);
    let place = stored.as_ref().map_or_else(CredentialPlace::default, kept);
    credential(setup, place, &integration.name, pin)?.remove()
}

/// After connecting anew with another place for the credential, the old one is of no use to anybody
/// but a thief.
fn forget_elsewhere(setup: &Setup, before: &Integration, now: &Settings) {
    let Some(old) = stored_settings(before) else { return };
    if old.pin != now.pin || kept(&old) == kept(now) {
        return;
    }
    let removed = credential(setup, kept(&old), &before.name, &old.pin).and_then(|c| c.remove());
    if let Err(error) = removed {
        tracing::warn!(integration = before.name, %error, "the old credential is left where it was");
    }
}

fn stored_settings(integration: &Integration) -> Option<Settings> {
    serde_json::from_str(integration.settings.as_deref()?).ok()
}

fn kept(settings: &Settings) -> CredentialPlace {
    match settings.credential {
        Credential::ServiceAccount { kept, .. } => kept,
        Credential::Kubeconfig { .. } => CredentialPlace::File,
    }
}

/// The context that was named, or the one that the configuration names.
fn admin_context(
    integration: &Integration,
    asked: &KubeconfigContext,
) -> Result<AdminContext, Fault> {
    let context = match asked.context.clone() {
        Some(context) => Some(context),
        None => declared(integration)?.kubeconfig_context,
    };
    let context = context.ok_or_else(|| {
        Fault::Impossible(format!(
            "which kubeconfig context leads to it? Say --context NAME, or set kubeconfig_context of \
             {} in the configuration (`kubectl config get-contexts` lists them)",
            integration.name
        ))
    })?;
    Ok(AdminContext {
        files: asked.kubeconfig.iter().map(PathBuf::from).collect(),
        context,
        path: asked.path.clone().map(OsString::from),
        https_proxy: asked.https_proxy.clone(),
        no_proxy: asked.no_proxy.clone(),
    })
}

/// The rights that Bellhop needs, as a manifest.
pub(crate) fn manifest(
    setup: &Setup,
    integration: &Integration,
    ask: &ManifestQuery,
) -> Result<String, Fault> {
    let words = |list: &Option<String>| {
        let list = list.as_deref().unwrap_or_default();
        list.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let declared = declared(integration)?;
    let options = options(setup, &declared, &words(&ask.offer), &words(&ask.namespaces));
    options.validate()?;
    Ok(kubernetes::manifest(&options))
}

/// What was asked for, else what the configuration file says, else the usual.
fn options(
    setup: &Setup,
    declared: &IntegrationFile,
    offer: &[String],
    namespaces: &[String],
) -> ConnectOptions {
    let mut options = ConnectOptions::new(&declared.name, setup.installation);
    // Rights of two installations on one cluster must not overwrite each other.
    let id = setup.installation.0.simple().to_string();
    options.account = format!("bellhop-{}", id.get(20..).unwrap_or(&id));
    let offer = if offer.is_empty() { &declared.offer } else { offer };
    if !offer.is_empty() {
        options.offered = offer.iter().map(|name| OfferedRole::cluster_role(name)).collect();
    }
    let namespaces = if namespaces.is_empty() { &declared.namespaces } else { namespaces };
    if !namespaces.is_empty() {
        options.namespaces = Some(namespaces.to_vec());
    }
    options.kept = declared.credential;
    options
}

fn declared(integration: &Integration) -> Result<IntegrationFile, Fault> {
    serde_json::from_str(&integration.declared).map_err(|e| {
        let name = &integration.name;
        Fault::Impossible(format!("the stored definition of {name} does not read: {e}"))
    })
}

fn credential(
    setup: &Setup,
    kept: CredentialPlace,
    integration: &str,
    pin: &str,
) -> Result<StoredCredential, Fault> {
    let file = file_name(integration, pin);
    match (kept, &setup.keyring) {
        (CredentialPlace::File, _) => {
            Ok(StoredCredential::File(CredentialFile(setup.credentials.join(file))))
        }
        (CredentialPlace::Keyring, Some(keyring)) => {
            Ok(StoredCredential::Keyring(CredentialEntry {
                keyring: Arc::clone(keyring),
                // One keyring is of all installations of a person.
                name: format!("{}/{file}", setup.installation.0.simple()),
                integration: integration.to_owned(),
            }))
        }
        (CredentialPlace::Keyring, None) => Err(Fault::Impossible(format!(
            "{integration}: this backend has no keyring. Leave credential = \"keyring\" out of its \
             [[integration]], apply that, and connect it again"
        ))),
    }
}

/// The pin is what a cluster says of itself: it may name a file, and never a way to another one.
fn file_name(integration: &str, pin: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    let pin: String = pin.chars().take(64).map(plain).collect();
    format!("{integration}.{pin}.token")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_cannot_choose_where_its_credential_is_kept() {
        let uid = "74f92a59-50f3-453e-bc09-2caf088e53e0";
        assert_eq!(file_name("k8s-real", uid), format!("k8s-real.{uid}.token"));
        for hostile in ["../../../etc/cron.d/x", "/etc/passwd", "a\0b", "..", "é"] {
            let name = file_name("k8s-real", hostile);
            let parts: Vec<_> = std::path::Path::new(&name).components().collect();
            assert!(matches!(parts[..], [std::path::Component::Normal(_)]), "{name}");
        }
        assert!(file_name("k8s-real", &"x".repeat(10_000)).len() < 120);
    }
}
