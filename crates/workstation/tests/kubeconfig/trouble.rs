//! T21 where something is in the way: one error that says what to do, and nothing half done.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use bellhop_workstation::kubeconfig::{
    KubeconfigError, LockWait, Options, add, list_contexts, use_context,
};

use crate::common::{FULL, entry, files, undo};

/// All three ways to touch a file fail, for the reason that the error's text has to name.
fn fails(path: &Path, expected: &str) {
    let wait = LockWait { limit: std::time::Duration::ZERO, ..LockWait::default() };
    let options = Options { wait, ..Options::default() };
    for error in [
        add(&files(path), &entry("prod"), options).unwrap_err(),
        use_context(&files(path), "b", wait).unwrap_err(),
    ] {
        let message = error.to_string();
        assert!(message.contains(expected), "{message}");
        assert!(message.contains(path.to_str().unwrap()), "{message}");
    }
}

fn two_contexts() -> String {
    FULL.replace("current-context", "- {name: b, context: {cluster: a, user: a}}\ncurrent-context")
}

fn names(folder: &Path) -> Vec<String> {
    let all = fs::read_dir(folder).unwrap();
    let mut all: Vec<_> =
        all.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    all.sort();
    all
}

#[test]
fn t21_whatever_is_in_the_way_is_named_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    symlink("config", &path).unwrap();
    fails(&path, "cannot");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    fails(&path, "is not a file");
    fs::remove_dir(&path).unwrap();
    let file = fs::File::create(&path).unwrap();
    file.set_len(17 * 1024 * 1024).unwrap();
    fails(&path, "larger than");
    fs::write(&path, two_contexts()).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    fails(&path, "chmod u+w");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(folder.path().join("config.lock"), "").unwrap();
    fails(&path, "rm -f");
    assert_eq!(fs::read_to_string(&path).unwrap(), two_contexts());
    assert_eq!(names(folder.path()), ["config", "config.lock"]);
}

#[test]
fn what_a_killed_bellhop_left_beside_the_file_is_removed_by_the_next_edit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    fs::write(&path, FULL).unwrap();
    let prod = entry("prod");
    // As kill -9 in the middle of an edit leaves it: its lock, and the new text with all secrets.
    fs::write(folder.path().join("config.lock"), "bellhop\n").unwrap();
    fs::write(folder.path().join(".config.bellhop-new"), "half").unwrap();
    let added = add(&files(&path), &prod, Options::default()).unwrap();
    assert_eq!(names(folder.path()), ["config"]);
    // Also by one that finds nothing to change.
    fs::write(folder.path().join(".config.bellhop-new"), "half").unwrap();
    add(&files(&path), &prod, Options::default()).unwrap();
    assert_eq!(names(folder.path()), ["config"]);
    undo(&added, &prod);
    assert_eq!(fs::read_to_string(&path).unwrap(), FULL);
    assert_eq!(names(folder.path()), ["config"]);
}

#[test]
fn t21_a_thousand_contexts_stay_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    let list =
        |text: &str| (0..1000).map(|n| text.replace('N', &n.to_string())).collect::<String>();
    let text = format!(
        "apiVersion: v1\nclusters:\n{}contexts:\n{}current-context: c7\nkind: Config\nusers:\n{}",
        list("- cluster:\n    server: https://N.example.com\n  name: cN\n"),
        list("- context:\n    cluster: cN\n    user: cN\n  name: cN\n"),
        list("- name: cN\n  user:\n    token: \"N\"\n"),
    );
    fs::write(&path, &text).unwrap();
    let prod = entry("prod");
    let options = Options { use_context: true, ..Options::default() };
    let added = add(&files(&path), &prod, options).unwrap();
    assert_eq!(list_contexts(&files(&path)).unwrap().len(), 1001);
    use_context(&files(&path), "c999", LockWait::default()).unwrap();
    undo(&added, &prod);
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        text.replace("current-context: c7", "current-context: c999")
    );
}

#[test]
fn a_name_that_is_almost_right_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    fs::write(&path, two_contexts().replace("name: b", "name: production")).unwrap();
    let wait = LockWait::default();
    let told = |name| use_context(&files(&path), name, wait).unwrap_err().to_string();
    assert!(told("prodution").contains("did you mean production?"), "{}", told("prodution"));
    assert!(!told("zzz").contains("did you mean"), "{}", told("zzz"));
    assert!(matches!(
        use_context(&files(&path), "", wait),
        Err(KubeconfigError::NoSuchContext { .. })
    ));
}
