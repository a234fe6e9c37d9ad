//! Runs a sample cluster for tests: `sample-cluster DIR [NAMESPACES]`, with so many namespaces of which
//! each has a name of its own, or else with its usual ones.
//!
//! Writes its admin's kubeconfig into DIR, prints `KUBECONFIG=PATH` once it is ready, and runs until
//! stdin closes.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use bellhop_sample_cluster::{Options, SampleCluster};

#[tokio::main]
async fn main() -> Result<()> {
    let folder = std::env::args_os().nth(1).context("usage: sample-cluster DIR [NAMESPACES]")?;
    let mut options = Options::default();
    if let Some(count) = std::env::args().nth(2) {
        let count: usize = count.parse().context("NAMESPACES is a number")?;
        options.namespaces = (0..count).map(name).collect();
    }
    let cluster = SampleCluster::start(options).await?;
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

/// `billing-worker-eu-17`: words that people search for, and no two the same.
fn name(nth: usize) -> String {
    const TEAMS: [&str; 10] = [
        "billing", "checkout", "search", "identity", "ledger", "mail", "media", "orders",
        "shipping", "stock",
    ];
    const PARTS: [&str; 5] = ["api", "worker", "web", "cron", "cache"];
    const PLACES: [&str; 4] = ["eu", "us", "apac", "test"];
    let pick =
        |all: &[&'static str], by: usize| all.get(by % all.len()).copied().unwrap_or_default();
    let (team, part, place) = (pick(&TEAMS, nth), pick(&PARTS, nth / 10), pick(&PLACES, nth / 50));
    format!("{team}-{part}-{place}-{}", nth / 200)
}
