//! What is typed wrongly: each is one error that says what to do next, and nothing is changed.

use crate::world::World;

#[test]
fn what_is_typed_wrongly_is_told_with_what_to_do_next() {
    let world = World::new();
    let path = |name: &str| world.path(name).to_str().expect("UTF-8").to_owned();
    let (file, empty, nowhere) = (path("kubeconfig"), path("empty"), path("no/where"));
    std::fs::create_dir(&empty).expect("made");
    let before = (world.files(), world.ok(&["audit", "list"]));
    let home = ["--home", file.as_str(), "list"];
    for (words, code, told) in [
        (&["request"][..], 2, "bellhop search"),
        (&["request", "customer1"], 2, "--reason"),
        (&["request", "customr1", "--reason", "x"], 2, "k8s-demo/namespace/customer1:edit"),
        (&["request", "nowhere/namespace/a:edit", "--reason", "x"], 4, "there: bellhop search"),
        (&["request", "customer1", "--for", "0", "--reason", "x"], 2, "look like 30m"),
        (&["show", "R-999"], 4, "`bellhop list` shows yours"),
        (&["end", "customer1"], 2, "they look like R-1042"),
        (&["run", "customer1", "--", "nosuchprogram"], 127, "Check its name and your PATH"),
        (&["env", "nothing"], 4, "nor a kubectl context (bellhop contexts)"),
        (&["env", "admin@sample"], 1, "Use it with: kubectl --context admin@sample"),
        (&["use", "nosuch"], 4, "bellhop contexts lists all"),
        (&["disconnect", "k8s-dem", "--yes"], 4, "Did you mean k8s-demo?"),
        (&["integrations", "show", "other"], 4, "`bellhop integrations` lists those"),
        (&["plan", &nowhere], 1, "Name the one that holds the TOML files"),
        (&["export", "--dir", &file], 1, "is no folder, and what is there stays. Name another"),
        (&["export", "--dir", "/proc/x"], 1, "Name one where you may write"),
        (&["man", &file], 1, "is no folder"),
        (&["audit", "verify", "--file", &nowhere], 1, "what bellhop audit export wrote"),
        (&["audit", "verify", "--file", &file], 1, "that bellhop audit export wrote"),
        (&["backup", &nowhere], 1, "in a folder where you may write"),
        (&["uninstall", "--yes", "--forget", "k8s-dem"], 2, "These are: k8s-demo"),
        (&["tour", "--kubectl", &nowhere], 1, "Name the kubectl to show"),
        (&["serve"], 1, "bellhop service stop"),
        (&home, 1, "is not a folder"),
        (&["approve"], 2, "as in: bellhop approve R-1042"),
        (&["service", "begin"], 2, "there are install, start, remove, stop"),
    ] {
        let ran = world.bellhop(words);
        let said = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(code), "{words:?}: {said}");
        assert!(said.contains(told), "{words:?}: {told:?} is not in {said}");
        assert_eq!(String::from_utf8_lossy(&ran.stdout), "", "{words:?}: no answer");
    }
    assert_eq!((world.files(), world.ok(&["audit", "list"])), before);
    assert!(world.ok(&["plan", &empty]).contains("so this removes everything"));
}

#[test]
fn an_error_that_nobody_reads_ends_as_any_other() {
    let world = World::new();
    let (read, write) = std::io::pipe().expect("a pipe");
    drop(read);
    let mut command = std::process::Command::new(crate::world::program());
    let ran = command.args(["show", "R-999"]).envs(world.env()).stderr(write).status();
    assert_eq!(ran.expect("runs").code(), Some(4));
}

#[test]
fn a_command_that_lacks_its_subcommand_shows_those_that_there_are() {
    let world = World::new();
    for (words, there, hidden) in [
        (&[][..], "  request ", "  reference "),
        (&["connect"], "  kubernetes ", "  reference "),
        (&["audit"], "  verify ", "  reference "),
    ] {
        let ran = world.bellhop(words);
        let said = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(2), "{said}");
        assert!(said.contains(there) && !said.contains(hidden), "{said}");
    }
    let help = world.ok(&["--help"]);
    assert!(help.contains("bellhop tour") && help.contains("130 broken off"), "{help}");
}
