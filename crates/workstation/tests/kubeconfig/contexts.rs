//! Contexts over their lifetime, with the ledger, crashes included.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bellhop_workstation::home::Home;
use bellhop_workstation::kubeconfig::{
    Contexts, CurrentContext, KubeconfigError, Ledger, LockWait, current_context,
};

use crate::common::{FULL, entry, files};

struct World {
    _folder: tempfile::TempDir,
    home: Home,
    config: PathBuf,
    contexts: Contexts,
}

fn world(text: &str) -> World {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::resolve(Some(folder.path().join("bellhop"))).unwrap();
    home.prepare().unwrap();
    let config = folder.path().join("config");
    fs::write(&config, text).unwrap();
    let wait = LockWait { limit: Duration::ZERO, pause: Duration::ZERO };
    let contexts = Contexts::new(&home).waiting(wait);
    World { _folder: folder, home, config, contexts }
}

impl World {
    fn add(&self, integration: &str, request: &str, use_context: bool) {
        let need = bellhop_workstation::kubeconfig::Need {
            integration: integration.to_owned(),
            request: request.to_owned(),
        };
        let entry = entry(integration);
        self.contexts.add(&files(&self.config), &entry, &need, use_context).unwrap();
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.config).unwrap()
    }

    fn current(&self) -> Option<String> {
        current_context(&files(&self.config)).unwrap()
    }
}

#[test]
fn t21_the_context_goes_with_the_last_request() {
    let world = world(FULL);
    world.add("prod", "R-1", false);
    world.add("prod", "R-2", false);
    assert_eq!(fs::metadata(world.home.contexts_file()).unwrap().mode() & 0o7777, 0o600);
    assert!(world.contexts.release("prod", "R-1").unwrap().is_empty());
    assert!(world.contexts.release("other", "R-2").unwrap().is_empty());
    assert!(world.text().contains("bellhop-prod"));
    let released = world.contexts.release("prod", "R-2").unwrap();
    assert!(released.len() == 1 && released[0].removed.found);
    assert_eq!(world.text(), FULL);
    assert!(world.contexts.ledger().unwrap().contexts.is_empty());
    assert!(world.contexts.release("prod", "R-2").unwrap().is_empty());
}

#[test]
fn t21_two_integrations_leave_the_file_as_it_was_in_any_order() {
    for text in ["", "# c", FULL, "clusters: null\nusers: []\n", "{}"] {
        for order in [["one", "two"], ["two", "one"]] {
            let world = world(text);
            world.add("one", "R-1", true);
            world.add("two", "R-1", true);
            assert_eq!(world.current().as_deref(), Some("bellhop-two"));
            for integration in order {
                world.contexts.release(integration, "R-1").unwrap();
            }
            assert_eq!(world.text(), text, "{order:?}");
        }
    }
}

#[test]
fn whoever_does_not_want_to_hop_back_has_no_context_afterwards() {
    for text in ["", FULL, "current-context: mine # a word\n", "{}"] {
        let world = world(text);
        let staying = world.contexts.clone().hopping_back(false);
        world.add("prod", "R-1", true);
        staying.release("prod", "R-1").unwrap();
        assert_eq!(world.current(), None, "{text:?}");
        assert!(!world.text().contains("bellhop-prod"), "{}", world.text());
        // What is not current is nobody's business.
        let own = "current-context: mine\n";
        fs::write(&world.config, own).unwrap();
        world.add("prod", "R-1", false);
        staying.release("prod", "R-1").unwrap();
        assert_eq!(world.text(), own);
    }
}

#[test]
fn t21_recovery_keeps_only_what_is_live() {
    let world = world(FULL);
    world.add("one", "R-1", false);
    world.add("one", "R-2", false);
    world.add("two", "R-3", false);
    let live = BTreeSet::from(["R-2".to_owned()]);
    assert!(world.contexts.retain("one", &live).unwrap().is_empty());
    assert_eq!(world.contexts.retain("one", &BTreeSet::new()).unwrap().len(), 1);
    assert!(world.text().contains("bellhop-two") && !world.text().contains("bellhop-one"));
    assert_eq!(world.contexts.release_all().unwrap().len(), 1);
    assert_eq!(world.text(), FULL);
}

#[test]
fn t21_a_crash_between_ledger_and_kubeconfig_leaves_nothing_behind() {
    // Died before the kubeconfig changed: the ledger knows of an entry that is not there.
    let world = world("");
    world.add("prod", "R-1", true);
    fs::write(&world.config, "").unwrap();
    world.add("prod", "R-2", false);
    world.contexts.release_all().unwrap();
    assert_eq!(world.text(), "");
    // Died after the kubeconfig changed and before the ledger was shortened.
    world.add("prod", "R-1", false);
    let ledger = fs::read(world.home.contexts_file()).unwrap();
    world.contexts.release("prod", "R-1").unwrap();
    fs::write(world.home.contexts_file(), ledger).unwrap();
    let released = world.contexts.retain("prod", &BTreeSet::new()).unwrap();
    assert!(!released[0].removed.found);
    assert!(world.contexts.ledger().unwrap().contexts.is_empty());
}

#[test]
fn t21_the_ledger_is_written_before_the_kubeconfig_and_shortened_after() {
    let world = world("clusters: [\n");
    let need = bellhop_workstation::kubeconfig::Need {
        integration: "prod".to_owned(),
        request: "R-1".to_owned(),
    };
    let file = files(&world.config);
    world.contexts.add(&file, &entry("prod"), &need, false).unwrap_err();
    assert!(world.contexts.ledger().unwrap().contexts.is_empty());
    fs::write(&world.config, FULL).unwrap();
    // The kubeconfig cannot be written: the ledger has been by then, and recovery cleans it.
    let read_only = |on| {
        let mut permissions = fs::metadata(&world.config).unwrap().permissions();
        permissions.set_readonly(on);
        fs::set_permissions(&world.config, permissions).unwrap();
    };
    read_only(true);
    world.contexts.add(&file, &entry("prod"), &need, false).unwrap_err();
    assert_eq!(world.contexts.ledger().unwrap().contexts.len(), 1);
    read_only(false);
    world.add("prod", "R-1", false);
    // Held by another program: the entry stays listed until it can go.
    let lock = PathBuf::from(format!("{}.lock", world.config.display()));
    fs::write(&lock, "").unwrap();
    let error = world.contexts.release("prod", "R-1").unwrap_err();
    assert!(matches!(error, KubeconfigError::Locked { .. }), "{error}");
    assert_eq!(world.contexts.ledger().unwrap().contexts.len(), 1);
    fs::remove_file(lock).unwrap();
    assert!(world.contexts.ledger().unwrap().contexts[0].requests.is_empty());
    assert_eq!(world.contexts.release_unneeded().unwrap().len(), 1);
    assert_eq!(world.text(), FULL);
}

#[test]
fn p23_the_context_before_ours_comes_back_only_if_we_replaced_it() {
    let world = world(FULL);
    world.add("one", "R-1", false);
    assert_eq!(world.current().as_deref(), Some("a"));
    world.contexts.use_context(&files(&world.config), "bellhop-one").unwrap();
    world.add("two", "R-2", true);
    // One goes while two is current: two must not lead back to it.
    world.contexts.release("one", "R-1").unwrap();
    assert_eq!(world.current().as_deref(), Some("bellhop-two"));
    let released = world.contexts.release("two", "R-2").unwrap();
    assert_eq!(released[0].removed.current, CurrentContext::Restored);
    assert_eq!(world.text(), FULL);
}

#[test]
fn a_file_that_is_gone_needs_nothing_and_is_not_made_again() {
    let world = world(FULL);
    world.add("prod", "R-1", true);
    fs::remove_file(&world.config).unwrap();
    assert!(!world.contexts.release("prod", "R-1").unwrap()[0].removed.found);
    assert!(!world.config.exists());
}

#[test]
fn a_ledger_from_elsewhere_is_an_error_that_says_so() {
    let world = world(FULL);
    for text in
        ["{\"version\":1,\"contexts\":[],\"new\":1}", "{\"version\":2,\"contexts\":[]}", "x"]
    {
        fs::write(world.home.contexts_file(), text).unwrap();
        let message = world.contexts.ledger().unwrap_err().to_string();
        assert!(message.contains("contexts.json") && message.contains("Update"), "{message}");
    }
    assert_eq!(Ledger::load(Path::new("/nonexistent/x")).unwrap(), Ledger::default());
}

#[test]
fn the_context_that_was_left_is_known_for_the_file_it_was_left_in() {
    let world = world(FULL);
    let here = files(&world.config);
    assert!(matches!(world.contexts.left(&here), Err(KubeconfigError::NothingBefore { .. })));
    world.add("prod", "R-1", true);
    assert_eq!(world.contexts.left(&here).unwrap(), "a");
    world.contexts.use_context(&here, "a").unwrap();
    assert_eq!(world.contexts.left(&here).unwrap(), "bellhop-prod");
    // A switch that changes nothing is none.
    world.contexts.use_context(&here, "a").unwrap();
    assert_eq!(world.contexts.left(&here).unwrap(), "bellhop-prod");
    let elsewhere = world.home.data_dir().join("config");
    assert!(world.contexts.left(&files(&elsewhere)).is_err());
    for text in ["", "{", "[1]"] {
        fs::write(world.home.left_context_file(), text).unwrap();
        assert!(world.contexts.left(&here).is_err());
    }
}

#[test]
fn p23_the_same_context_in_a_file_of_its_own_comes_and_goes_without_the_other() {
    let world = world(FULL);
    world.add("prod", "R-1", true);
    let with_ours = world.text();
    let own = world.home.isolated_dir().join("own");
    let need = bellhop_workstation::kubeconfig::Need {
        integration: "prod".to_owned(),
        request: "R-1".to_owned(),
    };
    let add = || world.contexts.add(&files(&own), &entry("prod"), &need, true).unwrap();
    add();
    assert_eq!(fs::metadata(&own).unwrap().mode() & 0o7777, 0o600);
    assert_eq!(world.contexts.release_file(&own).unwrap().len(), 1);
    assert!(!own.exists());
    assert_eq!(world.text(), with_ours);
    // At the end both go, and the context before ours is back.
    add();
    assert_eq!(world.contexts.release("prod", "R-1").unwrap().len(), 2);
    assert!(!own.exists());
    assert_eq!(world.text(), FULL);
}
