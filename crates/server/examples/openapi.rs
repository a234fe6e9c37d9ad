//! Writes the description of the API: `cargo run -p bellhop-server --example openapi FILE`, or
//! `make generate`.

use anyhow::Context;

fn main() -> anyhow::Result<()> {
    let file = std::env::args_os().nth(1).context("say which file to write")?;
    let text = serde_json::to_string_pretty(&bellhop_server::http::openapi())?;
    std::fs::write(&file, text + "\n").with_context(|| file.display().to_string())
}
