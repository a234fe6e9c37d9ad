//! `cargo bench -p bellhop-server`: how much of the disk's durable commits the engine makes use of,
//! how long people wait for an answer while thousands of grants expire, and for a search over many
//! targets. With the word `search` it measures that alone.
//!
//! Ratios to a reference of the same run are what counts; times are those of this machine at this
//! moment. The connected system answers at once, so that nothing but the engine is measured.

#![expect(clippy::print_stdout, reason = "it prints what it measured")]

mod backend;
mod backlog;
#[path = "../../tests/support/fake.rs"]
mod fake;
mod figures;
mod lifecycles;
mod search;

use anyhow::Result;

fn main() -> Result<()> {
    // Also called by `cargo test`, which wants to know that it builds.
    if std::env::args().any(|argument| argument == "--test") {
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        if std::env::args().any(|argument| argument == "search") {
            return search::run().await;
        }
        lifecycles::run().await?;
        backlog::run().await?;
        search::run().await
    })
}
