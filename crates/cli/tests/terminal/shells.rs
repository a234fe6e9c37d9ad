//! `bellhop env` in the shells that read it.

use std::io::Write as _;
use std::process::Command;

use crate::world::World;

/// A folder that no shell may take apart.
const AWKWARD: &str = "b h'\"$(id)\\*;#";

fn shell(name: &str) -> Option<&str> {
    let there = Command::new(name).arg("--version").output().is_ok();
    assert!(there || std::env::var_os("CI").is_none(), "there is no {name}");
    if !there {
        // Not eprintln: libtest would hide the line of a test that passes.
        writeln!(std::io::stderr(), "Not run: `bellhop env` in {name}, which is not here").ok();
    }
    there.then_some(name)
}

#[test]
fn p26_a_shell_takes_up_the_access_whatever_the_folder_is_called() {
    let world = World::named(AWKWARD);
    world.ok(&["request", "customer1", "--reason", "x", "--wait"]);
    for (name, script) in [
        ("sh", "eval \"$(\"$BELLHOP\" env)\" && printf '<%s>' \"$KUBECONFIG\""),
        ("bash", "eval \"$(\"$BELLHOP\" env R-1001)\" && printf '<%s>' \"$KUBECONFIG\""),
        ("fish", "$BELLHOP env --shell fish | source; and printf '<%s>' \"$KUBECONFIG\""),
    ] {
        let Some(name) = shell(name) else { continue };
        let mut command = Command::new(name);
        command.args(["-c", script]).env("BELLHOP", crate::world::program()).envs(world.env());
        let ran = command.output().expect("runs");
        let own = world.isolated().pop().expect("one file");
        let told = String::from_utf8_lossy(&ran.stdout).into_owned();
        let failed = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(told, format!("<{}>", own.display()), "{name}: {failed}");
        assert_eq!(failed, "", "{name}");
    }
    assert!(!world.path("id").exists());
}

#[test]
fn at_a_terminal_it_says_how_a_shell_takes_it_up() {
    let world = World::new();
    let (code, text) = world.screen(&["env"]).ended();
    assert_eq!((code, text.contains("Ask for it: bellhop request")), (4, true), "{text}");
    world.ok(&["request", "customer1", "--reason", "x", "--wait"]);
    for (words, told) in [
        (&["env"][..], "eval \"$(bellhop env)\""),
        (&["env", "R-1001"], "eval \"$(bellhop env R-1001)\""),
        (&["env", "--shell", "fish"], "bellhop env --shell fish | source"),
    ] {
        let (code, text) = world.screen(words).ended();
        assert_eq!((code, text.contains(told)), (0, true), "{text}");
    }
}
