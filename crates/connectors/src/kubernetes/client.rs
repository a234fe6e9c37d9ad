//! Builds the HTTP clients: one TLS setting and one connection pool each.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kube::config::AuthInfo;
use kube::{Client, Config};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::Fault;

/// How to reach an API server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reach {
    pub(super) integration: String,
    pub(super) server: String,
    pub(super) ca: Option<String>,
    pub(super) tls_server_name: Option<String>,
    pub(super) proxy_url: Option<String>,
}

/// A client that says who it is by `auth`, or nothing when that is empty.
pub(super) fn build(reach: &Reach, auth: AuthInfo) -> Result<Client, Fault> {
    // Several TLS back ends may be compiled in; this is the one that Bellhop uses. An error only
    // says that one was chosen before.
    rustls::crypto::ring::default_provider().install_default().ok();

    let bad = |why: String| Fault::Impossible(format!("{}: {why}", reach.integration));
    let server: http::Uri = reach
        .server
        .parse()
        .map_err(|error| bad(format!("\"{}\" is not an address: {error}", reach.server)))?;
    if server.scheme_str() != Some("https") || server.host().is_none_or(str::is_empty) {
        return Err(bad(format!(
            "the address of the API server must be https://host:port and is \"{}\"",
            reach.server
        )));
    }
    let mut config = Config::new(server);
    config.root_cert =
        reach.ca.as_deref().map(|ca| certificates(&reach.integration, ca)).transpose()?;
    config.tls_server_name.clone_from(&reach.tls_server_name);
    if let Some(proxy) = &reach.proxy_url {
        let proxy = proxy
            .parse()
            .map_err(|error| bad(format!("the proxy \"{proxy}\" is not an address: {error}")))?;
        config.proxy_url = Some(proxy);
    }
    config.auth_info = auth;
    // Retries belong to the engine, which sees the pause that the server asks for.
    config.default_retry = false;
    Client::try_from(config).map_err(|error| bad(format!("no connection can be set up: {error}")))
}

/// The certificates in base64 PEM.
fn certificates(integration: &str, ca: &str) -> Result<Vec<Vec<u8>>, Fault> {
    let bad = |why: String| {
        Fault::Impossible(format!(
            "{integration}: the certificate authority cannot be read: {why}. It must be PEM in base64, as \
             certificate-authority-data of a kubeconfig is"
        ))
    };
    let pem = STANDARD.decode(ca.trim()).map_err(|error| bad(error.to_string()))?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let found = found.map_err(|error| bad(error.to_string()))?;
    if found.is_empty() {
        return Err(bad("there is no certificate in it".to_owned()));
    }
    Ok(found.into_iter().map(|one| one.to_vec()).collect())
}
