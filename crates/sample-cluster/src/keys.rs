//! The secrets of one cluster: its certificates, the key that signs account tokens, the admin.

use std::io;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde::{Deserialize, Serialize};

use crate::files::Folder;

const FILE: &str = "keys.json";

/// See above. Nobody keeps the authority's own key: it signs one certificate, ever.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Keys {
    pub(crate) authority: String,
    certificate: String,
    certificate_key: String,
    accounts_key: String,
    pub(crate) admin_token: String,
    /// Where the cluster was reached the last time.
    pub(crate) port: u16,
}

impl Keys {
    /// Those of the folder, or new ones.
    pub(crate) fn of(folder: Option<&Folder>) -> io::Result<Self> {
        match folder.map(|folder| folder.read(FILE)).transpose()?.flatten() {
            Some(keys) => Ok(keys),
            None => Self::create().map_err(io::Error::other),
        }
    }

    pub(crate) fn save(&self, folder: &Folder) -> io::Result<()> {
        folder.write(FILE, self)
    }

    fn create() -> Result<Self, rcgen::Error> {
        let mut authority = CertificateParams::new(Vec::new())?;
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        authority.distinguished_name.push(DnType::CommonName, "Bellhop sample cluster");
        let authority_key = KeyPair::generate()?;
        let authority_pem = authority.self_signed(&authority_key)?.pem();
        let mut server = CertificateParams::new(vec!["localhost".into(), "127.0.0.1".into()])?;
        server.use_authority_key_identifier_extension = true;
        server.distinguished_name.push(DnType::CommonName, "sample-cluster");
        let key = KeyPair::generate()?;
        let certificate = server.signed_by(&key, &Issuer::new(authority, authority_key))?.pem();
        Ok(Self {
            authority: authority_pem,
            certificate,
            certificate_key: key.serialize_pem(),
            accounts_key: STANDARD.encode(KeyPair::generate()?.serialize_der()),
            admin_token: URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()),
            port: 0,
        })
    }

    pub(crate) fn accounts_key(&self) -> io::Result<Vec<u8>> {
        STANDARD.decode(&self.accounts_key).map_err(io::Error::other)
    }

    pub(crate) fn tls(&self) -> io::Result<Arc<ServerConfig>> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let chain = CertificateDer::pem_slice_iter(self.certificate.as_bytes());
        let chain: Result<Vec<_>, _> = chain.collect();
        let key = PrivateKeyDer::from_pem_slice(self.certificate_key.as_bytes());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(chain.map_err(io::Error::other)?, key.map_err(io::Error::other)?)
            .map_err(io::Error::other)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    /// A kubeconfig of the admin, in JSON, which is YAML too.
    pub(crate) fn kubeconfig(&self, name: &str, address: &str) -> String {
        let (user, context) = ("sample-admin", name);
        let config = serde_json::json!({
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{ "name": name, "cluster": {
                "server": address,
                "certificate-authority-data": STANDARD.encode(&self.authority),
            } }],
            "users": [{ "name": user, "user": { "token": self.admin_token } }],
            "contexts": [{ "name": context, "context": { "cluster": name, "user": user } }],
            "current-context": context,
        });
        format!("{config:#}\n")
    }
}
