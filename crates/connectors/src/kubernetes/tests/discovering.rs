use super::*;
use crate::{Connector as _, FoundResource, MOST_RESOURCES, MOST_TAGS};

fn namespace(name: &str) -> Value {
    json!({ "metadata": { "name": name, "uid": format!("uid of {name}"), "labels": { "env": "prod" } } })
}

fn page(items: &[Value], next: &str) -> Reply {
    Reply::Json(200, json!({ "items": items, "metadata": { "continue": next } }))
}

/// A cluster that answers a list of namespaces, by where the list goes on.
fn listing(answer: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Scripted {
    Scripted::new(move |call| {
        let after = call.path.split("continue=").nth(1).unwrap_or_default();
        (call.line() == "GET namespaces").then(|| answer(after))
    })
}

async fn names(world: &Scripted) -> Vec<String> {
    let found = world.kube.discover().await.unwrap();
    found.into_iter().flat_map(|kind| kind.resources).map(|one| one.name).collect()
}

#[tokio::test]
async fn every_page_is_read_and_bellhops_own_namespace_is_not_offered() {
    let world = listing(|after| match after {
        "" => page(&[namespace("kube-system"), namespace("bellhop-system")], "2"),
        "2" => page(&[namespace("customer1")], "3"),
        _ => page(&[namespace("customer2")], ""),
    });
    assert_eq!(names(&world).await, ["kube-system", "customer1", "customer2"]);
    let found = world.kube.discover().await.unwrap();
    let offered = found[0].permissions.iter().map(|one| (one.name.as_str(), one.only_on.as_ref()));
    assert_eq!(offered.collect::<Vec<_>>(), [("view", None), ("edit", None)]);
    let tags = [("env".to_owned(), "prod".to_owned())].into();
    let (name, uid) = ("customer1".to_owned(), "uid of customer1".to_owned());
    assert!(found[0].resources.contains(&FoundResource { name, uid, tags }));
    // Which cluster it was is asked after the list, because what is not in it is taken for gone.
    assert_eq!(world.lines().last().unwrap(), "GET namespaces/kube-system");
}

#[tokio::test]
async fn a_list_that_breaks_off_or_never_ends_is_no_list() {
    let broken = listing(|after| match after {
        "" => page(&[namespace("customer1")], "2"),
        _ => status(410, "Expired", "the list is too old", ""),
    });
    assert!(matches!(broken.kube.discover().await, Err(Fault::Unavailable(_))));
    let circle = listing(|_| page(&[namespace("customer1")], "2"));
    let fault = circle.kube.discover().await.unwrap_err();
    assert!(
        matches!(fault, Fault::Unavailable(_)) && fault.to_string().contains("go on"),
        "{fault}"
    );
}

#[tokio::test]
async fn more_than_can_be_kept_is_an_error_that_says_what_to_do() {
    let many: Vec<Value> = (0..5_000).map(|n| namespace(&format!("n{n}"))).collect();
    let world = listing(move |after| {
        let next = after.parse().unwrap_or(0) + 1;
        page(&many, &next.to_string())
    });
    let fault = world.kube.discover().await.unwrap_err();
    assert!(matches!(fault, Fault::Impossible(_)), "{fault}");
    assert!(fault.to_string().contains("--namespaces"), "{fault}");
    let pages = world.lines().iter().filter(|line| *line == "GET namespaces").count();
    assert_eq!(pages, MOST_RESOURCES / 5_000 + 1, "it stops as soon as it knows");
}

#[tokio::test]
async fn few_tags_are_kept_of_a_resource_that_has_many() {
    let labels: std::collections::BTreeMap<String, String> =
        (0..100).map(|n| (format!("k{n:03}"), "v".to_owned())).collect();
    let one = json!({ "metadata": { "name": "customer1", "uid": "u", "labels": labels } });
    let world = listing(move |_| page(std::slice::from_ref(&one), ""));
    let found = world.kube.discover().await.unwrap();
    assert_eq!(found[0].resources[0].tags.len(), MOST_TAGS);
}
