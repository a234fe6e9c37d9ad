use serde_json::json;

use super::*;
use crate::{Account, Connector as _, Presence, Revoked};

fn ours() -> Value {
    json!({
        "bellhop/installation": installation().to_string(),
        "bellhop/grant": order().grant.to_string(),
        "bellhop/part": "grant",
    })
}

/// A cluster in which the grant and its account are there.
fn granted(call: &Seen) -> Option<Reply> {
    let line = call.line();
    match line.as_str() {
        _ if line.starts_with("DELETE") => Some(Reply::Json(200, json!({ "kind": "Status" }))),
        "GET namespaces/bellhop-system/serviceaccounts/p-quiet-otter" => Some(our_account()),
        _ if line.ends_with(&binding_name()) => {
            Some(Reply::Json(200, binding(&binding_name(), &ours())))
        }
        _ => None,
    }
}

#[tokio::test]
async fn a_revoke_takes_the_binding_before_the_account() {
    let world = Scripted::new(granted);
    let done = world.kube.revoke(&order(), &leaving(Account::Remove)).await;
    assert_eq!(done, Ok(Revoked::Done));
    let gone: Vec<_> =
        world.lines().into_iter().filter(|line| line.starts_with("DELETE")).collect();
    let binding = format!("DELETE namespaces/customer1/rolebindings/{}", binding_name());
    assert_eq!(gone, [&binding, "DELETE namespaces/bellhop-system/serviceaccounts/p-quiet-otter"]);
    let account = world.seen().pop().unwrap();
    assert_eq!(account.body, json!({ "preconditions": { "uid": "account-uid" } }));
}

#[tokio::test]
async fn an_account_that_other_grants_use_stays() {
    let world = Scripted::new(granted);
    assert_eq!(world.kube.revoke(&order(), &leaving(Account::Keep)).await, Ok(Revoked::Done));
    assert!(
        world.lines().iter().all(|line| !line.contains("serviceaccounts")),
        "{:?}",
        world.lines()
    );
}

#[tokio::test]
async fn without_the_right_to_unbind_the_account_still_goes() {
    let world = Scripted::new(|call| match call.line() {
        line if line.starts_with("DELETE") && line.contains("rolebindings") => {
            Some(status(403, "Forbidden", "rolebindings is forbidden", ""))
        }
        _ => granted(call),
    });
    let fault = world.kube.revoke(&order(), &leaving(Account::Remove)).await.unwrap_err();
    assert!(
        matches!(&fault, Fault::NotAllowed(text) if text.contains("delete rolebindings")),
        "{fault}"
    );
    assert_eq!(
        world.lines().last().unwrap(),
        "DELETE namespaces/bellhop-system/serviceaccounts/p-quiet-otter"
    );
}

#[tokio::test]
async fn p25_another_cluster_is_an_error_and_never_absent() {
    let elsewhere = |call: &Seen| {
        let other = json!({ "metadata": { "name": "kube-system", "uid": "another" } });
        (call.line() == "GET namespaces/kube-system").then_some(Reply::Json(200, other))
    };
    let (order, before) = (order(), before());
    let world = Scripted::new(elsewhere);
    let kube = &world.kube;
    assert!(matches!(kube.read(&order).await, Err(Fault::WrongSystem(_))));
    assert!(matches!(kube.prepare(&order).await, Err(Fault::WrongSystem(_))));
    assert!(matches!(kube.apply(&order, &before).await, Err(Fault::WrongSystem(_))));
    assert!(matches!(kube.probe(&order, &before).await, Err(Fault::WrongSystem(_))));
    assert!(matches!(
        kube.revoke(&order, &leaving(Account::Remove)).await,
        Err(Fault::WrongSystem(_))
    ));
    assert!(matches!(kube.mint(&order, noon()).await, Err(Fault::WrongSystem(_))));
    assert!(kube.leftovers(installation()).await.is_err());
    assert!(matches!(kube.discover().await, Err(Fault::WrongSystem(_))));
    let effects = world.lines().into_iter().filter(|line| !line.starts_with("GET"));
    assert_eq!(effects.collect::<Vec<_>>(), Vec::<String>::new());
}

#[tokio::test]
async fn p25_an_address_that_is_pointed_elsewhere_after_a_good_check_is_noticed() {
    let moved = Arc::new(Mutex::new(false));
    let flag = Arc::clone(&moved);
    let world = Scripted::new(move |call| {
        let other = json!({ "metadata": { "name": "kube-system", "uid": "another" } });
        (call.line() == "GET namespaces/kube-system" && *flag.lock().unwrap())
            .then_some(Reply::Json(200, other))
    });
    assert_eq!(world.kube.read(&order()).await, Ok(Presence::Absent));
    *moved.lock().unwrap() = true;
    // The check of a moment ago is still fresh; a 404 does not count on it.
    assert!(matches!(world.kube.read(&order()).await, Err(Fault::WrongSystem(_))));
    assert!(matches!(
        world.kube.revoke(&order(), &leaving(Account::Keep)).await,
        Err(Fault::WrongSystem(_))
    ));
}

#[tokio::test]
async fn p25_a_404_from_something_else_than_the_api_server_is_never_absent() {
    for reply in [
        || Reply::Raw(404, "<html>404 not found</html>", None),
        || status(404, "NotFound", "the server could not find the requested resource", ""),
        || status(404, "NotFound", "another object", "another"),
    ] {
        let world = Scripted::new(move |call| call.line().contains("rolebindings").then(reply));
        let read = world.kube.read(&order()).await;
        assert!(read.is_err(), "{read:?}");
        let revoked = world.kube.revoke(&order(), &leaving(Account::Keep)).await;
        assert!(revoked.is_err(), "{revoked:?}");
    }
}

#[tokio::test]
async fn p25_only_what_this_installation_made_is_removed() {
    let world = Scripted::new(|call| match call.line().as_str() {
        "GET namespaces/customer1/rolebindings" => {
            let other = json!({ "bellhop/installation": "another" });
            let mut shared = binding("shared", &json!({}));
            let more =
                json!({ "kind": "User", "name": "ada", "apiGroup": "rbac.authorization.k8s.io" });
            shared["subjects"].as_array_mut().unwrap().push(more);
            let items = json!([
                binding("theirs", &other), binding("by-hand", &json!({})), shared, binding("older", &ours()),
                { "metadata": { "name": "nobody" }, "roleRef": { "apiGroup": "", "kind": "Role", "name": "x" } },
            ]);
            Some(Reply::Json(200, json!({ "items": items })))
        }
        "PATCH namespaces/customer1/rolebindings/shared" => Some(Reply::Json(200, json!({}))),
        _ => granted(call),
    });
    let found = world.kube.revoke(&order(), &leaving(Account::Remove)).await.unwrap();
    let Revoked::Others(recorded) = found else { panic!("{found:?}") };
    assert_eq!(recorded.len(), 2, "{recorded:?}");
    let (binding, at) = (binding_name(), "namespaces/customer1/rolebindings");
    let wrote = || -> Vec<_> {
        world.lines().into_iter().filter(|line| !line.starts_with("GET")).collect()
    };
    assert_eq!(wrote(), [format!("DELETE {at}/{binding}")], "nothing before it is on record");
    let told = Leaving { recorded, ..leaving(Account::Remove) };
    world.kube.revoke(&order(), &told).await.unwrap();
    assert_eq!(
        wrote(),
        [
            format!("DELETE {at}/{binding}"),
            format!("DELETE {at}/{binding}"),
            format!("DELETE {at}/by-hand"),
            format!("PATCH {at}/shared"),
            format!("DELETE {at}/older"),
            "DELETE namespaces/bellhop-system/serviceaccounts/p-quiet-otter".to_owned(),
        ]
    );
}

#[tokio::test]
async fn p25_an_account_with_other_labels_is_not_removed() {
    let world = Scripted::new(|call| match call.line() {
        line if line.ends_with(ACCOUNT) => {
            Some(Reply::Json(200, json!({ "metadata": { "name": ACCOUNT, "uid": "u" } })))
        }
        _ => granted(call),
    });
    let fault = world.kube.revoke(&order(), &leaving(Account::Remove)).await.unwrap_err();
    assert!(fault.to_string().contains("not made by this Bellhop"), "{fault}");
    assert!(
        !world
            .lines()
            .iter()
            .any(|line| line.starts_with("DELETE") && line.contains("serviceaccounts"))
    );
}

#[tokio::test]
async fn t14_a_binding_that_somebody_changed_reads_as_changed() {
    let world = Scripted::new(|call| {
        let mut there = binding(&binding_name(), &ours());
        there["subjects"][0]["name"] = json!("somebody-else");
        call.line().contains("/rolebindings/").then_some(Reply::Json(200, there))
    });
    let read = world.kube.read(&order()).await;
    assert!(matches!(&read, Ok(Presence::Changed(how)) if how.contains("subjects")), "{read:?}");
}

#[tokio::test]
async fn p25_leftovers_are_asked_for_by_this_installation_and_read_to_the_end() {
    let world = Scripted::new(|call| {
        let list =
            call.method == "GET" && call.path.contains("labelSelector=bellhop%2Finstallation%3D");
        let next = if call.path.contains("continue=more") { "" } else { "more" };
        let item = if call.path.contains("/rolebindings") {
            binding(&format!("one{next}"), &ours())
        } else {
            json!({ "metadata": { "name": "a", "labels": { "bellhop/installation": "another" } } })
        };
        list.then(|| Reply::Json(200, json!({ "items": [item], "metadata": { "continue": next } })))
    });
    let found = world.kube.leftovers(installation()).await.unwrap();
    // Two pages of bindings; the account of another installation is not ours whatever the server says.
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(world.lines().last().unwrap(), "GET namespaces/kube-system");
}
