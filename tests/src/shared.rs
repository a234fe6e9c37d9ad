//! One cluster for all tests of a file.

use std::sync::OnceLock;

use anyhow::Result;

use crate::cluster::{Cluster, Options};
use crate::counterparties;
use crate::scratch::Scratch;

/// A cluster that the tests of this program share, started by the first that asks; `None` when
/// there is none to be had (see [`counterparties::assets`]).
///
/// Keep to namespaces of your own (`cluster.seed("myname")`), and start a cluster of your own to
/// stop or restart parts of it. A static is never dropped: the servers end because their parent
/// does (see [`crate::process`]), and the folder is swept by the next run.
pub fn shared() -> Result<Option<&'static Cluster>> {
    static SHARED: OnceLock<std::result::Result<Option<Shared>, String>> = OnceLock::new();
    let shared = SHARED.get_or_init(|| start().map_err(|error| format!("{error:#}")));
    match shared {
        Ok(shared) => Ok(shared.as_ref().map(|shared| &shared.cluster)),
        Err(error) => Err(anyhow::Error::msg(error)),
    }
}

struct Shared {
    cluster: Cluster,
    _scratch: Scratch,
}

fn start() -> Result<Option<Shared>> {
    let Some(assets) = counterparties::assets()? else {
        return Ok(None);
    };
    let scratch = Scratch::new()?;
    let cluster = Cluster::start(&assets, &scratch.path().join("kube"), &Options::default())?;
    Ok(Some(Shared { cluster, _scratch: scratch }))
}
