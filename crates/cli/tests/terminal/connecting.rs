//! `bellhop connect --new` and `--check`: without a file that defines the integration.

use serde_json::Value;

use crate::world::World;

fn names(world: &World) -> Vec<(String, String)> {
    let list = world.json(&["integrations"]);
    let text = |one: &Value, key: &str| one[key].as_str().expect("a text").to_owned();
    let items = list["items"].as_array().expect("a list");
    items.iter().map(|one| (text(one, "name"), text(one, "owner"))).collect()
}

#[test]
fn a_cluster_is_connected_by_name_alone_once_nothing_stands_in_the_way() {
    let world = World::new();
    let demo = || ("k8s-demo".to_owned(), "file".to_owned());
    let connect = |more: &str| {
        let connect = ["connect", "kubernetes", "k8s-two", "--new", "--context", "admin@sample"];
        let ran = world.bellhop(&[&connect[..], &[more]].concat());
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        (ran.status.code(), text(ran.stdout), text(ran.stderr))
    };

    // The cluster has a name already: it is said before anything is asked or made.
    let (code, said, told) = connect("--check");
    assert_eq!(code, Some(1), "{said}{told}");
    for part in ["ok    Reached the API server", "BAD ", "connected already, as k8s-demo"] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    assert!(told.contains("k8s-two would not be connected"), "{told}");
    let (code, said, told) = connect("--yes");
    assert_eq!((code, said.as_str()), (Some(1), ""), "{told}");
    assert!(told.contains("as k8s-demo") && told.contains("k8s-two was not connected"), "{told}");
    assert_eq!(names(&world), [demo()]);

    world.ok(&["disconnect", "k8s-demo", "--yes"]);
    let (code, said, told) = connect("--check");
    assert_eq!(code, Some(0), "{said}{told}");
    assert!(!said.contains("BAD "), "{said}");
    assert_eq!(names(&world), [demo()], "a check makes nothing");
    let (code, said, told) = connect("--yes");
    assert_eq!(code, Some(0), "{said}{told}");
    assert!(said.starts_with("k8s-two is active: Kubernetes "), "{said}");
    assert_eq!(names(&world), [demo(), ("k8s-two".to_owned(), "ui".to_owned())]);
    // Files that do not name it leave it as it is; no flow names it, so leaving forgets it.
    world.ok(&["apply", "--yes"]);
    assert_eq!(names(&world).len(), 2);
    world.ok(&["disconnect", "k8s-two", "--yes"]);
    assert_eq!(names(&world), [demo()]);
}
