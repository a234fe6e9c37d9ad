use std::time::Duration;

use super::*;
use crate::{Account, Connector as _};

/// What `read` says when the API server answers with `reply`.
async fn read_with(reply: fn() -> Reply) -> Fault {
    let world = Scripted::new(move |call| call.line().contains("rolebindings").then(reply));
    world.kube.read(&order()).await.unwrap_err()
}

fn says(fault: &Fault, words: &[&str]) {
    let text = fault.to_string();
    for word in words {
        assert!(text.contains(word), "no \"{word}\" in: {text}");
    }
}

#[tokio::test]
async fn t10_a_refusal_names_integration_right_and_namespace() {
    let fault = read_with(|| status(403, "Forbidden", "User cannot get resource", "")).await;
    assert!(matches!(fault, Fault::NotAllowed(_)), "{fault:?}");
    says(
        &fault,
        &[
            "k8s-demo",
            "a right is missing: get rolebindings",
            "in customer1",
            "Connect k8s-demo again",
        ],
    );
}

#[tokio::test]
async fn t10_a_role_that_may_not_be_bound_is_named() {
    let world = Scripted::new(|call| {
        let text = "user is attempting to grant RBAC permissions not currently held";
        (call.method == "POST" && call.line().contains("rolebindings"))
            .then(|| status(403, "Forbidden", text, ""))
    });
    let fault = world.kube.apply(&order(), &before()).await.unwrap_err();
    says(&fault, &["k8s-demo", "bind on the role", "create rolebindings in customer1"]);
}

#[tokio::test]
async fn t10_a_lost_credential_is_said() {
    let fault = read_with(|| status(401, "Unauthorized", "Unauthorized", "")).await;
    assert!(matches!(fault, Fault::NotAllowed(_)), "{fault:?}");
    says(&fault, &["does not accept its credential", "Connect k8s-demo again"]);
}

#[tokio::test]
async fn t10_a_pause_that_is_asked_for_is_passed_on() {
    let after = |fault| {
        let Fault::Throttled { after, .. } = fault else { panic!("{fault:?}") };
        after.as_secs()
    };
    assert_eq!(after(read_with(|| Reply::Raw(429, "slow down", Some("7"))).await), 7);
    assert_eq!(after(read_with(|| Reply::Raw(429, "slow down", None)).await), 1);
    assert_eq!(after(read_with(|| Reply::Raw(429, "slow down", Some("86400"))).await), 300);
    assert_eq!(after(read_with(|| Reply::Raw(503, "busy", Some("2"))).await), 2);
}

#[tokio::test]
async fn t10_trouble_over_there_is_tried_again() {
    let replies: [fn() -> Reply; 6] = [
        || status(500, "InternalError", "etcdserver: request timed out", ""),
        || Reply::Raw(502, "bad gateway", None),
        || Reply::Raw(503, "no endpoints", None),
        || Reply::Raw(302, "moved", None),
        || Reply::Raw(403, "<html>the proxy says no</html>", None),
        || Reply::Raw(200, "<html>hello</html>", None),
    ];
    for reply in replies {
        let fault = read_with(reply).await;
        assert!(matches!(fault, Fault::Unavailable(_)), "{fault:?}");
        says(&fault, &["k8s-demo", "customer1"]);
    }
}

#[tokio::test]
async fn t10_no_answer_ends_after_the_limit() {
    let mut world =
        Scripted::new(|call| call.line().contains("rolebindings").then_some(Reply::Never));
    world.kube.wire.limit = Duration::from_millis(20);
    let fault = world.kube.revoke(&order(), &leaving(Account::Keep)).await.unwrap_err();
    assert!(matches!(fault, Fault::Unavailable(_)), "{fault:?}");
    says(&fault, &["no answer from https://k8s.example.com:6443", "delete rolebindings"]);
}

#[tokio::test]
async fn t10_a_namespace_that_is_gone_or_new_is_another_target() {
    let gone = Scripted::new(|call| {
        (call.line() == "GET namespaces/customer1").then(|| absent("customer1"))
    });
    let fault = gone.kube.prepare(&order()).await.unwrap_err();
    assert!(matches!(fault, Fault::TargetGone(_)), "{fault:?}");
    says(&fault, &["k8s-demo", "no namespace customer1"]);

    let again = Scripted::new(|call| {
        let new = json!({ "metadata": { "name": "customer1", "uid": "new" } });
        (call.line() == "GET namespaces/customer1").then_some(Reply::Json(200, new))
    });
    for fault in [
        again.kube.apply(&order(), &before()).await.unwrap_err(),
        again.kube.target(&order(), &before()).await.unwrap_err(),
    ] {
        assert!(matches!(fault, Fault::TargetGone(_)), "{fault:?}");
        says(&fault, &["deleted and made again", NAMESPACE_UID]);
    }
    assert!(again.lines().iter().all(|line| line.starts_with("GET")));
}

#[tokio::test]
async fn an_address_that_nobody_answers_at_is_named() {
    let mut settings = settings();
    settings.server = "https://127.0.0.1:9".to_owned();
    let world = Scripted::new(|_| None);
    let clock = Arc::new(world.clock.clone());
    let kube =
        Kubernetes::open(settings.clone(), Arc::clone(&world.store) as _, Arc::clone(&clock) as _)
            .unwrap();
    let fault = kube.read(&order()).await.unwrap_err();
    assert!(matches!(fault, Fault::Unavailable(_)), "{fault:?}");
    says(&fault, &["https://127.0.0.1:9 cannot be reached", "refused"]);

    for (server, words) in [("http://k8s.example.com", "must be https"), ("https://", "address")] {
        settings.server = server.to_owned();
        let fault = Kubernetes::open(
            settings.clone(),
            Arc::clone(&world.store) as _,
            Arc::clone(&clock) as _,
        );
        says(&fault.err().unwrap(), &[words]);
    }
}
