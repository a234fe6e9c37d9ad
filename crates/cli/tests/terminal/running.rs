//! `bellhop run` at a terminal.

use std::path::PathBuf;

use crate::screen::CTRL_C;
use crate::world::World;

/// Counts what comes, and ends when it is told to.
const CATCHES: &str = "n=0; trap 'n=$((n+1)); echo got $n' INT; echo ready; \
                       while :; do read -r word; [ \"$word\" = over ] && exit 9; done";

#[test]
fn ctrl_c_is_the_commands_which_says_how_it_ends() {
    let world = World::new();
    let script = ["run", "customer1", "--reason", "x", "--", "sh", "-c", CATCHES];
    let mut screen = world.screen(&script);
    screen.until("ready");
    assert_eq!(world.isolated().len(), 1, "the command has a kubeconfig of its own");
    // Each comes once, though Bellhop gets it, too, and hands on what is not typed.
    for got in ["got 1", "got 2", "got 3"] {
        screen.keys(CTRL_C).until(got);
    }
    screen.keys("over\r");
    let (code, text) = screen.ended();
    assert_eq!((code, text.matches("got ").count()), (9, 3), "{text}");
    assert_eq!(world.isolated(), Vec::<PathBuf>::new());
    assert_eq!(world.requests()[0]["status"], "active", "access stays until its deadline");
}

#[test]
fn a_command_that_ctrl_c_ends_leaves_nothing_and_with_end_no_access() {
    let world = World::new();
    let words = ["run", "customer1", "--end", "--reason", "x", "--", "sh", "-c"];
    let words: Vec<_> = words.into_iter().chain(["echo ready; read -r _"]).collect();
    let mut screen = world.screen(&words);
    screen.until("\nready").keys(CTRL_C);
    let (code, text) = screen.ended();
    assert_eq!(code, 130, "{text}");
    assert!(text.contains("^C\nR-1001 End"), "what is said begins a line: {text}");
    assert_eq!(world.isolated(), Vec::<PathBuf>::new());
    let status = &world.requests()[0]["status"];
    assert!(matches!(status.as_str(), Some("revoking" | "ended")), "{status}");
}

#[test]
fn whoever_stops_waiting_for_access_runs_nothing() {
    let world = World::new();
    let mut screen = world.screen(&["run", "kept", "--reason", "x", "--", "touch", "ran"]);
    screen.until("Waits for").keys(CTRL_C);
    let (code, text) = screen.ended();
    assert_eq!(code, 130, "{text}");
    assert!(text.contains("R-1001 goes on without you"), "{text}");
    assert_eq!(world.isolated(), Vec::<PathBuf>::new());
}
