//! A copy of the SQLite store that something can be restored from.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection as _, SqliteConnection, SqlitePool};

use crate::audit::{self, Head, Verdict};
use crate::sqlite::{Sqlite, refuse_newer};
use crate::tx::{Inner, Open};
use crate::{StoreError, Tx};

/// Copies a store that this program has open.
pub(crate) async fn of_open(sqlite: &Sqlite, to: &Path) -> Result<Head, StoreError> {
    match sqlite.glance().await? {
        Inner::Sqlite(mut open) => make(&mut open, to).await,
        Inner::Postgres(_) => Err(StoreError::NoBackup),
    }
}

/// Copies the store in `file`, which another program may have open and go on writing. Reading is
/// all that is done to it; beside it, SQLite may leave an empty log of changes, which belongs there.
pub(crate) async fn of_file(file: &Path, to: &Path) -> Result<Head, StoreError> {
    if !file.is_file() {
        return Err(StoreError::NoStore { path: file.to_owned() });
    }
    let options = SqliteConnectOptions::from_str("sqlite:")?
        .filename(file)
        .read_only(true)
        .busy_timeout(Duration::from_secs(5))
        .disable_statement_logging();
    let mut connection = options.connect().await?;
    let made = async {
        refuse_newer(&mut connection, file).await?;
        make(&mut connection, to).await
    };
    let made = made.await;
    connection.close().await?;
    made
}

/// Makes a sound copy at `to`, or leaves nothing there.
async fn make(store: &mut SqliteConnection, to: &Path) -> Result<Head, StoreError> {
    let partial = reserve(to).map_err(not_written(to))?;
    let made = async {
        copy(store, &partial, to).await?;
        let head = check(&partial).await?;
        let (from, into) = (partial.clone(), to.to_owned());
        let published = tokio::task::spawn_blocking(move || publish(&from, &into)).await;
        published.map_err(io::Error::other).flatten().map_err(not_written(to))?;
        Ok(head)
    };
    let made = made.await;
    if made.is_err() {
        // Whatever went wrong is worth more than that this does, too.
        drop(fs::remove_file(&partial));
    }
    made
}

/// Reads a backup without touching it.
pub(crate) async fn check(file: &Path) -> Result<Head, StoreError> {
    let bad = |why: String| StoreError::BadBackup { path: file.to_owned(), why };
    let options = SqliteConnectOptions::from_str("sqlite:")?
        .filename(file)
        .read_only(true)
        // Nobody writes it: no journal is looked for, and none is made beside it.
        .immutable(true)
        .disable_statement_logging();
    let pool = SqlitePool::connect_with(options).await.map_err(|e| bad(e.to_string()))?;
    let found = read(&pool, file).await;
    pool.close().await;
    match found {
        Ok(Verdict::Intact(head)) => Ok(head),
        Ok(Verdict::Broken { seq, why }) => {
            Err(bad(format!("its audit chain breaks at row {seq}: {why}")))
        }
        Err(StoreError::Database(error)) => Err(bad(error.to_string())),
        Err(error) => Err(error),
    }
}

async fn read(pool: &SqlitePool, file: &Path) -> Result<Verdict, StoreError> {
    let mut connection = pool.acquire().await?;
    whole(&mut connection, file).await?;
    refuse_newer(&mut connection, file).await?;
    let inner = Inner::Sqlite(Open::Connection(connection));
    audit::verify(&mut Tx::timeless(inner)).await
}

/// Every page is there and every index fits its table.
async fn whole(connection: &mut SqliteConnection, file: &Path) -> Result<(), StoreError> {
    let (found,): (String,) =
        sqlx::query_as("PRAGMA integrity_check(1)").fetch_one(connection).await?;
    if found == "ok" {
        return Ok(());
    }
    Err(StoreError::BadBackup { path: file.to_owned(), why: found })
}

async fn copy(store: &mut SqliteConnection, partial: &Path, to: &Path) -> Result<(), StoreError> {
    let name = partial.to_str().ok_or_else(|| io::Error::other("its path is not UTF-8"));
    let name = name.map_err(not_written(to))?;
    // The file is there and empty, which SQLite accepts; so it has its mode from the start.
    sqlx::query("VACUUM INTO $1").bind(name).execute(store).await?;
    Ok(())
}

/// Makes an empty file beside `to` that only its owner may read.
fn reserve(to: &Path) -> io::Result<PathBuf> {
    if to.symlink_metadata().is_ok() {
        return Err(io::Error::new(
            io::ErrorKind::AlreadyExists,
            "there is a file of that name, and backups replace nothing",
        ));
    }
    let name = to.file_name().ok_or_else(|| io::Error::other("this is not the path of a file"))?;
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".{:08x}.partial", rand::random::<u32>()));
    let partial = to.with_file_name(hidden);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&partial)?;
    Ok(partial)
}

/// Puts the copy on the disk, and only then under its name.
fn publish(partial: &Path, to: &Path) -> io::Result<()> {
    File::open(partial)?.sync_all()?;
    fs::rename(partial, to)?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
    #[cfg(unix)]
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(())
}

fn not_written(to: &Path) -> impl Fn(io::Error) -> StoreError {
    |source| StoreError::BackupNotWritten { path: to.to_owned(), source }
}
