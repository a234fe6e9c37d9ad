//! The log of a backend that has no terminal: a file a day.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;

use anyhow::Context as _;
use bellhop_workstation::home::Home;
use tracing_appender::rolling::{RollingFileAppender, Rotation};

const NAME: &str = "backend";
const ENDING: &str = "log";
/// Days of which the log is kept.
const KEPT: usize = 7;

/// Writes to the log of this home.
pub(crate) fn writer(home: &Home) -> anyhow::Result<RollingFileAppender> {
    let builder = RollingFileAppender::builder().rotation(Rotation::DAILY).max_log_files(KEPT);
    let builder = builder.filename_prefix(NAME).filename_suffix(ENDING);
    builder.build(home.log_dir()).context("opening the log")
}

/// The files there are, the oldest first.
pub(crate) fn files(home: &Home) -> anyhow::Result<Vec<PathBuf>> {
    let folder = home.log_dir();
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).context(folder.display().to_string()),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.with_context(|| folder.display().to_string())?.path();
        if path.extension().is_some_and(|ending| ending == ENDING) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The last lines of these files.
pub(crate) fn last_lines(files: &[PathBuf], count: usize) -> anyhow::Result<VecDeque<String>> {
    let mut last = VecDeque::new();
    for path in files {
        let file = File::open(path).with_context(|| path.display().to_string())?;
        for line in BufReader::new(file).lines() {
            last.push_back(line.with_context(|| path.display().to_string())?);
            if last.len() > count {
                last.pop_front();
            }
        }
    }
    Ok(last)
}
