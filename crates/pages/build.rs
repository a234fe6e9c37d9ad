//! Looks whether there are pages to take in, and has them taken in anew when they change.

use std::path::Path;

fn main() -> Result<(), String> {
    if std::env::var_os("CARGO_FEATURE_EMBEDDED").is_none() {
        return Ok(());
    }
    // The folder, because a file that is new changes none that is known.
    println!("cargo:rerun-if-changed=../../ui/dist");
    if Path::new("../../ui/dist/index.html").is_file() {
        return Ok(());
    }
    Err("the pages are not built. Build them first: npm --prefix ui ci, then npm --prefix ui run build"
        .to_owned())
}
