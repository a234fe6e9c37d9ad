//! `bellhop backup`

use std::path::{Path, PathBuf};

use bellhop_api::{Client, ClientError};
use bellhop_server::{Place, Store, StoreError};
use bellhop_workstation::home::Home;
use serde_json::json;

use crate::args::{self, Format};
use crate::{output, place};

/// Copies the store into a new file. It reads the store's file and nothing else: SQLite gives a
/// reader one picture while others write, and nothing is migrated, locked or otherwise changed,
/// whichever version of the backend runs on it.
pub(crate) async fn run(home: &Home, format: Format, ask: args::Backup) -> anyhow::Result<()> {
    let Some(store) = store(home, &ask.database).await? else {
        return Err(StoreError::NoBackup.into());
    };
    let head = Store::backup_file(&store, &ask.file).await?;
    let file = std::path::absolute(&ask.file)?;
    let answer = json!({ "file": file, "seq": head.seq, "head": head.hash });
    if !output::for_programs(format, &answer)? {
        output::line(format!(
            "{} holds what {} held, up to row {} of the audit log, and was read back. Head {}",
            file.display(),
            store.display(),
            head.seq,
            head.hash
        ));
    }
    Ok(())
}

/// The store's file; none when it is a PostgreSQL database. A running backend knows best where its
/// store is: the usual file may be a stale one.
async fn store(home: &Home, ask: &args::Database) -> anyhow::Result<Option<PathBuf>> {
    let place = match place::named(ask)? {
        Some(place) => place,
        None => match Client::on_socket(&home.socket())?.store().await {
            Ok(store) => return Ok(store.file.map(PathBuf::from)),
            Err(ClientError::Unreachable(_)) => Place::File(home.store_file()),
            Err(error) => return Err(error.into()),
        },
    };
    Ok(match place {
        Place::File(file) => Some(Path::new(&file).to_owned()),
        Place::Postgres(_) => None,
    })
}
