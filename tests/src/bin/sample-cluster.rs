//! Runs a sample cluster for tests: `sample-cluster DIR`.
//!
//! Writes its admin's kubeconfig into DIR, prints `KUBECONFIG=PATH` once it is ready, and runs until
//! stdin closes.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use bellhop_sample_cluster::{Options, SampleCluster};

#[tokio::main]
async fn main() -> Result<()> {
    let folder = std::env::args_os().nth(1).context("usage: sample-cluster DIR")?;
    let cluster = SampleCluster::start(Options::default()).await?;
    let file = PathBuf::from(folder).join("admin.kubeconfig");
    std::fs::write(&file, cluster.kubeconfig())?;
    let mut out = std::io::stdout();
    writeln!(out, "KUBECONFIG={}", file.display())?;
    out.flush()?;
    // A failing stdin is as closed as one at its end.
    let closed = || std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
    tokio::task::spawn_blocking(closed).await?.ok();
    cluster.shutdown().await;
    Ok(())
}
