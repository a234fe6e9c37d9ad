//! Several files in `KUBECONFIG`: chosen, read and switched as kubectl does.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use bellhop_workstation::kubeconfig::{
    KubeconfigError, KubeconfigFiles, LockWait, Options, add, list_contexts, use_context,
};

use crate::common::{FULL, entry, undo};
use crate::kubectl::{available, program};

fn listed(paths: &[&Path]) -> KubeconfigFiles {
    KubeconfigFiles::new(paths.iter().map(|path| path.to_path_buf()).collect()).unwrap()
}

fn named(name: &str, current: &str) -> String {
    let text = FULL.replace("current-context: a\n", current);
    text.replace("name: a\n", &format!("name: {name}\n"))
}

/// Files of a folder and what they hold.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut all: Vec<_> = all.map(|path| (path.clone(), fs::read(&path).unwrap())).collect();
    all.sort();
    all
}

#[test]
fn t21_a_switch_changes_the_file_that_kubectl_would_change_and_means_the_same() {
    if !available() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (one, two) = (path("one"), path("two"));
    let (gone, twin) = (path("gone"), path("twin"));
    let layouts: [&[&Path]; 4] =
        [&[&one, &one, &two], &[&gone, &two, &one], &[&twin, &one], &[&gone, &one]];
    let cases = layouts.iter().flat_map(|layout| ["a", "b"].map(|name| (*layout, name)));
    for (layout, name) in cases {
        for current in ["current-context: a\n", ""] {
            let start = || {
                fs::remove_file(&twin).ok();
                fs::write(&one, named("b", current)).unwrap();
                fs::write(&two, FULL).unwrap();
                symlink("two", &twin).unwrap();
            };
            start();
            let before = contents(folder.path());
            let list = std::env::join_paths(layout).unwrap();
            let kubectl = |args: &[&str]| {
                let mut kubectl = Command::new(program());
                kubectl.env("KUBECONFIG", &list).env("HOME", folder.path());
                let output = kubectl.arg("config").args(args).output().unwrap();
                (output.status.success(), String::from_utf8(output.stdout).unwrap())
            };
            let changed = || {
                let now = contents(folder.path());
                let pairs = now.iter().zip(&before).filter(|(now, old)| now != old);
                pairs.map(|(now, _)| now.0.clone()).collect::<Vec<_>>()
            };
            let theirs = (kubectl(&["use-context", name]).0, changed());
            start();
            let ours = use_context(&listed(layout), name, LockWait::default());
            assert_eq!((ours.is_ok(), changed()), theirs, "{layout:?} {current:?} {name}");
            if ours.is_ok() {
                assert_eq!(kubectl(&["current-context"]).1.trim(), name, "{layout:?} {current:?}");
            }
        }
    }
}

#[test]
fn t21_only_the_file_that_is_added_to_changes() {
    let folder = tempfile::tempdir().unwrap();
    let [gone, one, two] = ["gone", "one", "two"].map(|name| folder.path().join(name));
    fs::write(&one, named("b", "")).unwrap();
    fs::write(&two, FULL).unwrap();
    let files = listed(&[&gone, &one, &two]);
    let before = contents(folder.path());
    let prod = entry("prod");
    let options = Options { use_context: true, ..Options::default() };
    let added = add(&files, &prod, options).unwrap();
    assert_eq!(added.path, one);
    assert_eq!(fs::read_to_string(&two).unwrap(), FULL);
    let names: Vec<_> = list_contexts(&files).unwrap().into_iter().map(|c| c.name).collect();
    assert_eq!(names, ["bellhop-prod", "b", "a"]);
    undo(&added, &prod);
    assert_eq!(contents(folder.path()), before);
}

#[test]
fn one_file_that_does_not_read_is_named_and_no_other_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    let [good, broken] = ["good", "broken"].map(|name| folder.path().join(name));
    fs::write(&good, FULL).unwrap();
    for text in ["contexts: [\n", "- a\n", "contexts: text\n"] {
        fs::write(&broken, text).unwrap();
        let before = contents(folder.path());
        let files = listed(&[&good, &broken]);
        let wait = LockWait::default();
        for error in [
            add(&files, &entry("prod"), Options::default()).unwrap_err(),
            use_context(&files, "a", wait).unwrap_err(),
            list_contexts(&files).unwrap_err(),
        ] {
            assert!(matches!(&error, KubeconfigError::Invalid { path, .. } if *path == broken));
        }
        assert_eq!(contents(folder.path()), before);
    }
}
