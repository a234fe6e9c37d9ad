//! A small, honest Kubernetes API server in process, to try Bellhop without a cluster.
//!
//! It has what kubectl and Bellhop's connector need and nothing more: namespaces, pods that are
//! only entries, accounts with tokens, and roles and bindings that are enforced at every call. It
//! answers as Kubernetes 1.20.2 does, and a test compares the two word by word. What it cannot do
//! it refuses in plain words: it runs no containers, keeps no record of who owns which field
//! (server-side apply merges), and knows neither finalizers nor owners.

mod admit;
mod aggregate;
mod body;
mod call;
mod cluster;
mod discovery;
mod door;
mod escalate;
mod files;
mod keys;
mod kinds;
mod object;
mod patch;
mod path;
mod protobuf;
mod rbac;
mod read;
mod reviews;
mod seed;
mod select;
mod server;
mod status;
mod store;
mod table;
mod token;
mod user;
mod watch;
mod write;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bellhop_domain::{Clock, SystemClock};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_util::task::TaskTracker;

use cluster::Cluster;
use door::Door;
use files::Folder;
use keys::Keys;
use store::State;
use token::Signer;

/// How long a stop waits for requests that are under way.
const PATIENCE: Duration = Duration::from_secs(2);

/// What may differ between sample clusters.
#[derive(Clone)]
pub struct Options {
    /// Where keys and objects are kept; without one, they end with the process. The folder is the
    /// cluster's alone.
    pub folder: Option<PathBuf>,
    /// The port to listen on; without one, the port of the last time in this folder, or any.
    pub port: Option<u16>,
    /// What cluster and context are called in the kubeconfig.
    pub name: String,
    /// Namespaces with two pods each that a new cluster starts with.
    pub namespaces: Vec<String>,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            folder: None,
            port: None,
            name: "sample".to_owned(),
            namespaces: ["customer1", "customer2", "customer3"].map(str::to_owned).to_vec(),
            clock: Arc::new(SystemClock),
        }
    }
}

/// Why a sample cluster does not start.
#[derive(Debug, thiserror::Error)]
#[error("the sample cluster {what}: {cause}")]
pub struct Error {
    what: String,
    #[source]
    cause: io::Error,
}

/// A running sample cluster. Dropping it stops it.
pub struct SampleCluster {
    address: SocketAddr,
    kubeconfig: String,
    cluster: Arc<Cluster>,
    tasks: TaskTracker,
    /// Held for as long as the objects may be written.
    _folder: Option<Folder>,
}

impl SampleCluster {
    /// Starts one on this machine's own address, where nobody else can reach it.
    pub async fn start(options: Options) -> Result<Self, Error> {
        let Options { folder, port, name, namespaces, clock } = options;
        let failed = |what: &str| {
            let what = what.to_owned();
            move |cause| Error { what, cause }
        };
        let folder = folder.map(|path| Folder::open(&path)).transpose();
        let folder = folder.map_err(failed("cannot use its folder"))?;
        let mut keys = Keys::of(folder.as_ref()).map_err(failed("has no keys"))?;
        let port = port.unwrap_or(keys.port);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
        let listener = listener.map_err(failed(&format!("cannot listen on port {port}")))?;
        let address = listener.local_addr().map_err(failed("has no address"))?;
        let state = match folder.as_ref().map(Folder::load).transpose() {
            Ok(found) => found.flatten(),
            Err(error) => return Err(failed("cannot read its objects")(error)),
        };
        let state = match state {
            Some(state) => state,
            None => planted(folder.as_ref(), &namespaces, clock.as_ref())
                .map_err(failed("cannot be filled"))?,
        };
        if let Some(folder) = &folder {
            keys.port = address.port();
            keys.save(folder).map_err(failed("cannot keep its keys"))?;
        }
        let signer = keys.accounts_key().and_then(|key| Signer::new(&key));
        let signer = signer.map_err(failed("cannot sign"))?;
        let acceptor = TlsAcceptor::from(keys.tls().map_err(failed("has no certificate"))?);
        let kubeconfig = keys.kubeconfig(&name, &format!("https://{address}"));
        let door = Door { signer, admin_token: keys.admin_token };
        let cluster = Arc::new(Cluster::new(state, door, clock, address.to_string()));
        let tasks = TaskTracker::new();
        tasks.spawn(server::serve(Arc::clone(&cluster), listener, acceptor, tasks.clone()));
        Ok(Self { address, kubeconfig, cluster, tasks, _folder: folder })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A kubeconfig of its admin, who may do everything.
    #[must_use]
    pub fn kubeconfig(&self) -> &str {
        &self.kubeconfig
    }

    /// Stops it: open requests have a moment to end.
    pub async fn shutdown(self) {
        self.cluster.stop.cancel();
        self.tasks.close();
        tokio::time::timeout(PATIENCE, self.tasks.wait()).await.ok();
    }
}

impl Drop for SampleCluster {
    fn drop(&mut self) {
        self.cluster.stop.cancel();
    }
}

fn planted(folder: Option<&Folder>, namespaces: &[String], clock: &dyn Clock) -> io::Result<State> {
    let mut state = State::new(folder.map(Folder::objects));
    seed::plant(&mut state, namespaces, clock.now())
        .and_then(|()| state.seal())
        .map_err(|refused| io::Error::other(refused.message))?;
    Ok(state)
}
