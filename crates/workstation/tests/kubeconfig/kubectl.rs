//! What we write is what kubectl reads, and what kubectl rewrites we still find.
//!
//! `BELLHOP_TEST_KUBECTL` names another kubectl than the one on PATH.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use bellhop_workstation::kubeconfig::{Options, Outcome, add, list_contexts};
use serde_json::{Value, json};

use crate::common::{CA, FULL, entry, files, shapes, undo};

pub(crate) fn program() -> std::ffi::OsString {
    std::env::var_os("BELLHOP_TEST_KUBECTL").unwrap_or_else(|| "kubectl".into())
}

pub(crate) fn available() -> bool {
    let mut version = Command::new(program());
    version.args(["version", "--client"]).stdout(Stdio::null()).stderr(Stdio::null());
    let found = version.status().is_ok_and(|status| status.success());
    if !found {
        let message = "no kubectl on PATH: not checked against kubectl";
        std::io::Write::write_all(&mut std::io::stderr(), message.as_bytes()).ok();
    }
    found
}

fn kubectl(file: &Path, args: &[&str]) -> String {
    let output = Command::new(program())
        .arg("--kubeconfig")
        .arg(file)
        .args(args)
        .env("HOME", file.parent().unwrap())
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "kubectl {args:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn t21_kubectl_reads_every_shape_with_ours_in_it() {
    if !available() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    for (title, text) in shapes() {
        fs::write(&path, &text).unwrap();
        let before = kubectl(&path, &["config", "get-contexts", "-o", "name"]);
        let prod = entry("prod");
        let added = add(&files(&path), &prod, Options::default()).unwrap();
        let after = kubectl(&path, &["config", "get-contexts", "-o", "name"]);
        let others: Vec<_> = after.lines().filter(|name| *name != "bellhop-prod").collect();
        assert_eq!(others, before.lines().collect::<Vec<_>>(), "{title}");
        assert_ne!(after, before, "{title}");
        undo(&added, &prod);
    }
}

fn of<'a>(view: &'a Value, list: &str, inner: &str) -> &'a Value {
    let items = view[list].as_array().unwrap();
    &items.iter().find(|item| item["name"] == "bellhop-prod").unwrap()[inner]
}

fn assert_meant(view: &Value) {
    let cluster = of(view, "clusters", "cluster");
    assert_eq!(cluster["server"], "https://k8s.example.com:6443");
    assert_eq!(cluster["certificate-authority-data"], CA);
    let context = of(view, "contexts", "context");
    assert_eq!(context["namespace"], "customer1");
    assert_eq!(context["user"], "bellhop-prod");
    let user = of(view, "users", "user");
    assert_eq!(user["exec"]["command"], "/opt/bell hop/bellhop");
    assert_eq!(user["exec"]["args"], json!(["credential", "--integration=é \"x\""]));
    for marked in [cluster, context, user] {
        assert_eq!(marked["extensions"][0]["extension"]["manager"], "bellhop");
    }
}

#[test]
fn kubectl_keeps_our_mark_when_it_rewrites_the_file() {
    if !available() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    fs::write(&path, FULL).unwrap();
    let prod = entry("prod");
    let added = add(&files(&path), &prod, Options::default()).unwrap();
    let view = ["config", "view", "--raw", "-o", "json"];
    assert_meant(&serde_json::from_str(&kubectl(&path, &view)).unwrap());
    kubectl(&path, &["config", "set-context", "mine", "--cluster=a", "--user=a"]);
    kubectl(&path, &["config", "use-context", "bellhop-prod"]);
    assert_meant(&serde_json::from_str(&kubectl(&path, &view)).unwrap());
    let listed = list_contexts(&files(&path)).unwrap();
    assert!(listed.iter().any(|context| context.ours && context.current));
    let again = add(&files(&path), &prod, Options::default()).unwrap();
    assert_ne!(again.outcome, Outcome::Created);
    assert!(undo(&added, &prod).found);
    let names = kubectl(&path, &["config", "get-contexts", "-o", "name"]);
    assert_eq!(names, "a\nmine\n");
}

#[test]
fn t21_a_file_we_made_goes_even_after_kubectl_rewrote_it() {
    if !available() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    let prod = entry("prod");
    let added = add(&files(&path), &prod, Options::default()).unwrap();
    kubectl(&path, &["config", "set-context", "mine", "--cluster=x"]);
    kubectl(&path, &["config", "delete-context", "mine"]);
    assert!(undo(&added, &prod).file_deleted, "{}", fs::read_to_string(&path).unwrap());
    assert!(!path.exists());
}

#[test]
fn kubectl_and_we_respect_the_same_lock() {
    if !available() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    fs::write(&path, FULL).unwrap();
    let lock = folder.path().join("config.lock");
    fs::write(&lock, "").unwrap();
    let change = ["config", "set-context", "mine", "--cluster=a"];
    let mut refused = Command::new(program());
    refused.arg("--kubeconfig").arg(&path).args(change);
    let refused = refused.output().unwrap();
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("config.lock"));
    fs::remove_file(&lock).unwrap();
    kubectl(&path, &change);
}
