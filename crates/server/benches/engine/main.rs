//! `cargo bench -p bellhop-server`: how much of the disk's durable commits the engine makes use of,
//! and how long people wait for an answer while thousands of grants expire.
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

use anyhow::Result;

fn main() -> Result<()> {
    // Also called by `cargo test`, which wants to know that it builds.
    if std::env::args().any(|argument| argument == "--test") {
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        lifecycles::run().await?;
        backlog::run().await
    })
}
