//! Kubeconfigs for one shell or one command: they hold one context of Bellhop's, and nothing
//! secret. The user's own files and their current context are not touched.
//!
//! They are in the same list as every context that was added, so that the agent takes them away at
//! the end of the access, also when whoever made them was killed.

use std::path::{Path, PathBuf};

use bellhop_api::{Client, KubernetesAccess, ListQuery, Request};
use bellhop_workstation::home::Home;
use bellhop_workstation::kubeconfig::{Contexts, KubeconfigFiles};

use crate::{contexts, session};

/// A kubeconfig with one context, which is the current one there.
#[derive(Debug)]
pub(crate) struct Isolated {
    pub(crate) path: PathBuf,
    pub(crate) context: String,
}

/// Makes the file `name`, or brings it up to date.
pub(crate) fn make(
    home: &Home,
    number: &str,
    access: &KubernetesAccess,
    name: impl FnOnce(&str) -> String,
) -> anyhow::Result<Isolated> {
    home.prepare()?;
    let context = contexts::name(access)?;
    let path = home.isolated_dir().join(name(&context));
    let files = KubeconfigFiles::new(vec![path.clone()])?;
    contexts::add_to(home, &files, number, access, true)?;
    Ok(Isolated { path, context })
}

/// Takes the file away.
pub(crate) fn remove(home: &Home, path: &Path) -> anyhow::Result<()> {
    Contexts::new(home).release_file(path)?;
    Ok(())
}

/// The caller's own open requests, newest first.
pub(crate) async fn open_requests(home: &Home, client: &Client) -> anyhow::Result<Vec<Request>> {
    let me = session::reached(home, client.me().await)?;
    let mut all = Vec::new();
    let mut cursor = None;
    loop {
        let query = ListQuery { open: true, cursor, limit: Some(200) };
        let page = client.list_requests(&query).await?;
        all.extend(page.items.into_iter().filter(|request| request.requester == me.handle));
        cursor = page.next;
        if cursor.is_none() {
            return Ok(all);
        }
    }
}
