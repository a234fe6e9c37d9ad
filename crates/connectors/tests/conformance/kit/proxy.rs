//! What can go wrong between a connector and its system, on demand: real bytes on a real wire.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::http::Message;

/// What happens to one call.
#[derive(Clone, Debug)]
pub(crate) enum Trouble {
    /// The system never hears of it.
    RequestLost,
    /// The system does the work, and the answer is lost.
    ReplyLost,
    /// The system does the work, and nothing comes back until the caller gives up.
    Silence,
    /// The system does the work, and the connection breaks in the middle of the answer.
    Cut,
    /// The system does the work, and half of the answer arrives as if it were all.
    Half,
    /// The system refuses with this status, pause and body, and does nothing.
    Refusal(u16, Option<u64>, Vec<u8>),
}

/// What another system says to a request.
pub(crate) type Elsewhere = dyn Fn(&Message) -> Message + Send + Sync;

#[derive(Default)]
struct Plan {
    calls: usize,
    trouble: Option<(usize, Trouble)>,
    fired: bool,
    elsewhere: Option<Arc<Elsewhere>>,
}

/// Where the real system is.
#[derive(Clone)]
pub(crate) enum Upstream {
    Plain(String),
    /// With the certificate authority to trust.
    Tls(String, Vec<u8>),
}

/// Stands in front of a system. It speaks TLS exactly when the system does.
pub(crate) struct Proxy {
    /// `host:port`
    pub(crate) address: String,
    /// The authority of its own certificate, PEM.
    pub(crate) ca: String,
    plan: Arc<Mutex<Plan>>,
    accepting: AbortHandle,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Proxy {
    pub(crate) async fn start(upstream: Upstream) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let (ca, server) = certificate().map_err(io::Error::other)?;
        let acceptor = match &upstream {
            Upstream::Plain(_) => None,
            Upstream::Tls(..) => Some(TlsAcceptor::from(Arc::new(server))),
        };
        let plan = Arc::new(Mutex::new(Plan::default()));
        let shared = Arc::clone(&plan);
        let accepting = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (acceptor, upstream) = (acceptor.clone(), upstream.clone());
                tokio::spawn(serve(socket, acceptor, upstream, Arc::clone(&shared)));
            }
        });
        Ok(Self { address, ca, plan, accepting: accepting.abort_handle() })
    }

    /// The call after `nth` others from now on meets `trouble`.
    pub(crate) fn arm(&self, nth: usize, trouble: Trouble) {
        let mut plan = lock(&self.plan);
        let at = plan.calls + nth;
        (plan.trouble, plan.fired) = (Some((at, trouble)), false);
    }

    /// Nothing goes wrong any more; answers whether anything did.
    pub(crate) fn disarm(&self) -> bool {
        let mut plan = lock(&self.plan);
        plan.trouble = None;
        plan.fired
    }

    /// From now on, another system answers at this address; with nothing, the right one again.
    pub(crate) fn lead_elsewhere(&self, elsewhere: Option<Arc<Elsewhere>>) {
        lock(&self.plan).elsewhere = elsewhere;
    }
}

fn lock(plan: &Mutex<Plan>) -> MutexGuard<'_, Plan> {
    plan.lock().unwrap_or_else(PoisonError::into_inner)
}

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}
type Stream = BufStream<Box<dyn Wire>>;

/// One connection. An error ends it, as it does between two real ends.
async fn serve(
    socket: TcpStream,
    acceptor: Option<TlsAcceptor>,
    upstream: Upstream,
    plan: Arc<Mutex<Plan>>,
) {
    // A dropped connection is a broken one. (A linger of zero blocks nobody.)
    socket.set_zero_linger().and_then(|()| socket.set_nodelay(true)).ok();
    let down: io::Result<Box<dyn Wire>> = match acceptor {
        None => Ok(Box::new(socket)),
        Some(acceptor) => acceptor.accept(socket).await.map(|tls| Box::new(tls) as _),
    };
    let Ok(down) = down else { return };
    let mut down = BufStream::new(down);
    let mut up = None;
    while let Ok(Some(request)) = Message::read(&mut down).await {
        if relay(&request, &mut down, (&upstream, &mut up), &plan).await.is_err() {
            return;
        }
    }
}

async fn relay(
    request: &Message,
    down: &mut Stream,
    (upstream, up): (&Upstream, &mut Option<Stream>),
    plan: &Mutex<Plan>,
) -> io::Result<()> {
    let (trouble, elsewhere) = {
        let mut plan = lock(plan);
        let call = plan.calls;
        plan.calls += 1;
        let due = plan.trouble.as_ref().is_some_and(|(at, _)| *at == call);
        plan.fired |= due;
        let trouble = if due { plan.trouble.take().map(|(_, trouble)| trouble) } else { None };
        (trouble, plan.elsewhere.clone())
    };
    let broken = || Err(io::Error::from(io::ErrorKind::ConnectionReset));
    match &trouble {
        Some(Trouble::RequestLost) => return broken(),
        Some(Trouble::Refusal(status, pause, body)) => {
            let mut answer = Message::answer(*status, body.clone());
            answer.headers.extend(pause.map(|s| ("retry-after".to_owned(), s.to_string())));
            return send(down, &answer.bytes()).await;
        }
        _ => {}
    }
    let mut answer = match elsewhere {
        Some(elsewhere) => elsewhere(request),
        None => ask(request, upstream, up).await?,
    };
    match trouble {
        Some(Trouble::ReplyLost) => return broken(),
        Some(Trouble::Silence) => {
            // Until the caller hangs up, and not for ever.
            let hangs_up = Message::read(down);
            tokio::time::timeout(Duration::from_secs(30), hangs_up).await.ok();
            return broken();
        }
        Some(Trouble::Cut) => {
            let bytes = answer.bytes();
            let most = bytes.len() - (answer.body.len() / 2).max(1);
            send(down, bytes.get(..most).unwrap_or_default()).await?;
            return broken();
        }
        Some(Trouble::Half) => answer.body.truncate(answer.body.len() / 2),
        _ => {}
    }
    send(down, &answer.bytes()).await
}

async fn send(to: &mut Stream, bytes: &[u8]) -> io::Result<()> {
    to.write_all(bytes).await?;
    to.flush().await
}

/// Asks the real system, on a connection of this caller.
async fn ask(request: &Message, at: &Upstream, up: &mut Option<Stream>) -> io::Result<Message> {
    if up.is_none() {
        *up = Some(connect(at).await?);
    }
    let Some(stream) = up else { return Err(io::ErrorKind::NotConnected.into()) };
    send(stream, &request.bytes()).await?;
    let answer = Message::read(stream).await?;
    answer.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))
}

async fn connect(upstream: &Upstream) -> io::Result<Stream> {
    let (address, ca) = match upstream {
        Upstream::Plain(address) => (address, None),
        Upstream::Tls(address, ca) => (address, Some(ca)),
    };
    let socket = TcpStream::connect(address).await?;
    socket.set_nodelay(true)?;
    let Some(ca) = ca else { return Ok(BufStream::new(Box::new(socket))) };
    let mut roots = RootCertStore::empty();
    for one in CertificateDer::pem_slice_iter(ca) {
        roots.add(one.map_err(io::Error::other)?).map_err(io::Error::other)?;
    }
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let host = address.rsplit_once(':').map_or(address.as_str(), |(host, _)| host).to_owned();
    let name = ServerName::try_from(host).map_err(io::Error::other)?;
    let tls = TlsConnector::from(Arc::new(config)).connect(name, socket).await?;
    Ok(BufStream::new(Box::new(tls)))
}

/// A certificate that vouches for itself, and what serves with it.
fn certificate() -> Result<(String, ServerConfig), Box<dyn std::error::Error + Send + Sync>> {
    rustls::crypto::ring::default_provider().install_default().ok();
    let key = KeyPair::generate()?;
    let cert = CertificateParams::new(vec!["127.0.0.1".to_owned()])?.self_signed(&key)?;
    let private = PrivateKeyDer::from_pem_slice(key.serialize_pem().as_bytes())?;
    let chain = vec![cert.der().clone()];
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, private)?;
    Ok((cert.pem(), config))
}
