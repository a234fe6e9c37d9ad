//! A small, honest Kubernetes API server in process, to try Bellhop without a cluster.
//!
//! It has what kubectl and Bellhop's connector need and nothing more: namespaces, pods that are
//! only entries, accounts with tokens, and roles and bindings that are enforced at every call. It
//! answers as Kubernetes 1.20.2 does, and a test compares the two word by word. What it cannot do
//! it refuses in plain words: it runs no containers, gathers no roles, lets nobody act as another,
//! has no dry runs, keeps no record of who owns which field (server-side apply merges), and knows
//! neither finalizers nor owners. Everything in it ends with the process.

mod admit;
mod body;
mod call;
mod cluster;
mod discovery;
mod door;
mod escalate;
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
mod user;
mod watch;
mod write;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bellhop_domain::{Clock, SystemClock};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_util::task::TaskTracker;

use cluster::Cluster;
use store::State;

/// How long a stop waits for requests that are under way.
const PATIENCE: Duration = Duration::from_secs(2);

/// What may differ between sample clusters.
#[derive(Clone)]
pub struct Options {
    /// What cluster and context are called in the kubeconfig.
    pub name: String,
    /// Namespaces with two pods each that the cluster starts with.
    pub namespaces: Vec<String>,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
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
    what: &'static str,
    #[source]
    cause: io::Error,
}

/// A running sample cluster. Dropping it stops it.
pub struct SampleCluster {
    address: SocketAddr,
    kubeconfig: String,
    cluster: Arc<Cluster>,
    tasks: TaskTracker,
}

impl SampleCluster {
    /// Starts one on this machine's own address, where nobody else can reach it.
    pub async fn start(options: Options) -> Result<Self, Error> {
        let Options { name, namespaces, clock } = options;
        let failed = |what| move |cause| Error { what, cause };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.map_err(failed("cannot listen"))?;
        let address = listener.local_addr().map_err(failed("has no address"))?;
        let (authority, tls) = keys::create().map_err(failed("has no certificate"))?;
        let mut state = State::default();
        seed::plant(&mut state, &namespaces, clock.now())
            .map_err(|refused| io::Error::other(refused.message))
            .map_err(failed("cannot be filled"))?;
        state.begin();
        let cluster = Arc::new(Cluster::new(state, clock, address.to_string()));
        let server = format!("https://{address}");
        let kubeconfig = keys::kubeconfig(&name, &server, &authority, &cluster.door.admin_token);
        let (acceptor, tasks) = (TlsAcceptor::from(tls), TaskTracker::new());
        tasks.spawn(server::serve(Arc::clone(&cluster), listener, acceptor, tasks.clone()));
        Ok(Self { address, kubeconfig, cluster, tasks })
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
