//! The command lines of the three servers, for Kubernetes 1.20 and for today's.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::certs::Certs;
use crate::counterparties;

/// Where one cluster is, on disk and on the network.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) assets: PathBuf,
    pub(crate) dir: PathBuf,
    pub(crate) etcd_port: u16,
    pub(crate) port: u16,
    /// 20 for Kubernetes 1.20.
    pub(crate) minor: u32,
}

impl Place {
    pub(crate) fn etcd_data(&self) -> PathBuf {
        self.dir.join("etcd")
    }

    pub(crate) fn tokens(&self) -> PathBuf {
        self.dir.join("tokens.csv")
    }

    pub(crate) fn audit_log(&self) -> PathBuf {
        self.dir.join("audit.log")
    }

    pub(crate) fn kubeconfig(&self) -> PathBuf {
        self.dir.join("admin.kubeconfig")
    }

    fn etcd_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.etcd_port)
    }

    pub(crate) fn etcd(&self) -> Vec<String> {
        vec![
            with("--data-dir", &self.etcd_data()),
            format!("--listen-client-urls={}", self.etcd_url()),
            format!("--advertise-client-urls={}", self.etcd_url()),
            // There are no peers; this only moves it off a fixed port.
            "--listen-peer-urls=http://127.0.0.1:0".into(),
            "--unsafe-no-fsync".into(),
        ]
    }

    pub(crate) fn apiserver(&self, certs: &Certs) -> Vec<String> {
        let policy = counterparties::folder().join("audit-policy.yaml");
        vec![
            format!("--etcd-servers={}", self.etcd_url()),
            "--bind-address=127.0.0.1".into(),
            format!("--secure-port={}", self.port),
            with("--tls-cert-file", &certs.server()),
            with("--tls-private-key-file", &certs.server_key()),
            with("--client-ca-file", &certs.ca()),
            with("--token-auth-file", &self.tokens()),
            "--authorization-mode=RBAC".into(),
            "--service-account-issuer=https://kubernetes.default.svc".into(),
            with("--service-account-key-file", &certs.accounts_public()),
            with("--service-account-signing-key-file", &certs.accounts_key()),
            "--service-cluster-ip-range=10.0.0.0/24".into(),
            // To its kubelets it shows the certificate that it shows to everybody.
            with("--kubelet-certificate-authority", &certs.ca()),
            with("--kubelet-client-certificate", &certs.server()),
            with("--kubelet-client-key", &certs.server_key()),
            with("--audit-policy-file", &policy),
            with("--audit-log-path", &self.audit_log()),
        ]
    }

    /// Not optional: `edit`, `view` and `admin` are aggregated roles, which have no rules until
    /// a controller has put them together.
    pub(crate) fn controller_manager(&self, certs: &Certs) -> Vec<String> {
        let mut args = vec![
            with("--kubeconfig", &self.kubeconfig()),
            with("--service-account-private-key-file", &certs.accounts_key()),
            with("--root-ca-file", &certs.ca()),
            "--leader-elect=false".into(),
            // It serves nothing that we need.
            "--secure-port=0".into(),
            format!("--controllers={}", self.controllers()),
        ];
        if self.minor < 24 {
            args.push("--port=0".into());
        }
        args
    }

    pub(crate) fn kubelet(certs: &Certs, address: &str) -> Vec<String> {
        vec![
            with("--tls-cert-file", &certs.server()),
            with("--tls-private-key-file", &certs.server_key()),
            with("--client-ca-file", &certs.ca()),
            format!("--address={address}"),
        ]
    }

    /// They were renamed in 1.28, and the old names understood for long after.
    fn controllers(&self) -> &'static str {
        if self.minor < 30 {
            "serviceaccount,serviceaccount-token,clusterrole-aggregation,namespace,garbagecollector"
        } else {
            "serviceaccount-controller,serviceaccount-token-controller,\
             clusterrole-aggregation-controller,namespace-controller,garbage-collector-controller"
        }
    }
}

fn with(flag: &str, path: &Path) -> String {
    format!("{flag}={}", path.display())
}

/// The minor version of the kube-apiserver in `assets`.
pub(crate) fn minor_version(assets: &Path) -> Result<u32> {
    let program = assets.join("kube-apiserver");
    let output = Command::new(&program)
        .arg("--version")
        .output()
        .with_context(|| format!("could not run {}", program.display()))?;
    let line = String::from_utf8_lossy(&output.stdout);
    minor_of(&line).with_context(|| format!("not a Kubernetes version: {line:?}"))
}

fn minor_of(line: &str) -> Option<u32> {
    let version = line.trim().strip_prefix("Kubernetes v1.")?;
    let (minor, _) = version.split_once('.')?;
    minor.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_line_of_old_and_new_servers_is_understood() {
        assert_eq!(minor_of("Kubernetes v1.20.2\n"), Some(20));
        assert_eq!(minor_of("Kubernetes v1.36.2"), Some(36));
        assert_eq!(minor_of("Kubernetes v1.37.0-alpha.1+abc"), Some(37));
        assert_eq!(minor_of("etcd Version: 3.4.23"), None);
    }

    #[test]
    fn controllers_and_ports_follow_the_version() {
        let args = |minor| {
            let dir = Path::new("d");
            let place = Place { assets: dir.into(), dir: dir.into(), etcd_port: 1, port: 2, minor };
            let certs = Certs::at(dir);
            place.controller_manager(&certs).join(" ")
        };
        assert!(args(20).contains("=serviceaccount,") && args(20).contains(" --port=0"));
        assert!(args(36).contains("=serviceaccount-controller,") && !args(36).contains(" --port"));
    }
}
