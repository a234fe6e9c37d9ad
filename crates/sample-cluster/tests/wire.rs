//! The sample cluster on a real wire: what it limits, and how it ends.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

use std::net::SocketAddr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bellhop_sample_cluster::{Options, SampleCluster};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// What somebody needs who has the kubeconfig.
struct Caller {
    address: SocketAddr,
    tls: TlsConnector,
    token: String,
}

impl Caller {
    fn of(cluster: &SampleCluster) -> Self {
        let config: Value = serde_json::from_str(cluster.kubeconfig()).unwrap();
        let word = |at: &str| config.pointer(at).and_then(Value::as_str).unwrap().to_owned();
        let authority = word("/clusters/0/cluster/certificate-authority-data");
        let authority = STANDARD.decode(authority).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(&authority).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let tls = TlsConnector::from(Arc::new(config));
        Self { address: cluster.address(), tls, token: word("/users/0/user/token") }
    }

    /// Sends bytes on a connection of their own; answers the status and the body.
    async fn raw(&self, bytes: &[u8]) -> (u16, String) {
        let socket = TcpStream::connect(self.address).await.unwrap();
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let mut wire = self.tls.connect(name, socket).await.unwrap();
        // The server may hang up before it has read all.
        wire.write_all(bytes).await.ok();
        let mut answer = Vec::new();
        wire.read_to_end(&mut answer).await.ok();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
        let code = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or_default();
        (code, body.to_owned())
    }

    async fn send(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let (token, length) = (&self.token, body.len());
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: \
             application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
        );
        self.raw(&[head.as_bytes(), body.as_bytes()].concat()).await
    }
}

async fn start() -> SampleCluster {
    SampleCluster::start(Options::default()).await.unwrap()
}

const ACCOUNTS: &str = "/api/v1/namespaces/customer1/serviceaccounts";

#[tokio::test]
async fn what_others_decide_has_limits() {
    let cluster = start().await;
    let caller = Caller::of(&cluster);
    let long = json!({ "metadata": { "name": "a", "annotations": { "x": "y".repeat(300_000) } } });
    assert_eq!(caller.send("POST", ACCOUNTS, &long.to_string()).await.0, 413);
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    assert_eq!(caller.send("POST", ACCOUNTS, &deep).await.0, 400);
    let head = format!(
        "GET /version HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: {}\r\n\r\n",
        "y".repeat(1 << 20)
    );
    assert_eq!(caller.raw(head.as_bytes()).await.0, 431);
    let (code, body) =
        caller.raw(b"GET /api HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert_eq!(code, 403, "{body}");
    cluster.shutdown().await;
}

#[tokio::test]
async fn a_stop_ends_open_watches_and_connections() {
    let cluster = start().await;
    let caller = Caller::of(&cluster);
    let watch = async { caller.send("GET", "/api/v1/pods?watch=1", "").await };
    let stop = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        cluster.shutdown().await;
    };
    let ((code, body), ()) = tokio::join!(watch, stop);
    assert_eq!(code, 200);
    assert_eq!(body.matches("ADDED").count(), 6, "{body}");
    assert!(TcpStream::connect(caller.address).await.is_err(), "nobody listens any more");
}
