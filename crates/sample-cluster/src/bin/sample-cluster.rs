//! Runs a sample cluster for tests: `sample-cluster DIR [NAMESPACE…]`.
//!
//! Its files are in DIR. Prints `KUBECONFIG=PATH` once it is ready, and runs until stdin closes.

use std::io::Write as _;
use std::path::PathBuf;

use bellhop_sample_cluster::{Options, SampleCluster};

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut words = std::env::args().skip(1);
    let folder = PathBuf::from(words.next().ok_or("usage: sample-cluster DIR [NAMESPACE…]")?);
    let mut options = Options { folder: Some(folder.clone()), ..Options::default() };
    let namespaces: Vec<String> = words.collect();
    if !namespaces.is_empty() {
        options.namespaces = namespaces;
    }
    let cluster = SampleCluster::start(options).await?;
    let file = folder.join("admin.kubeconfig");
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
