//! From a stored integration to its connector.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bellhop_api::{ConnectKubernetes, Disconnect, ManifestQuery};
use bellhop_connectors::{Connector, Fault, Preview};
use bellhop_domain::{Clock, InstallationId};
use bellhop_store::integrations::Integration;
use tokio::sync::Semaphore;

use crate::connect::{self, Connection, Setup};
use crate::keyring::Keyring;

/// Opens and connects systems. Tests put their own in its place.
#[async_trait]
pub trait Systems: Send + Sync + 'static {
    /// The connector of a connected integration.
    fn open(&self, integration: &Integration) -> Result<Arc<dyn Connector>, Fault>;

    /// Connects an integration; answers what is to be stored of it.
    async fn connect(
        &self,
        integration: &Integration,
        ask: &ConnectKubernetes,
    ) -> Result<Connection, Fault>;

    /// What connecting an integration would come to. Nothing is changed.
    async fn preview(
        &self,
        integration: &Integration,
        ask: &ConnectKubernetes,
    ) -> Result<Preview, Fault>;

    /// Takes away what connecting made there, and answers what it was.
    async fn disconnect(
        &self,
        integration: &Integration,
        ask: &Disconnect,
    ) -> Result<Vec<String>, Fault>;

    /// Forgets the credential of an integration that is not connected any more.
    fn forget(&self, integration: &Integration) -> Result<(), Fault>;

    /// The rights that Bellhop needs, as a manifest.
    fn manifest(&self, integration: &Integration, ask: &ManifestQuery) -> Result<String, Fault>;
}

/// The real systems.
pub struct Wired {
    setup: Setup,
    open: Mutex<HashMap<String, Opened>>,
    /// Whoever types asks often: so many looks at once, and the others wait.
    looks: Semaphore,
}

/// So many looks before connecting are taken at once.
const LOOKS: usize = 2;

/// A connector, and the settings that it was opened with.
struct Opened {
    settings: String,
    connector: Arc<dyn Connector>,
}

impl Wired {
    /// Keeps integration credentials in files of the folder `credentials`, or in the keyring where an
    /// integration says so.
    pub fn new(
        clock: Arc<dyn Clock>,
        (credentials, keyring): (PathBuf, Option<Arc<dyn Keyring>>),
        installation: InstallationId,
    ) -> Self {
        let setup = Setup { clock, credentials, keyring, installation };
        Self { setup, open: Mutex::default(), looks: Semaphore::new(LOOKS) }
    }
}

#[async_trait]
impl Systems for Wired {
    fn open(&self, integration: &Integration) -> Result<Arc<dyn Connector>, Fault> {
        let settings = integration.settings.clone().unwrap_or_default();
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(opened) = open.get(&integration.name).filter(|o| o.settings == settings) {
            return Ok(Arc::clone(&opened.connector));
        }
        let connector = connect::open(&self.setup, integration)?;
        let opened = Opened { settings, connector: Arc::clone(&connector) };
        open.insert(integration.name.clone(), opened);
        Ok(connector)
    }

    async fn connect(
        &self,
        integration: &Integration,
        ask: &ConnectKubernetes,
    ) -> Result<Connection, Fault> {
        connect::connect(&self.setup, integration, ask).await
    }

    async fn preview(
        &self,
        integration: &Integration,
        ask: &ConnectKubernetes,
    ) -> Result<Preview, Fault> {
        // It is never closed.
        let _turn = self.looks.acquire().await.ok();
        connect::preview(&self.setup, integration, ask).await
    }

    async fn disconnect(
        &self,
        integration: &Integration,
        ask: &Disconnect,
    ) -> Result<Vec<String>, Fault> {
        connect::disconnect(&self.setup, integration, ask).await
    }

    fn forget(&self, integration: &Integration) -> Result<(), Fault> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&integration.name);
        connect::forget(&self.setup, integration)
    }

    fn manifest(&self, integration: &Integration, ask: &ManifestQuery) -> Result<String, Fault> {
        connect::manifest(&self.setup, integration, ask)
    }
}
