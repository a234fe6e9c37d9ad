//! T21: every byte of a kubeconfig that is not ours stays, whatever the file looks like.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use crate::common::{FULL, entry, files, ledger_entry, shapes, undo};
use bellhop_workstation::kubeconfig::{
    CurrentContext, KubeconfigError, LockWait, Options, Outcome, add, current_context,
    list_contexts, remove, use_context,
};

#[test]
fn t21_add_and_remove_leave_every_shape_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    for (title, text) in shapes() {
        fs::write(&path, &text).unwrap();
        let before = list_contexts(&files(&path)).unwrap_or_else(|e| panic!("{title}: {e}"));
        let prod = entry("prod");
        let added = add(&files(&path), &prod, Options::default())
            .unwrap_or_else(|e| panic!("{title}: {e}"));
        assert_eq!(added.outcome, Outcome::Created, "{title}");
        let mut now = list_contexts(&files(&path)).unwrap();
        assert!(now.iter().any(|c| c.name == "bellhop-prod" && c.ours), "{title}");
        now.retain(|context| !context.ours);
        assert_eq!(now, before, "{title}");
        let again = add(&files(&path), &prod, Options::default()).unwrap();
        assert_eq!(again.outcome, Outcome::Unchanged, "{title}");
        assert!(undo(&added, &prod).found, "{title}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text, "{title}");
        assert!(!undo(&added, &prod).found, "{title}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing left beside the file");
}

#[test]
fn t21_a_switched_context_is_put_back_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    let prod = entry("prod");
    for (title, text) in shapes() {
        fs::write(&path, &text).unwrap();
        let options = Options { use_context: true, ..Options::default() };
        let added = add(&files(&path), &prod, options).unwrap_or_else(|e| panic!("{title}: {e}"));
        assert_eq!(current_context(&files(&path)).unwrap().as_deref(), Some("bellhop-prod"));
        assert_eq!(undo(&added, &prod).current, CurrentContext::Restored, "{title}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text, "{title}");
    }
}

#[test]
fn t21_two_of_ours_go_in_any_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    let (one, two) = (entry("one"), entry("two"));
    for (title, text) in shapes() {
        for turn in [false, true] {
            fs::write(&path, &text).unwrap();
            let first = add(&files(&path), &one, Options::default()).unwrap();
            let mut second = add(&files(&path), &two, Options::default())
                .unwrap_or_else(|e| panic!("{title}: {e}"));
            if turn {
                undo(&second, &two);
                undo(&first, &one);
            } else {
                undo(&first, &one);
                // What `Contexts` hands over.
                second.before = first.before.clone();
                undo(&second, &two);
            }
            assert_eq!(fs::read_to_string(&path).unwrap(), text, "{title}");
        }
    }
}

#[test]
fn t21_what_others_change_in_between_stays_as_they_left_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    let prod = entry("prod");
    let edits: [(&str, &str); 5] = [
        ("https://a.example.com", "https://b.example.com:8443/x # new"),
        ("current-context: a\n", ""),
        ("kind: Config\n", "kind: Config\n# a note\n\n"),
        ("    token: abc\n", "    token: abc\n- name: b\n  user: {token: x}"),
        ("contexts:\n", "contexts:\n# mine\n"),
    ];
    for (from, to) in edits {
        fs::write(&path, FULL).unwrap();
        let added = add(&files(&path), &prod, Options::default()).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace(from, to)).unwrap();
        undo(&added, &prod);
        assert_eq!(fs::read_to_string(&path).unwrap(), FULL.replace(from, to));
    }
}

#[test]
fn t21_a_list_others_use_by_now_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    let prod = entry("prod");
    fs::write(&path, "").unwrap();
    let added = add(&files(&path), &prod, Options::default()).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let theirs = "users:\n- name: theirs\n  user: {token: x}\n";
    fs::write(&path, text.replace("users:\n", theirs)).unwrap();
    undo(&added, &prod);
    let left = fs::read_to_string(&path).unwrap();
    assert_eq!(left, format!("apiVersion: v1\n{theirs}kind: Config\n"));
}

#[test]
fn t21_a_file_we_made_is_private_and_goes_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(".kube").join("config");
    let prod = entry("prod");
    let options = Options { use_context: true, ..Options::default() };
    let added = add(&files(&path), &prod, options).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
    assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().mode() & 0o7777, 0o700);
    let text = fs::read_to_string(&path).unwrap();
    assert!(undo(&added, &prod).file_deleted);
    assert!(!path.exists());
    // With somebody's comment in it, it stays.
    fs::write(&path, format!("# mine\n{text}")).unwrap();
    assert!(!undo(&added, &prod).file_deleted);
    assert_eq!(fs::read_to_string(&path).unwrap(), "# mine\n");
}

#[test]
fn t21_mode_and_link_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (folder.path().join("real"), folder.path().join("link"));
    fs::write(&real, FULL).unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("real", &link).unwrap();
    let prod = entry("prod");
    let added = add(&files(&link), &prod, Options::default()).unwrap();
    assert_eq!(added.file, real.canonicalize().unwrap());
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::metadata(&real).unwrap().mode() & 0o7777, 0o640);
    undo(&added, &prod);
    assert_eq!(fs::read_to_string(&real).unwrap(), FULL);
    assert_eq!(fs::metadata(&real).unwrap().mode() & 0o7777, 0o640);
    // A link to a file that does not exist yet makes that file.
    fs::remove_file(&real).unwrap();
    let added = add(&files(&link), &prod, Options::default()).unwrap();
    assert!(real.exists() && undo(&added, &prod).file_deleted);
}

#[test]
fn t21_files_that_cannot_be_edited_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    let cases: [(&[u8], &str); 11] = [
        (b"clusters:\n\t- name: a\n", "line 2"),
        (b"clusters: [\n", "cannot be used"),
        (b"a: b\n---\nc: d\n", "several YAML documents"),
        (b"just text", "not a mapping"),
        (b"- a\n", "not a mapping"),
        (b"clusters: {}\nusers: text\n", "not a list"),
        (b"clusters: []\nclusters: []\n", "twice"),
        (b"x: &x []\nclusters: *x\n", "alias"),
        (b"clusters: \xff\n", "UTF-8"),
        (b"\xff\xfea\x00", "UTF-8"),
        (b"? clusters\n:\n- name: a\nusers: []\n", "left alone"),
    ];
    for (bytes, expected) in cases {
        fs::write(&path, bytes).unwrap();
        let error = add(&files(&path), &entry("prod"), Options::default()).unwrap_err();
        let message = error.to_string();
        assert!(message.contains(expected), "{message}");
        assert!(message.contains(path.to_str().unwrap()), "{message}");
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
    let nested = format!("a: {}{}", "[".repeat(100), "]".repeat(100));
    fs::write(&path, nested).unwrap();
    let error = add(&files(&path), &entry("prod"), Options::default()).unwrap_err();
    assert!(error.to_string().contains("nested"), "{error}");
}

#[test]
fn t21_read_only_files_and_folders_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    fs::write(&path, FULL).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    let error = add(&files(&path), &entry("prod"), Options::default()).unwrap_err();
    assert!(error.to_string().contains("chmod u+w"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), FULL);
    let error = add(&files(folder.path()), &entry("prod"), Options::default()).unwrap_err();
    assert!(matches!(error, KubeconfigError::NotAFile { .. }), "{error}");
    let null = std::path::Path::new("/dev/null");
    let error = add(&files(null), &entry("prod"), Options::default()).unwrap_err();
    assert!(matches!(error, KubeconfigError::NotAFile { .. }), "{error}");
    assert!(list_contexts(&files(null)).unwrap().is_empty());
}

#[test]
fn t21_nothing_secret_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    add(&files(&path), &entry("prod"), Options::default()).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    for word in ["token", "password", "client-key", "client-certificate", "env"] {
        assert!(!text.contains(word), "{text}");
    }
}

#[test]
fn a_name_that_is_not_ours_is_refused_in_any_file() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("a"), folder.path().join("b"));
    let text = "users:\n- name: bellhop-prod\n  user: {token: x}\n";
    fs::write(&first, FULL).unwrap();
    fs::write(&second, text).unwrap();
    let both = bellhop_workstation::kubeconfig::KubeconfigFiles::new(vec![first.clone(), second]);
    let error = add(&both.unwrap(), &entry("prod"), Options::default()).unwrap_err();
    assert!(matches!(&error, KubeconfigError::NameTaken { section: "users", .. }), "{error}");
    assert_eq!(fs::read_to_string(&first).unwrap(), FULL);
}

#[test]
fn removal_takes_only_what_carries_our_mark() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    fs::write(&path, FULL).unwrap();
    let prod = entry("prod");
    let added = add(&files(&path), &prod, Options::default()).unwrap();
    let foreign = FULL.replace("name: a", "name: bellhop-prod");
    fs::write(&path, &foreign).unwrap();
    assert!(!undo(&added, &prod).found);
    assert_eq!(fs::read_to_string(&path).unwrap(), foreign);
}

#[test]
fn ours_is_rewritten_when_it_differs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    for (title, text) in shapes() {
        fs::write(&path, &text).unwrap();
        let prod = entry("prod");
        let added = add(&files(&path), &prod, Options::default()).unwrap();
        let other = entry("prod").with_namespace("customer2").unwrap();
        let again = add(&files(&path), &other, Options::default())
            .unwrap_or_else(|e| panic!("{title}: {e}"));
        assert_eq!(again.outcome, Outcome::Rewritten, "{title}");
        assert!(fs::read_to_string(&path).unwrap().contains("customer2"), "{title}");
        undo(&added, &prod);
        assert_eq!(fs::read_to_string(&path).unwrap(), text, "{title}");
    }
}

#[test]
fn p23_add_leaves_the_current_context() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    for (title, text) in shapes() {
        fs::write(&path, &text).unwrap();
        let before = current_context(&files(&path)).unwrap();
        let prod = entry("prod");
        let added = add(&files(&path), &prod, Options::default()).unwrap();
        assert_eq!(added.switched, None, "{title}");
        assert_eq!(current_context(&files(&path)).unwrap(), before, "{title}");
        assert!(!fs::read_to_string(&path).unwrap().contains("current-context: bell"), "{title}");
    }
}

#[test]
fn p23_a_switch_changes_one_scalar_and_a_users_own_choice_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    fs::write(&path, FULL).unwrap();
    let prod = entry("prod");
    let mut added = add(&files(&path), &prod, Options::default()).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let wait = LockWait::default();
    added.switched = use_context(&files(&path), "bellhop-prod", wait).unwrap();
    let switched = text.replace("current-context: a\n", "current-context: bellhop-prod\n");
    assert_eq!(fs::read_to_string(&path).unwrap(), switched);
    assert_eq!(use_context(&files(&path), "bellhop-prod", wait).unwrap(), None);
    // The user moved on: nothing is put back.
    use_context(&files(&path), "a", wait).unwrap();
    assert_eq!(undo(&added, &prod).current, CurrentContext::Untouched);
    assert_eq!(fs::read_to_string(&path).unwrap(), FULL);
    // The user chose ours without us: that stays theirs.
    fs::write(&path, &switched).unwrap();
    added.switched = None;
    let removed = remove(&ledger_entry(&added, &prod), wait).unwrap();
    assert_eq!(removed.current, CurrentContext::Dangling);
    let error = use_context(&files(&path), "nope", wait).unwrap_err();
    assert!(matches!(error, KubeconfigError::NoSuchContext { .. }));
}
