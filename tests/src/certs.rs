//! The keys of one cluster: its own authority, the server's certificate, and the pair that signs
//! the tokens of service accounts.
//!
//! All are ECDSA P-256, which Kubernetes takes everywhere (1.20 too) and ring can make.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};

/// Where the files are.
#[derive(Debug)]
pub(crate) struct Certs {
    dir: PathBuf,
    /// The authority's certificate, PEM.
    pub(crate) ca_pem: String,
}

impl Certs {
    /// Makes everything anew in `dir`.
    pub(crate) fn create(dir: &Path) -> Result<Self> {
        fs::create_dir_all(dir)?;
        let ca_key = KeyPair::generate()?;
        let ca = authority()?;
        let ca_pem = ca.self_signed(&ca_key)?.pem();
        let server_key = KeyPair::generate()?;
        let server = server()?.signed_by(&server_key, &Issuer::new(ca, ca_key))?;
        let accounts = KeyPair::generate()?;

        let certs = Self { ca_pem, ..Self::at(dir) };
        write_private(&certs.ca(), &certs.ca_pem)?;
        write_private(&certs.server(), &server.pem())?;
        write_private(&certs.server_key(), &server_key.serialize_pem())?;
        write_private(&certs.accounts_key(), &accounts.serialize_pem())?;
        write_private(&certs.accounts_public(), &accounts.public_key_pem())?;
        Ok(certs)
    }

    /// The places of the files in `dir`, whether or not they are there.
    pub(crate) fn at(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), ca_pem: String::new() }
    }

    pub(crate) fn ca(&self) -> PathBuf {
        self.dir.join("ca.crt")
    }

    pub(crate) fn server(&self) -> PathBuf {
        self.dir.join("server.crt")
    }

    pub(crate) fn server_key(&self) -> PathBuf {
        self.dir.join("server.key")
    }

    pub(crate) fn accounts_key(&self) -> PathBuf {
        self.dir.join("service-accounts.key")
    }

    pub(crate) fn accounts_public(&self) -> PathBuf {
        self.dir.join("service-accounts.pub")
    }
}

fn authority() -> Result<CertificateParams> {
    let mut ca = CertificateParams::new(Vec::new())?;
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    ca.distinguished_name.push(DnType::CommonName, "bellhop e2e authority");
    Ok(ca)
}

fn server() -> Result<CertificateParams> {
    let mut server = CertificateParams::new(vec!["localhost".into(), "127.0.0.1".into()])?;
    server.use_authority_key_identifier_extension = true;
    server.distinguished_name.push(DnType::CommonName, "kube-apiserver");
    Ok(server)
}

/// Writes a file that only its owner may read, in place of whatever was there.
pub(crate) fn write_private(path: &Path, text: &str) -> Result<()> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| format!("could not write {}", path.display()))
}
