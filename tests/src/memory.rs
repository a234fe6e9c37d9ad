//! How much memory a process takes.

use std::fs;

use anyhow::{Context, Result};

/// The most that process `id` held in memory since it began, in KiB. Linux alone says so.
pub fn peak(id: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let size = line.context("no VmHWM")?.trim().trim_end_matches("kB").trim();
    Ok(size.parse()?)
}
