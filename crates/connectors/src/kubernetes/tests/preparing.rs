use k8s_openapi::api::rbac::v1::PolicyRule;

use super::super::plan::candidates;
use super::*;
use crate::Connector as _;

#[tokio::test]
async fn p27_what_is_refused_before_is_noted_and_writing_comes_first() {
    let world = Scripted::new(|call| {
        // Reading is allowed already.
        let verb = call.body["spec"]["resourceAttributes"]["verb"].as_str().unwrap_or_default();
        (call.line() == "POST selfsubjectaccessreviews").then(|| allowed(verb != "create"))
    });
    let found = world.kube.prepare(&order()).await.unwrap();
    assert_eq!(found, before());
    let asked = world.seen();
    let asked = asked.iter().filter(|one| one.line() == "POST selfsubjectaccessreviews");
    assert!(asked.clone().all(|one| one.token == "grantee-token"
        && one.body["spec"]["resourceAttributes"]["namespace"] == "customer1"));
    assert_eq!(asked.count(), 5);
}

#[tokio::test]
async fn a_role_that_adds_nothing_has_no_probes() {
    let world = Scripted::new(|call| {
        (call.line() == "POST selfsubjectaccessreviews").then(|| allowed(true))
    });
    let found = world.kube.prepare(&order()).await.unwrap();
    assert_eq!(found.plan["probes"], json!([]));
    let answer = world.kube.probe(&order(), &found).await.unwrap();
    assert!(
        matches!(&answer, crate::Probe::NothingToAsk(text) if text.contains("adds nothing")),
        "{answer:?}"
    );
}

#[tokio::test]
async fn an_aggregated_role_without_rules_is_not_bound_yet() {
    for rules in [json!({}), json!({ "rules": null }), json!({ "rules": [] })] {
        let world = Scripted::new(move |call| {
            (call.line() == "GET clusterroles/edit").then(|| Reply::Json(200, rules.clone()))
        });
        let fault = world.kube.prepare(&order()).await.unwrap_err();
        assert!(
            matches!(&fault, Fault::Unavailable(text) if text.contains("no rules yet") && text.contains("aggregat")),
            "{fault}"
        );
        assert!(world.lines().iter().all(|line| line.starts_with("GET")), "{:?}", world.lines());
    }
}

#[tokio::test]
async fn an_account_that_is_there_is_used_only_when_it_is_ours() {
    let there = |reply: fn() -> Reply| {
        Scripted::new(move |call| match call.line().as_str() {
            "POST namespaces/bellhop-system/serviceaccounts" => {
                Some(status(409, "AlreadyExists", "is there", ACCOUNT))
            }
            "GET namespaces/bellhop-system/serviceaccounts/p-quiet-otter" => Some(reply()),
            _ => None,
        })
    };
    assert!(there(our_account).kube.prepare(&order()).await.is_ok());
    let foreign = there(|| Reply::Json(200, json!({ "metadata": { "name": ACCOUNT } })));
    let fault = foreign.kube.prepare(&order()).await.unwrap_err();
    assert!(
        matches!(&fault, Fault::Impossible(text) if text.contains("not made by this Bellhop")),
        "{fault}"
    );
}

#[tokio::test]
async fn what_is_not_offered_is_refused_before_anything_is_asked() {
    let world = Scripted::new(|_| None);
    for (target, words) in [
        ("k8s-demo/namespace/bellhop-system:edit", "never a target"),
        ("k8s-demo/namespace/customer1:admin", "offered are clusterrole view, clusterrole edit"),
        ("k8s-demo/cluster/all:view", "a whole cluster is not offered"),
        ("k8s-demo/namespace/../x:view", "not a namespace name"),
    ] {
        let order = Order { target: target.parse().unwrap(), ..order() };
        for fault in [
            world.kube.prepare(&order).await.map(drop).unwrap_err(),
            world.kube.apply(&order, &before()).await.unwrap_err(),
        ] {
            assert!(matches!(&fault, Fault::Impossible(text) if text.contains(words)), "{fault}");
        }
    }
    for account in ["bellhop", "default", "A/../b"] {
        let order = Order { account: account.to_owned(), ..order() };
        assert!(matches!(world.kube.prepare(&order).await, Err(Fault::Impossible(_))));
    }
    assert_eq!(world.lines(), Vec::<String>::new());
}

#[tokio::test]
async fn p25_a_binding_carries_installation_grant_and_deadline() {
    let world = Scripted::new(|_| None);
    world.kube.apply(&order(), &before()).await.unwrap();
    let made = world.seen().pop().unwrap();
    assert_eq!(made.line(), "POST namespaces/customer1/rolebindings");
    let meta = &made.body["metadata"];
    assert_eq!(meta["name"], binding_name());
    assert_eq!(
        meta["labels"],
        json!({
            "app.kubernetes.io/managed-by": "bellhop",
            "bellhop/grant": order().grant.to_string(),
            "bellhop/installation": installation().to_string(),
            "bellhop/part": "grant",
        })
    );
    assert_eq!(meta["annotations"]["bellhop/deadline"], "2026-03-04T13:00:00Z");
    assert_eq!(made.body["roleRef"]["name"], "edit");
    assert_eq!(
        made.body["subjects"],
        json!([{ "kind": "ServiceAccount", "name": ACCOUNT, "namespace": "bellhop-system" }])
    );
}

#[tokio::test]
async fn a_binding_of_that_name_is_kept_only_when_it_says_the_same() {
    let with = |change: fn(&mut Value)| {
        Scripted::new(move |call| {
            let labels = json!({
                "bellhop/installation": installation().to_string(),
                "bellhop/grant": order().grant.to_string(),
            });
            let mut there = binding(&binding_name(), &labels);
            there["metadata"]["annotations"] =
                json!({ "bellhop/deadline": "2026-03-04T13:00:00Z" });
            change(&mut there);
            match call.method.as_str() {
                "POST" if call.line().ends_with("rolebindings") => {
                    Some(status(409, "AlreadyExists", "is there", "x"))
                }
                "GET" if call.line().contains("/rolebindings/") => Some(Reply::Json(200, there)),
                "PATCH" => Some(Reply::Json(200, json!({}))),
                _ => None,
            }
        })
    };
    let same = with(|_| ());
    assert_eq!(same.kube.apply(&order(), &before()).await, Ok(()));
    assert!(!same.lines().iter().any(|line| line.starts_with("PATCH")));

    let extended = with(|there| there["metadata"]["annotations"] = json!({}));
    assert_eq!(extended.kube.apply(&order(), &before()).await, Ok(()));
    assert_eq!(
        extended.seen().pop().unwrap().body["metadata"]["annotations"]["bellhop/deadline"],
        "2026-03-04T13:00:00Z"
    );

    let changes: [fn(&mut Value); 4] = [
        |there| there["roleRef"]["name"] = json!("admin"),
        |there| there["subjects"] = json!([]),
        |there| there["metadata"]["labels"]["bellhop/grant"] = json!("another"),
        |there| there["metadata"]["labels"]["bellhop/installation"] = json!("another"),
    ];
    for change in changes {
        let fault = with(change).kube.apply(&order(), &before()).await.unwrap_err();
        assert!(
            matches!(&fault, Fault::Impossible(text) if text.contains("not as Bellhop made it")),
            "{fault}"
        );
    }
}

#[test]
fn questions_are_spread_over_resources_before_they_repeat() {
    let rules: Vec<PolicyRule> = serde_json::from_value(json!([
        { "apiGroups": [""], "resources": ["pods", "pods/exec", "secrets"], "verbs": ["get", "create", "delete"] },
        { "apiGroups": ["apps"], "resources": ["deployments"], "resourceNames": ["web"], "verbs": ["update"] },
        { "nonResourceURLs": ["/metrics"], "verbs": ["get"] },
    ]))
    .unwrap();
    let all: Vec<String> = candidates(&rules).iter().map(ToString::to_string).collect();
    assert_eq!(
        all,
        [
            "create pods",
            "create secrets",
            "delete pods",
            "delete secrets",
            "create pods/exec",
            "delete pods/exec",
            "update deployments.apps web",
            "get pods",
            "get secrets",
            "get pods/exec",
        ]
    );
}
