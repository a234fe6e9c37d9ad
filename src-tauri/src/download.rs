//! A file in the downloads, never over another one.

use std::io;
use std::path::{Path, PathBuf};

use bellhop_api::{Client, ExportFormat, ExportQuery};
use tokio::fs::{File, OpenOptions};
use tokio::io::AsyncWriteExt as _;

/// Files of one name that are there at most.
const MOST: u32 = 1_000;

/// Writes the audit log as it arrives; answers the file's name. One that breaks off leaves no file.
pub async fn log(
    client: &Client,
    folder: &Path,
    name: (&str, &str),
    format: ExportFormat,
) -> Result<String, String> {
    let query = ExportQuery { format, ..ExportQuery::default() };
    let mut export = client.export_audit(&query).await.map_err(|error| error.to_string())?;
    let (path, mut file) = fresh(folder, name).await.map_err(|error| failed(folder, &error))?;
    let written = async {
        while let Some(part) = export.next().await.map_err(|error| error.to_string())? {
            file.write_all(&part).await.map_err(|error| failed(&path, &error))?;
        }
        file.flush().await.map_err(|error| failed(&path, &error))
    };
    if let Err(why) = written.await {
        // Half a log looks like a whole one.
        tokio::fs::remove_file(&path).await.ok();
        return Err(why);
    }
    Ok(path.display().to_string())
}

/// A new file for this user alone, under a name that is free.
async fn fresh(folder: &Path, (name, end): (&str, &str)) -> io::Result<(PathBuf, File)> {
    tokio::fs::create_dir_all(folder).await?;
    for count in 1..=MOST {
        let more = if count == 1 { String::new() } else { format!("-{count}") };
        let path = folder.join(format!("{name}{more}.{end}"));
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).await {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn failed(path: &Path, error: &io::Error) -> String {
    format!("{} could not be written: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_that_is_there_is_never_written_over() {
        let folder = std::env::temp_dir().join(uuid::Uuid::new_v4().to_string());
        let mut names = Vec::new();
        for _ in 0..3 {
            let (path, _) = fresh(&folder, ("log", "csv")).await.expect("made");
            names.push(path.file_name().map(|name| name.to_string_lossy().into_owned()));
        }
        tokio::fs::remove_dir_all(&folder).await.expect("gone");
        let wanted = ["log.csv", "log-2.csv", "log-3.csv"].map(|name| Some(name.to_owned()));
        assert_eq!(names, wanted);
    }
}
