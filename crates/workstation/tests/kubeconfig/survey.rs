//! What is shown of all files at once, and that their changes are told.

use std::fs;
use std::os::fd::AsFd as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use bellhop_workstation::home::Home;
use bellhop_workstation::kubeconfig::{Contexts, KubeconfigFiles, Need, Survey, Watch};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::common::{FULL, entry, files};

struct Scene {
    folder: tempfile::TempDir,
    contexts: Contexts,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::resolve(Some(folder.path().join("home"))).unwrap();
        home.prepare().unwrap();
        Self { contexts: Contexts::new(&home), folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn survey(&self, names: &[&str]) -> Survey {
        let paths = names.iter().map(|name| self.path(name)).collect();
        self.contexts.survey(&KubeconfigFiles::new(paths).unwrap()).unwrap()
    }
}

#[test]
fn a_survey_tells_what_is_ours_for_whom_where_it_leads_and_what_is_current() {
    let scene = Scene::new();
    let one = scene.path("one");
    let own = FULL.replace("user: a\n", "user: a\n    namespace: web\n");
    fs::write(&one, own.replace("https://a", "https://ada:pw@a")).unwrap();
    let two = FULL.replace("name: a\n", "name: k8s-prod\n").replace("cluster: a", "cluster: none");
    fs::write(scene.path("two"), two).unwrap();
    let need = Need { integration: "prod".to_owned(), request: "R-7".to_owned() };
    scene.contexts.add(&files(&one), &entry("prod"), &need, true).unwrap();
    let survey = scene.survey(&["one", "gone", "two"]);
    assert_eq!(survey.files.len(), 3);
    assert_eq!(
        (survey.current.as_deref(), survey.before.as_deref()),
        (Some("bellhop-prod"), Some("a"))
    );
    assert_eq!((survey.broken.len(), survey.left_out), (0, 0));
    let [ours, a, prod] = &survey.contexts[..] else { panic!("{survey:?}") };
    assert!(ours.bellhop && ours.current && ours.production, "{ours:?}");
    assert_eq!(
        (ours.integration.as_deref(), &ours.requests[..]),
        (Some("prod"), &["R-7".to_owned()][..])
    );
    assert_eq!(ours.server.as_deref(), Some("https://k8s.example.com:6443"));
    assert_eq!(ours.namespace.as_deref(), Some("customer1"));
    assert!(!a.bellhop && !a.current && !a.production && a.requests.is_empty(), "{a:?}");
    assert_eq!(
        (a.server.as_deref(), a.namespace.as_deref()),
        (Some("https://a.example.com"), Some("web"))
    );
    assert_eq!((&*prod.name, prod.production, prod.server.as_deref()), ("k8s-prod", true, None));
    let there = |name: &str| scene.path(name).display().to_string();
    assert_eq!((&a.file, &prod.file), (&there("one"), &there("two")));
}

#[test]
fn a_file_that_does_not_read_is_named_and_hides_no_other() {
    let scene = Scene::new();
    fs::write(scene.path("good"), FULL).unwrap();
    fs::write(scene.path("odd"), "contexts: [\n").unwrap();
    fs::create_dir(scene.path("folder")).unwrap();
    let survey = scene.survey(&["odd", "folder", "good"]);
    let names: Vec<_> = survey.contexts.iter().map(|context| &*context.name).collect();
    assert_eq!(names, ["a"]);
    let [odd, folder] = &survey.broken[..] else { panic!("{survey:?}") };
    assert!(odd.file.ends_with("odd") && odd.why.contains("cannot be used"), "{odd:?}");
    assert!(folder.why.contains("is not a file"), "{folder:?}");
}

#[test]
fn hostile_files_are_listed_within_bounds() {
    let scene = Scene::new();
    let item = |name: &str| format!("- name: {name}\n  context: {{cluster: c}}\n");
    let many: String = (0..6_000).map(|n| item(&format!("c{n}"))).collect();
    let text = format!("contexts:\n{}{many}current-context: c5999\n", item(&"x".repeat(2_000)));
    fs::write(scene.path("many"), text).unwrap();
    let survey = scene.survey(&["many"]);
    assert_eq!((survey.contexts.len(), survey.left_out), (5_000, 1_001));
    assert_eq!(survey.current.as_deref(), Some("c5999"));
}

/// Whether something is told soon; then whether a file is another one.
fn told(watch: &mut Watch) -> bool {
    let wait = Timespec { tv_sec: 5, tv_nsec: 0 };
    loop {
        let ready = poll(&mut [PollFd::new(&watch.as_fd(), PollFlags::IN)], Some(&wait)).unwrap();
        if ready == 0 {
            return false;
        }
        if watch.changed().unwrap() {
            return true;
        }
    }
}

fn replaced(path: &Path, text: &str) {
    let new = path.with_extension("new");
    fs::write(&new, text).unwrap();
    fs::rename(&new, path).unwrap();
}

#[test]
fn every_way_to_change_a_kubeconfig_is_told() {
    let scene = Scene::new();
    let config = scene.path("kube/config");
    let mut watch = Watch::new(files(&config)).unwrap();
    assert!(!watch.changed().unwrap());
    // The folder is not there yet, nor the one above a second file.
    fs::create_dir(scene.path("kube")).unwrap();
    fs::write(&config, FULL).unwrap();
    assert!(told(&mut watch), "made with its folder");
    fs::write(&config, format!("{FULL}# written over\n")).unwrap();
    assert!(told(&mut watch), "written over, as kubectl does");
    replaced(&config, FULL);
    assert!(told(&mut watch), "replaced, as we do");
    fs::write(scene.path("kube/other"), "").unwrap();
    fs::set_permissions(&config, fs::Permissions::from_mode(0o600)).unwrap();
    assert!(!watch.changed().unwrap(), "another file in the folder is no change");
    let real = scene.path("real/config");
    fs::create_dir(scene.path("real")).unwrap();
    fs::write(&real, FULL).unwrap();
    fs::remove_file(&config).unwrap();
    symlink(&real, &config).unwrap();
    assert!(told(&mut watch), "a link in its place");
    replaced(&real, &FULL.replace("name: a", "name: b"));
    assert!(told(&mut watch), "replaced behind the link");
    fs::remove_dir_all(scene.path("kube")).unwrap();
    assert!(told(&mut watch), "gone with its folder");
    assert!(!watch.changed().unwrap());
}
