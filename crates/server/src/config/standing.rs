//! How a backend stands to its configuration: which folder is its own, and whether it reads.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use bellhop_store::configuration::{self, Origin, Text};
use bellhop_store::integrations::{self, Owner};
use bellhop_store::{StoreError, Tx};

use super::folder::{Source, texts};
use super::put::without_a_person;
use super::{Config, ConfigError, check_beside};
use crate::app::{App, AppError};

/// A backend's own folder, and what is wrong with its configuration.
#[derive(Debug, Default)]
pub struct Standing {
    folder: OnceLock<PathBuf>,
    /// In memory: it is about this backend's own files, and each start looks anew.
    unread: Mutex<Option<String>>,
}

impl Standing {
    /// This backend's own configuration folder; none where it was never started on one.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.get().map(PathBuf::as_path)
    }

    /// What is wrong with the configuration. While something is, no new access is given.
    pub fn unread(&self) -> Option<String> {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set(&self, unread: Option<String>) {
        *self.unread.lock().unwrap_or_else(PoisonError::into_inner) = unread;
    }
}

/// Puts in force what counts at a start: the files of the backend's own folder, or where it has none
/// what was applied last. When that does not read, what is in force stays so, and from then on no
/// new access is given: whoever holds access has to be able to lose it all the same.
pub async fn at_start(app: &App, folder: &Path) -> Result<(), AppError> {
    app.configuration.folder.get_or_init(|| folder.to_owned());
    let own = texts(folder);
    let mut tx = app.store.write().await?;
    let beside = made_by_hand(&mut tx).await?;
    let read = match own {
        Ok(own) if !own.is_empty() => {
            let read = check_beside(&own, &beside).map_err(|e| e.inside(folder));
            read.map(|config| (config, Origin::Folder, own))
        }
        Ok(_) => match configuration::in_force(&mut tx).await? {
            Some((Origin::Applied, kept)) => applied(kept, &beside),
            // The files of a folder that has none any more are gone.
            Some((Origin::Folder, _)) | None => Ok((Config::default(), Origin::Folder, Vec::new())),
        },
        Err(error) => Err(error),
    };
    match read {
        Ok((config, origin, sources)) => {
            without_a_person(app, &mut tx, &config).await?;
            configuration::replace(&mut tx, origin, &kept(sources)).await?;
            app.commit(tx).await?;
            app.configuration.set(None);
        }
        Err(error) => {
            tracing::error!(%error, "the configuration does not read: no new access is given");
            app.configuration.set(Some(error.to_string()));
        }
    }
    Ok(())
}

fn applied(
    kept: Vec<Text>,
    beside: &[String],
) -> Result<(Config, Origin, Vec<Source>), ConfigError> {
    let source = |Text { name, content }| Source { name, text: content };
    let sources: Vec<_> = kept.into_iter().map(source).collect();
    let config = check_beside(&sources, beside)?;
    Ok((config, Origin::Applied, sources))
}

/// As the store keeps them.
pub(crate) fn kept(sources: Vec<Source>) -> Vec<Text> {
    sources.into_iter().map(|Source { name, text }| Text { name, content: text }).collect()
}

/// The integrations that are no file's: flows may name them all the same.
pub(crate) async fn made_by_hand(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    let all = integrations::all(tx).await?.into_iter();
    Ok(all.filter(|one| one.owner == Owner::Ui).map(|one| one.name).collect())
}
