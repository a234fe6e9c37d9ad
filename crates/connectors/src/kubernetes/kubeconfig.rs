//! A context of somebody's kubeconfig, and the credential in it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bellhop_domain::Clock;
use chrono::{DateTime, TimeDelta, Utc};
use kube::config::{AuthInfo, Cluster, Kubeconfig};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use tokio::sync::Mutex;

use super::client::{self, Reach};
use super::plugin::Plugin;
use super::proxy;
use super::settings::Shell;
use super::wire::{Access, Own};
use crate::Fault;

/// A context, read.
#[derive(Clone, Debug)]
pub(super) struct Context {
    pub(super) integration: String,
    pub(super) name: String,
    /// What the files call the cluster.
    pub(super) cluster: String,
    pub(super) reach: Reach,
    pub(super) auth: AuthInfo,
    pub(super) shell: Shell,
}

/// A credential that is ready for use, and when it stops being that.
pub(super) struct Ready {
    pub(super) auth: AuthInfo,
    pub(super) expires: Option<DateTime<Utc>>,
}

/// Which context, in which files.
#[derive(Clone, Debug)]
pub(super) struct Wanted<'a> {
    pub(super) integration: &'a str,
    pub(super) files: &'a [PathBuf],
    pub(super) context: &'a str,
    pub(super) shell: &'a Shell,
}

impl Wanted<'_> {
    /// Reads the files, first one wins, as kubectl does.
    pub(super) fn read(&self) -> Result<Context, Fault> {
        let config = self.merged()?;
        let context = config.contexts.iter().find(|one| one.name == self.context);
        let Some(context) = context.and_then(|one| one.context.as_ref()) else {
            let known: Vec<&str> = config.contexts.iter().map(|one| one.name.as_str()).collect();
            let known = if known.is_empty() { "none at all".to_owned() } else { known.join(", ") };
            return Err(self.bad(&format!(
                "there is no such context in {}. There are: {known}",
                self.shown()
            )));
        };
        let cluster = config.clusters.iter().find(|one| one.name == context.cluster);
        let cluster = cluster.and_then(|one| one.cluster.as_ref()).ok_or_else(|| {
            self.bad(&format!(
                "it names the cluster \"{}\", which is not in {}",
                context.cluster,
                self.shown()
            ))
        })?;
        let user = context.user.as_deref().unwrap_or_default();
        let auth = config
            .auth_infos
            .iter()
            .find(|one| one.name == user)
            .and_then(|one| one.auth_info.clone());
        let auth = auth.ok_or_else(|| {
            self.bad(&format!("it names the user \"{user}\", who is not in {}", self.shown()))
        })?;
        if let Some(provider) = &auth.auth_provider {
            return Err(self.bad(&format!(
                "its user signs in by auth-provider \"{}\", which Kubernetes 1.26 removed. Replace it by an exec \
                 plugin, or use another context",
                provider.name
            )));
        }
        Ok(Context {
            integration: self.integration.to_owned(),
            name: self.context.to_owned(),
            cluster: context.cluster.clone(),
            reach: self.reach(cluster)?,
            auth,
            shell: self.shell.clone(),
        })
    }

    fn merged(&self) -> Result<Kubeconfig, Fault> {
        let mut merged = Kubeconfig::default();
        let mut found = false;
        for file in self.files {
            if !file.exists() {
                continue;
            }
            found = true;
            self.readable(file)?;
            let unread = |error| self.bad(&format!("{} does not read: {error}", file.display()));
            let next = Kubeconfig::read_from(file).map_err(unread)?;
            merged = merged.merge(next).map_err(|error| self.bad(&error.to_string()))?;
        }
        if found {
            Ok(merged)
        } else {
            Err(self.bad(&format!("there is no file {}", self.shown())))
        }
    }

    fn reach(&self, cluster: &Cluster) -> Result<Reach, Fault> {
        let server = cluster.server.clone().unwrap_or_default();
        if cluster.insecure_skip_tls_verify == Some(true) {
            return Err(self.bad(&format!(
                "it does not verify who answers at {server} (insecure-skip-tls-verify), and Bellhop hands out \
                 credentials for that address. Put the cluster's certificate-authority-data there instead"
            )));
        }
        let ca = match (&cluster.certificate_authority_data, &cluster.certificate_authority) {
            (Some(data), _) => Some(data.split_whitespace().collect()),
            (None, Some(file)) => Some(STANDARD.encode(self.file(Path::new(file))?)),
            (None, None) => None,
        };
        let own = cluster.proxy_url.clone().filter(|url| !url.is_empty());
        let Shell { https_proxy, no_proxy, .. } = self.shell;
        let proxy_url =
            own.or_else(|| proxy::choose(&server, https_proxy.as_deref(), no_proxy.as_deref()));
        let tls_server_name = cluster.tls_server_name.clone().filter(|name| !name.is_empty());
        Ok(Reach {
            integration: self.integration.to_owned(),
            server,
            ca,
            tls_server_name,
            proxy_url,
        })
    }

    /// Says in plain words what is no file, or not for this user.
    fn readable(&self, path: &Path) -> Result<(), Fault> {
        let shown = path.display();
        let opened = std::fs::File::open(path).and_then(|file| file.metadata());
        match opened {
            Ok(found) if found.is_file() => Ok(()),
            Ok(_) => {
                Err(self
                    .bad(&format!("{shown} is not a file. Point KUBECONFIG to a kubeconfig file")))
            }
            Err(error) => Err(self.bad(&format!(
                "{shown} cannot be read: {error}. Check who owns it and its mode (ls -l {shown})"
            ))),
        }
    }

    fn file(&self, path: &Path) -> Result<Vec<u8>, Fault> {
        std::fs::read(path)
            .map_err(|error| self.bad(&format!("{} cannot be read: {error}", path.display())))
    }

    fn shown(&self) -> String {
        let files: Vec<String> = self.files.iter().map(|file| file.display().to_string()).collect();
        files.join(", ")
    }

    fn bad(&self, why: &str) -> Fault {
        Fault::Impossible(format!(
            "{}: the context \"{}\" cannot be used: {why}",
            self.integration, self.context
        ))
    }
}

impl Context {
    /// The credential without its plugin: that has run, if there is one.
    pub(super) async fn ready(&self, now: DateTime<Utc>) -> Result<Ready, Fault> {
        let mut auth = self.auth.clone();
        let Some(exec) = auth.exec.take() else { return Ok(Ready { auth, expires: None }) };
        let reach = &self.reach;
        let plugin = Plugin {
            who: format!("{}: the context \"{}\" cannot be used", self.integration, self.name),
            exec: &exec,
            path: self.shell.path.as_deref(),
            cluster: json!({
                "server": reach.server,
                "certificate-authority-data": reach.ca,
                "tls-server-name": reach.tls_server_name,
                "proxy-url": reach.proxy_url,
            }),
        };
        let given = plugin.run(now).await?;
        auth.token = given.token;
        if let Some((certificate, key)) = given.certificate {
            auth.client_certificate_data = Some(STANDARD.encode(certificate));
            auth.client_key_data = Some(SecretString::from(STANDARD.encode(key.expose_secret())));
        }
        Ok(Ready { auth, expires: given.expires })
    }
}

/// A kubeconfig's credential, used directly: read again when it ends or is refused.
pub(super) struct Direct {
    pub(super) integration: String,
    pub(super) files: Vec<PathBuf>,
    pub(super) context: String,
    pub(super) shell: Shell,
    /// The cluster as it was connected: the files may change who asks, never who is asked.
    pub(super) reach: Reach,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) ready: Mutex<Option<(Access, Option<DateTime<Utc>>)>>,
}

/// A credential with less life than this is replaced before it is used.
const SPARE: TimeDelta = TimeDelta::seconds(30);

#[async_trait]
impl Own for Direct {
    async fn access(&self) -> Result<Access, Fault> {
        let now = self.clock.now();
        let mut kept = self.ready.lock().await;
        if let Some((access, expires)) = kept.as_ref()
            && expires.is_none_or(|end| end - now >= SPARE)
        {
            return Ok(access.clone());
        }
        let Self { integration, files, context, shell, .. } = self;
        let context = Wanted { integration, files, context, shell }.read()?;
        let ready = context.ready(now).await?;
        let access = Access { client: client::build(&self.reach, ready.auth)?, token: None };
        *kept = Some((access.clone(), ready.expires));
        Ok(access)
    }

    async fn refused(&self) -> bool {
        self.ready.lock().await.take().is_some()
    }

    fn warning(&self) -> Option<String> {
        let kept = self.ready.try_lock().ok()?;
        let (_, expires) = kept.as_ref()?;
        let end = expires.as_ref()?.format("%F %R UTC");
        Some(format!(
            "Bellhop uses the credential of the context \"{}\", which ends at {end} and which only its owner can \
             renew: while it cannot be renewed, access stays open past its deadline",
            self.context
        ))
    }
}
