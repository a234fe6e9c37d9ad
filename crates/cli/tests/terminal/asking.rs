//! `bellhop request` with nothing named.

use serde_json::Value;

use crate::screen::{CTRL_C, CTRL_D, DOWN, ENTER, ESC, TAB};
use crate::world::World;

const TWO: &str = "k8s-demo/namespace/customer2:edit";

#[test]
fn what_is_missing_is_asked_for_and_the_equivalent_command_is_told() {
    let world = World::new();
    let mut screen = world.screen(&["request"]);
    // Everything that can be asked for is offered, then what the letters fit.
    screen.until("What do you need?").until("namespace/kept:edit").keys("cust2 ed");
    screen.until_not("customer1").until(TWO).keys(TAB).until(&format!("need? {TWO}"));
    screen.keys(ENTER).until("For how long? (1h)").keys("9h").keys(ENTER);
    screen.until("gives at most 8h").keys("\x7f\x7f90m").keys(ENTER);
    screen.until("Why?").keys(ENTER).until("asks for a reason");
    screen.keys("it's slow").keys(ENTER).until("Ask for it?");
    // What it comes to is said before it is asked for, and what ends with Bellhop off.
    for told in ["at once, by the flow itself", "1h30m, at most 8h", "(in 1h30m)", "Bellhop is off"]
    {
        screen.until(told);
    }
    screen.keys(ENTER);
    let (code, text) = screen.ended();
    assert_eq!(code, 0, "{text}");
    let command = format!("$ bellhop request {TWO} --for 1h30m --reason 'it'\\''s slow' --wait");
    for told in [command.as_str(), "R-1001 Active until", "Context bellhop-k8s-demo was added"] {
        assert!(text.contains(told), "{told:?} is not in\n{text}");
    }
    let request = &world.requests()[0];
    assert_eq!((&request["targets"][0], &request["reason"]), (&TWO.into(), &"it's slow".into()));
    assert_eq!(request["duration_seconds"], 5_400);

    // The command that was told asks for the same, when a shell reads it.
    let typed = command.trim_start_matches("$ ");
    let folder = crate::world::program().parent().expect("a folder").display();
    let script = format!("PATH={folder}:$PATH; {typed}");
    let (code, text) = world.program("sh", &["-c", &script]).ended();
    assert_eq!(code, 0, "{text}");
    let again = &world.requests()[0];
    for same in ["targets", "reason", "duration_seconds"] {
        assert_eq!(again[same], request[same]);
    }
    assert_ne!(again["number"], request["number"]);
}

#[test]
fn a_single_choice_is_made_already() {
    let world = World::new();
    world.flows(&World::flow("only", r#""customer3""#, r#"mode = "automatic""#));
    let mut screen = world.screen(&["request"]);
    screen.until("The one thing that you may request: k8s-demo/namespace/customer3:edit");
    screen.until("For how long?").keys(ENTER).until("Why?").keys("x").keys(ENTER);
    screen.until("Ask for it?").keys("n").keys(ENTER);
    let (code, text) = screen.ended();
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("nothing was asked for"), "{text}");
    assert_eq!(world.requests(), Vec::<Value>::new());
}

#[test]
fn what_is_no_target_is_said_at_the_question_and_arrows_choose() {
    let world = World::new();
    let mut screen = world.screen(&["request"]);
    screen.until("What do you need?").keys(ENTER).until("Type a part of its name");
    screen.keys("cust").until_not("kept").keys(ENTER).until("choose with arrows and Tab");
    screen.keys(DOWN).keys(DOWN).keys(ENTER).until("For how long?");
    screen.until("need? k8s-demo/namespace/customer").keys(CTRL_C);
    assert_eq!(screen.ended().0, 130);
}

#[test]
fn whoever_breaks_off_at_a_question_has_asked_for_nothing() {
    let world = World::new();
    let before = world.files();
    for keys in [CTRL_C, ESC] {
        // At each question in turn.
        for at in 0..4 {
            let mut screen = world.screen(&["request"]);
            screen.until("What do you need?");
            for (answer, next) in
                [(TWO, "For how long?"), ("", "Why?"), ("x", "Ask for it?")].into_iter().take(at)
            {
                screen.keys(answer).keys(ENTER).until(next);
            }
            screen.keys(keys);
            let (code, text) = screen.ended();
            assert_eq!(code, 130, "{at}: {text}");
            assert!(text.ends_with("bellhop: nothing was asked for"), "{at}: {text}");
        }
    }
    assert_eq!(world.requests(), Vec::<Value>::new());
    assert_eq!(world.files(), before, "no context and no file is left");
}

#[test]
fn whoever_stops_waiting_is_told_that_the_request_goes_on() {
    let world = World::new();
    let mut screen = world.screen(&["request", "kept", "--reason", "x", "--wait"]);
    screen.until("Waits for").keys(CTRL_C);
    let (code, text) = screen.ended();
    assert_eq!(code, 130, "{text}");
    for told in ["R-1001 goes on without you", "bellhop withdraw R-1001"] {
        assert!(text.contains(told), "{text}");
    }
    assert_eq!(world.requests()[0]["status"], "pending");
}

#[test]
fn a_decision_is_asked_for_and_everything_but_yes_is_no() {
    let world = World::new();
    world.ok(&["request", "kept", "--reason", "a slow query"]);
    for keys in ["n\r", ENTER, CTRL_D, "nonsense\r"] {
        let mut screen = world.screen(&["approve", "R-1001"]);
        screen.until("a slow query").until("Approve R-1001? [y/N]").keys(keys);
        let (code, text) = screen.ended();
        assert_eq!(code, 1, "{keys:?}: {text}");
        assert!(text.ends_with("\nbellhop: nothing was changed"), "{keys:?}: {text}");
        assert_eq!(world.requests()[0]["status"], "pending");
    }
}
