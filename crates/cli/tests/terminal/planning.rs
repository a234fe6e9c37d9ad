//! `bellhop plan`, `apply` and `export` at a terminal.

use std::fs;

use crate::screen::{CTRL_C, CTRL_D, ENTER};
use crate::world::World;

const TWO: &str = "[[integration]]\nname = \"k8s-two\"\nkind = \"kubernetes\"\n";

#[test]
fn only_a_typed_yes_applies_a_plan() {
    let world = World::new();
    fs::write(world.path("home/config/two.toml"), TWO).expect("written");
    let (code, plan) = world.screen(&["plan"]).ended();
    let told =
        "+ integration k8s-two\nPlan: 1 to add, 0 to change, 0 to remove. 3 stay as they are.";
    assert_eq!((code, plan.as_str()), (0, told));

    let before = world.ok(&["export"]);
    for (keys, ends, says) in [
        ("no\r", 1, "this: no\nbellhop: nothing was changed"),
        (ENTER, 1, "this:\nbellhop: nothing was changed"),
        (CTRL_D, 1, "this:\nbellhop: nothing was changed"),
        ("y\r", 1, "only the whole word yes counts"),
        (CTRL_C, 130, "this: ^C"),
    ] {
        let mut screen = world.screen(&["apply"]);
        screen.until(&plan).until("Type yes to apply this:").keys(keys);
        let (code, text) = screen.ended();
        assert_eq!(code, ends, "{keys:?}: {text}");
        assert!(text.contains(says), "{keys:?}: {text}");
        assert_eq!(world.ok(&["export"]), before, "{keys:?} is no yes");
    }
    let mut screen = world.screen(&["apply"]);
    screen.until("Type yes to apply this:").keys("yes\r");
    let (code, text) = screen.ended();
    assert_eq!(code, 0, "{text}");
    assert!(text.ends_with("Applied: 1 added, 0 changed, 0 removed"), "{text}");
    assert_ne!(world.ok(&["export"]), before);

    // Nothing is asked where nothing would change.
    let (code, text) = world.screen(&["apply"]).ended();
    assert_eq!((code, text.contains("Type yes")), (0, false), "{text}");
}

#[test]
fn an_export_overwrites_nothing_and_writes_all_or_nothing() {
    let world = World::new();
    fs::create_dir(world.path("flows")).expect("made");
    fs::write(world.path("flows/bellhop.toml"), "mine").expect("written");
    let folder = world.path("flows");
    let (code, text) = world.screen(&["export", "--dir", folder.to_str().expect("UTF-8")]).ended();
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("nothing is overwritten"), "{text}");
    assert_eq!(fs::read_to_string(folder.join("bellhop.toml")).expect("reads"), "mine");
    let (code, text) = world.screen(&["export"]).ended();
    assert_eq!((code, text.contains("id = \"customers\"")), (0, true), "{text}");
    let new = world.path("new");
    let (code, text) = world.screen(&["export", "--dir", new.to_str().expect("UTF-8")]).ended();
    let written = new.join("bellhop.toml");
    assert_eq!((code, text.as_str()), (0, written.to_str().expect("UTF-8")));
    let there = fs::read(world.path("home/config/bellhop.toml")).expect("reads");
    assert_eq!(fs::read(written).expect("reads"), there);
}

#[test]
fn an_empty_folder_is_told_before_it_removes_everything() {
    let world = World::new();
    let there = world.path("home/config/bellhop.toml");
    let away = world.path("empty");
    fs::create_dir(&away).expect("made");
    fs::rename(&there, world.path("bellhop.toml")).expect("moved");
    let mut screen = world.screen(&["apply", away.to_str().expect("UTF-8")]);
    screen.until("has no *.toml file").until("Type yes to remove everything:").keys("no\r");
    assert_eq!(screen.ended().0, 1);
    assert!(world.ok(&["export"]).contains("k8s-demo"));
}

#[test]
fn what_the_next_start_would_undo_is_told_by_plan_and_asked_about_by_nobody() {
    let world = World::new();
    let other = world.path("other");
    fs::create_dir(&other).expect("made");
    fs::write(other.join("two.toml"), TWO).expect("written");
    let folder = other.to_str().expect("UTF-8");
    let told = "this backend reads its own configuration folder at each start";
    let (code, text) = world.screen(&["plan", folder]).ended();
    assert_eq!((code, text.contains("1 to add")), (0, true), "{text}");
    assert!(text.contains("It cannot be applied as things are") && text.contains(told), "{text}");
    let (code, text) = world.screen(&["apply", folder]).ended();
    assert_eq!((code, text.contains("Type yes")), (1, false), "{text}");
    assert!(text.contains("nothing was applied") && text.contains(told), "{text}");
    assert!(world.ok(&["export"]).contains("k8s-demo"));
}
