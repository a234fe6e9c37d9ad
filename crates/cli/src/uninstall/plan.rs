//! What an uninstall finds, and removes.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use bellhop_api::{Client, ListQuery, Request};
use bellhop_workstation::autostart::Autostart;
use bellhop_workstation::env::Environment;
use bellhop_workstation::home::Home;
use bellhop_workstation::kubeconfig::Contexts;

use crate::failure::Usage;
use crate::service;

/// Requests of one page.
const PAGE: u32 = 200;

/// See above.
pub(super) struct Plan {
    /// Requests with access that is open or ending.
    pub(super) open: Vec<Request>,
    /// Integrations in whose systems Bellhop has an account.
    pub(super) connected: Vec<String>,
    /// Whether the backend is a service.
    pub(super) service: bool,
    /// The tray app's start at login, if it has one.
    pub(super) at_login: Option<Autostart>,
    contexts: Vec<String>,
    folders: Vec<PathBuf>,
}

impl Plan {
    /// Looks at everything, and changes nothing.
    pub(super) async fn make(home: &Home, client: Option<&Client>) -> anyhow::Result<Self> {
        let (mut open, mut connected) = (Vec::new(), Vec::new());
        if let Some(client) = client {
            open = with_access(client).await?;
            let all = client.integrations().await?.items;
            connected
                .extend(all.into_iter().filter(|one| one.ends_alone.is_some()).map(|i| i.name));
        }
        let ledger = Contexts::new(home).ledger()?;
        let contexts = ledger.contexts.iter();
        let contexts =
            contexts.map(|one| format!("{} in {}", one.name.as_str(), one.path.display()));
        let folders = [home.config_dir(), home.data_dir(), home.runtime_dir()];
        let folders = folders.into_iter().filter(|folder| folder.exists());
        Ok(Self {
            open,
            connected,
            service: service::is_installed(home)?,
            at_login: Autostart::of(home, &Environment::read()).filter(Autostart::is_there),
            contexts: contexts.collect(),
            folders: folders.map(Path::to_owned).collect(),
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        let Self { open, connected, service, at_login, contexts, folders } = self;
        open.is_empty()
            && connected.is_empty()
            && contexts.is_empty()
            && folders.is_empty()
            && !service
            && at_login.is_none()
    }

    /// Refuses the name of an integration that is not connected: it may be misspelt.
    pub(super) fn knows(&self, forgotten: &[String]) -> anyhow::Result<()> {
        let Some(unknown) = forgotten.iter().find(|name| !self.connected.contains(name)) else {
            return Ok(());
        };
        let known = match self.connected.as_slice() {
            [] => "None is".to_owned(),
            names => format!("These are: {}", names.join(", ")),
        };
        Err(Usage(format!("--forget {unknown}: no such integration is connected. {known}")).into())
    }

    /// What is removed, in the order in which it is.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for request in &self.open {
            let targets = request.targets.join(", ");
            lines.push(format!("ends    {} of {}: {targets}", request.number, request.requester));
        }
        for name in &self.connected {
            lines.push(format!("leaves  {name}: deletes Bellhop's account and rights there"));
        }
        for context in &self.contexts {
            lines.push(format!("takes   the kubectl context {context}"));
        }
        if self.service {
            lines.push(format!("removes the service {}", service::UNIT));
        }
        if let Some(start) = &self.at_login {
            lines.push(format!("removes the start at login {}", start.file().display()));
        }
        for folder in &self.folders {
            let what = files_in(folder).map_or_else(String::new, |count| match count {
                1 => " (1 file)".to_owned(),
                _ => format!(" ({count} files)"),
            });
            lines.push(format!("deletes {}{what}", folder.display()));
        }
        lines.push(
            "The configuration and the audit log go too. To keep them: bellhop audit export, bellhop backup"
                .to_owned(),
        );
        lines
    }

    /// Deletes the folders, and the one around them when nothing else is in it.
    pub(super) fn remove_folders(&self, home: &Home) -> anyhow::Result<()> {
        for folder in &self.folders {
            match std::fs::remove_dir_all(folder) {
                // One folder may be inside of another.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                removed => removed.with_context(|| folder.display().to_string())?,
            }
        }
        if let Some(folder) = home.explicit() {
            // What somebody else keeps there stays, and with it the folder.
            drop(std::fs::remove_dir(folder));
        }
        Ok(())
    }
}

async fn with_access(client: &Client) -> anyhow::Result<Vec<Request>> {
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let query = ListQuery { open: true, cursor, limit: Some(PAGE) };
        let page = client.list_requests(&query).await?;
        if !page.unreadable.is_empty() {
            bail!(
                "the store cannot read all requests, so nobody knows what is open: {}",
                page.unreadable.join("; ")
            );
        }
        found.extend(page.items.into_iter().filter(|one| one.status != "pending"));
        if page.next.is_none() {
            return Ok(found);
        }
        cursor = page.next;
    }
}

fn files_in(folder: &Path) -> Option<usize> {
    let mut count = 0;
    for entry in std::fs::read_dir(folder).ok()? {
        let path = entry.ok()?.path();
        count += if path.is_dir() { files_in(&path)? } else { 1 };
    }
    Some(count)
}
