//! Who gets in: the socket is for one user, asked of the kernel.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use bellhop_e2e::installation::{Installation, bellhop};

fn mode(path: &Path) -> Result<u32> {
    Ok(fs::metadata(path)?.permissions().mode() & 0o777)
}

fn open_to_all(path: &Path, mode: u32) -> Result<()> {
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(mode))?)
}

#[test]
fn what_the_backend_makes_is_for_its_user_alone() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut installation = Installation::with_kubeconfig(folder.path(), b"", &["x1"])?;
    installation.start()?;
    let home = installation.home();
    for (path, expected) in
        [("run", 0o700), ("data", 0o700), ("run/api.sock", 0o600), ("data/bellhop.db", 0o600)]
    {
        assert_eq!(mode(&home.join(path))?, expected, "{path}");
    }
    Ok(())
}

#[test]
fn a_second_backend_is_refused_and_a_dead_one_leaves_no_hindrance() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut installation = Installation::with_kubeconfig(folder.path(), b"", &["x1"])?;
    installation.start()?;
    let second = installation.run(["serve"])?;
    assert_eq!(second.code, 1);
    assert!(second.stderr.contains("a backend is already running"), "{}", second.stderr);
    installation.kill()?;
    let nobody = installation.run(["list"])?;
    assert_eq!(nobody.code, 5);
    assert!(nobody.stderr.contains("Start one with: bellhop --home"), "{}", nobody.stderr);
    installation.start()?;
    installation.run(["list"])?.ok()?;
    Ok(())
}

#[test]
fn p12_a_configuration_with_an_error_gives_nobody_anything_and_lets_everything_end() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut installation = Installation::with_kubeconfig(folder.path(), b"", &["x1"])?;
    installation.start()?;
    installation.stop()?;
    for (text, says) in [
        ("[[flow]]\nid = \"x\"\napporval = {}\n", "Did you mean `approval`?"),
        ("[[flow]]\nid = \"x\"\n", "missing field"),
        ("[[flow\n", "line 1"),
    ] {
        installation.configure("zz.toml", text)?;
        installation.start()?;
        // Nobody gets anything new, also of what was allowed before.
        let ask = ["request", "k8s-real/namespace/x1:edit", "--reason", "why"];
        let refused = installation.run(ask)?;
        assert_eq!(refused.code, 1, "{}", refused.stderr);
        let doctor = installation.run(["doctor"])?;
        let status = installation.run(["status"])?.ok()?;
        for told in [&refused.stderr, &doctor.stdout, &status.stdout] {
            for part in [says, "zz.toml", "bellhop apply"] {
                assert!(told.contains(part), "{part} is not in {told}");
            }
        }
        // Whoever has access can still see and end it.
        installation.run(["list"])?.ok()?;
        let nothing = installation.run(["end", "R-1001"])?;
        assert_eq!(nothing.code, 4, "it looked for the request: {}", nothing.stderr);
        // What is corrected counts at once.
        installation.configure("zz.toml", "")?;
        installation.run(["apply", "--yes"])?.ok()?;
        assert!(!installation.run(["status"])?.ok()?.stdout.contains("No new access"));
        installation.stop()?;
    }
    Ok(())
}

#[test]
fn a_runtime_folder_that_others_can_write_is_refused() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let installation = Installation::with_kubeconfig(folder.path(), b"", &["x1"])?;
    let run = installation.home().join("run");
    fs::create_dir(&run)?;
    open_to_all(&run, 0o777)?;
    let refused = installation.run(["serve"])?;
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("chmod"), "{}", refused.stderr);
    Ok(())
}

#[test]
fn p01_another_user_of_this_machine_is_nobody_even_with_the_door_open() -> Result<()> {
    if !rustix::process::geteuid().is_root() {
        // Not eprintln: libtest would hide the line of a test that passes.
        writeln!(std::io::stderr(), "Not run: becoming another user (needs root)")?;
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let mut installation = Installation::with_kubeconfig(folder.path(), b"", &["x1"])?;
    installation.start()?;
    let program = folder.path().join("bellhop");
    fs::copy(bellhop()?, &program)?;
    // Everything that keeps others out but the kernel's word on who is calling.
    let home = installation.home();
    let folders = [folder.path(), home, &home.join("run"), &home.join("data")];
    folders.iter().try_for_each(|path| open_to_all(path, 0o755))?;
    open_to_all(&home.join("run/api.sock"), 0o666)?;
    let output = Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(&program)
        .args(["--home".as_ref(), home.as_os_str(), "list".as_ref()])
        .output()
        .context("becoming another user")?;
    let stderr = String::from_utf8(output.stderr)?;
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    assert!(stderr.contains("serves only the user it runs as"), "{stderr}");
    Ok(())
}
