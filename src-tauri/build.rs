//! Checks `tauri.conf.json`, the capabilities and the permissions, and compiles them in.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    // With patterns of our own, tauri-build no longer watches the folders by itself.
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=src-tauri/permissions");
    let permissions = "src-tauri/permissions/*.toml";
    let manifest = tauri_build::AppManifest::new().permissions_path_pattern(permissions);
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("src-tauri/capabilities/*.json")
        .app_manifest(manifest);
    tauri_build::try_build(attributes)?;
    Ok(())
}
