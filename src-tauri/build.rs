//! Checks `tauri.conf.json` and the capabilities, and compiles them in.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    // With a pattern of our own, tauri-build no longer watches the folder by itself.
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    let attributes =
        tauri_build::Attributes::new().capabilities_path_pattern("src-tauri/capabilities/*.json");
    tauri_build::try_build(attributes)?;
    Ok(())
}
