//! Connecting with the admin contexts that people have: exec plugins above all.

#![expect(clippy::indexing_slicing, reason = "JSON without the key is null, and fails the test")]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::Result;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bellhop_e2e::cluster::Cluster;
use bellhop_e2e::installation::{INTEGRATION, Installation, Ran};
use bellhop_e2e::scratch::Scratch;
use bellhop_e2e::shared::shared;

/// A kubeconfig whose `admin@real` signs in with the plugin `sign-in`, found on PATH.
fn kubeconfig(cluster: &Cluster, mode: &str) -> String {
    format!(
        r"apiVersion: v1
kind: Config
clusters:
- name: real
  cluster:
    server: {}
    certificate-authority-data: {}
contexts:
- name: admin@real
  context: {{cluster: real, user: admin}}
users:
- name: admin
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: sign-in
      interactiveMode: {mode}
      installHint: Get sign-in from your platform team.
",
        cluster.url(),
        BASE64_STANDARD.encode(cluster.ca_pem()),
    )
}

/// The plugin, as a shell script in a folder of its own.
fn plugin(folder: &Path, script: &str) -> Result<()> {
    fs::create_dir_all(folder)?;
    let file = folder.join("sign-in");
    fs::write(&file, format!("#!/bin/sh\n{script}\n"))?;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755))?;
    Ok(())
}

fn credential(token: &str, until: &str) -> String {
    format!(
        r#"echo '{{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{{"token":"{token}","expirationTimestamp":"{until}"}}}}'"#
    )
}

/// Connects with this plugin, whose folder is on the shell's PATH and not on the backend's.
fn connect(cluster: &Cluster, mode: &str, script: Option<&str>) -> Result<(Ran, Scratch)> {
    let scratch = Scratch::new()?;
    let text = kubeconfig(cluster, mode);
    let mut installation = Installation::with_kubeconfig(scratch.path(), text.as_bytes(), &["x1"])?;
    installation.start()?;
    let bin = scratch.path().join("bin");
    if let Some(script) = script {
        plugin(&bin, script)?;
    }
    let path = format!("{}:/usr/bin:/bin", bin.display());
    let words = ["connect", "kubernetes", INTEGRATION, "--yes"];
    let ran = installation.run_with(words, &[("PATH", OsStr::new(&path))])?;
    if ran.code == 0 {
        let status = installation.json(["integrations"])?;
        assert_eq!(status["items"][0]["status"], "active", "{status}");
    }
    Ok((ran, scratch))
}

#[test]
fn a_good_exec_plugin_is_used_once() -> Result<()> {
    let Some(cluster) = shared()? else { return Ok(()) };
    let script = credential(cluster.admin_token(), "2999-01-01T00:00:00Z");
    let (ran, _scratch) = connect(cluster, "IfAvailable", Some(&script))?;
    ran.ok()?;
    Ok(())
}

#[test]
fn an_exec_plugin_that_cannot_be_used_says_why_and_what_to_do() -> Result<()> {
    let Some(cluster) = shared()? else { return Ok(()) };
    let expired = credential(cluster.admin_token(), "2020-01-01T00:00:00Z");
    let failing = "echo 'your session is over, run sign-in login' >&2; exit 3";
    let good = credential(cluster.admin_token(), "2999-01-01T00:00:00Z");
    for (mode, script, says) in [
        ("IfAvailable", None, vec!["sign-in", "PATH", "Get sign-in from your platform team"]),
        ("IfAvailable", Some(expired.as_str()), vec!["ended at 2020-01-01", "Sign in again"]),
        ("IfAvailable", Some(failing), vec!["your session is over, run sign-in login"]),
        ("Always", Some(good.as_str()), vec!["interact", "admin@real"]),
    ] {
        let (ran, _scratch) = connect(cluster, mode, script)?;
        assert_ne!(ran.code, 0, "{}", ran.stdout);
        for word in says {
            assert!(ran.stderr.contains(word), "{word:?} is not in {:?}", ran.stderr);
        }
    }
    Ok(())
}
