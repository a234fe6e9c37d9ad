//! What shows that the cluster is the cluster: its certificate, and a kubeconfig that trusts it.

use std::io;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::CertifiedKey;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;

/// A certificate that is its own authority, as PEM, and what serves with it.
pub(crate) fn create() -> io::Result<(String, Arc<ServerConfig>)> {
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).map_err(io::Error::other)?;
    let CertifiedKey { cert, signing_key } = made;
    let key = PrivateKeyDer::Pkcs8(signing_key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|config| {
            config.with_no_client_auth().with_single_cert(vec![cert.der().clone()], key)
        });
    let mut config = config.map_err(io::Error::other)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok((cert.pem(), Arc::new(config)))
}

/// A kubeconfig of the admin, in JSON, which is YAML too.
pub(crate) fn kubeconfig(name: &str, server: &str, authority: &str, token: &str) -> String {
    let (user, context) = ("sample-admin", name);
    let authority = STANDARD.encode(authority);
    let config = serde_json::json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{
            "name": name,
            "cluster": { "server": server, "certificate-authority-data": authority },
        }],
        "users": [{ "name": user, "user": { "token": token } }],
        "contexts": [{ "name": context, "context": { "cluster": name, "user": user } }],
        "current-context": context,
    });
    format!("{config:#}\n")
}
