//! `bellhop doctor`, and what else tells of a system that does not work.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::world::World;

const LIMIT: Duration = Duration::from_secs(30);

/// What the doctor says about `about`: its state, what, and what to do.
fn findings(world: &World, about: &str) -> Vec<(String, String, String)> {
    let ran = world.bellhop(&["doctor", "-o", "json"]);
    let found: Vec<Value> = serde_json::from_slice(&ran.stdout).expect("JSON");
    let bad = found.iter().any(|one| one["state"] == "bad");
    assert_eq!(ran.status.code(), Some(i32::from(bad)), "1 when something is bad: {found:?}");
    let text = |one: &Value, key: &str| one[key].as_str().unwrap_or_default().to_owned();
    let here = found.iter().filter(|one| one["about"] == about);
    here.map(|one| (text(one, "state"), text(one, "what"), text(one, "next"))).collect()
}

#[test]
fn a_doctor_who_finds_nothing_ends_with_0() {
    let world = World::new();
    let (code, text) = world.screen(&["doctor"]).ended();
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("ok    integration k8s-demo is active"), "{text}");
    assert!(!text.contains("BAD"), "{text}");
}

#[test]
fn work_that_fails_is_told_by_the_doctor_the_status_and_the_list() {
    let mut world = World::new();
    world.stop_cluster();
    // A start looks after every system at once.
    world.ok(&["service", "stop"]);
    let end = Instant::now() + LIMIT;
    let list = loop {
        let list = world.json(&["integrations"]);
        let failing = list["items"][0]["failing"].as_array().expect("a list");
        if failing.iter().any(|one| one["work"] == "sync") && list["items"][0]["status"] != "active"
        {
            break list;
        }
        assert!(Instant::now() < end, "{list}");
    };
    let failing = list["items"][0]["failing"].as_array().expect("a list");
    let sync = failing.iter().find(|one| one["work"] == "sync").expect("told");
    assert_eq!(sync["what"], "reading what can be asked for");
    assert!(sync["why"].as_str().is_some_and(|why| why.contains("cannot be reached")), "{sync}");

    let found = findings(&world, "integration");
    let [(state, what, next)] = found.as_slice() else { unreachable!("told once: {found:?}") };
    assert_eq!((state.as_str(), what.as_str()), ("bad", "k8s-demo is degraded"));
    let short = "reading what can be asked for. See: bellhop integrations show k8s-demo";
    assert!(next.contains("cannot be reached") && next.contains(short), "{next}");
    let shown = world.ok(&["integrations", "show", "k8s-demo"]);
    let long = "fails      reading what can be asked for failed ";
    assert!(shown.contains(long) && shown.contains("It is tried again"), "{shown}");
    for words in ["status", "integrations"] {
        let told = world.ok(&[words]);
        assert!(told.contains("cannot be reached") && told.contains(short), "{told}");
    }
    let (code, text) = world.screen(&["doctor"]).ended();
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("BAD   integration k8s-demo is degraded"), "{text}");
}

#[test]
fn the_shell_that_connected_is_shown_and_a_plugin_that_is_gone_is_missed() {
    let world = World::new();
    let [bin, empty] = ["bin", "empty"].map(|name| world.path(name));
    for folder in [&bin, &empty] {
        fs::create_dir(folder).expect("made");
    }
    // The admin signs in with a plugin, which is on the PATH of the shell that connects.
    let kubeconfig = fs::read(world.kubeconfig()).expect("reads");
    let mut kubeconfig: Value = serde_json::from_slice(&kubeconfig).expect("JSON");
    let user = &mut kubeconfig["users"][0]["user"];
    let api = "client.authentication.k8s.io/v1beta1";
    let status = user.take();
    *user = json!({ "exec": { "apiVersion": api, "command": "sign-in" } });
    fs::write(world.kubeconfig(), kubeconfig.to_string()).expect("written");
    let plugin = bin.join("sign-in");
    let answer = json!({ "apiVersion": api, "kind": "ExecCredential", "status": status });
    fs::write(&plugin, format!("#!/bin/sh\necho '{answer}'\n")).expect("written");
    fs::set_permissions(&plugin, fs::Permissions::from_mode(0o700)).expect("a program");
    let path = format!("{}:{}:/usr/bin:/bin", empty.display(), bin.display());
    let env = [
        ("PATH", path.as_str()),
        ("HTTPS_PROXY", "http://dana:geheim@proxy.example:3128"),
        ("NO_PROXY", "127.0.0.1,.example"),
    ];
    let connect = ["connect", "kubernetes", "k8s-demo", "--direct", "--accept-stuck"];
    let ran = world.bellhop_with(&connect, &env);
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));

    let shell = findings(&world, "shell");
    let told = &shell[0].1;
    for part in [&format!("PATH={path}"), "http://***@proxy.example:3128", "NO_PROXY=127.0.0.1"] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
    assert!(!told.contains("geheim"), "{told}");
    let found = findings(&world, "plugin");
    assert_eq!((found[0].0.as_str(), found.len()), ("good", 1), "{found:?}");

    fs::remove_file(&plugin).expect("removed");
    let found = findings(&world, "plugin");
    assert_eq!(found[0].0, "bad", "{found:?}");
    assert!(found[0].1.contains("sign-in, which is not on that PATH"), "{found:?}");
    assert!(found[0].2.contains("connect again from a shell that finds it"), "{found:?}");
    let shown = world.ok(&["integrations", "show", "k8s-demo"]);
    assert!(shown.contains("sign-in is not on that PATH"), "{shown}");
}
