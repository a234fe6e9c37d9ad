use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::{Connector as _, Probe};

/// A cluster in which the binding is there or not, and these verbs on resources are allowed.
fn cluster(bound: bool, can: &'static [&'static str], others: Value) -> Scripted {
    Scripted::new(move |call| {
        let asked = &call.body["spec"]["resourceAttributes"];
        let resource = asked["resource"].as_str().unwrap_or_default();
        let sub = asked["subresource"].as_str().unwrap_or_default();
        match call.line().as_str() {
            "POST selfsubjectaccessreviews" => {
                Some(allowed(can.contains(&format!("{resource}/{sub}").trim_end_matches('/'))))
            }
            "GET namespaces/customer1/rolebindings" => {
                Some(Reply::Json(200, json!({ "items": others })))
            }
            "GET clusterrolebindings" => Some(status(403, "Forbidden", "no", "")),
            line if line.ends_with(&binding_name()) && bound => {
                Some(Reply::Json(200, binding(&binding_name(), &json!({}))))
            }
            _ => None,
        }
    })
}

async fn probe(world: &Scripted) -> Probe {
    world.kube.probe(&order(), &before()).await.unwrap()
}

#[tokio::test]
async fn the_answer_says_how_much_is_allowed() {
    let all = cluster(true, &["pods", "pods/log"], json!([]));
    let Probe::Usable(text) = probe(&all).await else { panic!() };
    assert_eq!(
        text,
        "in customer1, system:serviceaccount:bellhop-system:p-quiet-otter may create pods, create pods/log"
    );
    assert!(matches!(probe(&cluster(true, &["pods"], json!([]))).await, Probe::NotYet(_)));
    assert!(matches!(probe(&cluster(true, &[], json!([]))).await, Probe::Refused(_)));
    assert!(matches!(probe(&cluster(false, &[], json!([]))).await, Probe::Refused(_)));
}

#[tokio::test]
async fn t11_what_is_still_allowed_is_explained_by_another_binding_or_not_at_all() {
    let grant = json!({ "bellhop/grant": "another-grant" });
    let other = cluster(false, &["pods"], json!([binding("other", &grant)]));
    assert_eq!(
        probe(&other).await,
        Probe::Covered("grant another-grant (ClusterRole edit)".to_owned())
    );

    // Nobody's binding, or one whose role does not allow it, explains nothing.
    let mut viewer = binding("viewer", &json!({}));
    viewer["roleRef"]["name"] = json!("view");
    for others in [json!([]), json!([viewer])] {
        let answer = probe(&cluster(false, &["pods"], others)).await;
        assert!(matches!(&answer, Probe::NotYet(text) if text.contains("is gone")), "{answer:?}");
    }
}

#[tokio::test]
async fn an_account_is_gone_only_when_no_new_token_can_be_had() {
    let gone = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&gone);
    let world = Scripted::new(move |call| match call.line() {
        line if line == "POST selfsubjectaccessreviews" => {
            Some(status(401, "Unauthorized", "no", ""))
        }
        line if line.ends_with("/token") && flag.load(Ordering::SeqCst) => Some(absent(ACCOUNT)),
        _ => None,
    });
    // A fresh token that is refused is trouble, and no proof that access is gone.
    let fault = world.kube.probe(&order(), &before()).await.unwrap_err();
    assert!(matches!(&fault, Fault::Unavailable(text) if text.contains("just made")), "{fault}");
    gone.store(true, Ordering::SeqCst);
    world.kube.tokens.forget(ACCOUNT);
    let answer = probe(&world).await;
    assert!(matches!(&answer, Probe::Refused(text) if text.contains("is gone")), "{answer:?}");
}

#[tokio::test]
async fn a_token_is_used_again_until_a_minute_before_its_end() {
    let world = cluster(true, &["pods", "pods/log"], json!([]));
    let minted =
        |world: &Scripted| world.lines().iter().filter(|line| line.ends_with("/token")).count();
    probe(&world).await;
    world.clock.advance(TimeDelta::minutes(8));
    probe(&world).await;
    assert_eq!(minted(&world), 1);
    world.clock.advance(TimeDelta::seconds(61));
    probe(&world).await;
    assert_eq!(minted(&world), 2);
}

#[tokio::test]
async fn a_minted_token_lives_between_ten_minutes_and_an_hour() {
    let world = Scripted::new(|_| None);
    for (left, seconds) in [(-60, 600), (60, 600), (1_800, 1_800), (86_400, 3_600)] {
        world.kube.mint(&order(), noon() + TimeDelta::seconds(left)).await.unwrap();
        let asked = world.seen().pop().unwrap();
        assert_eq!(asked.body["spec"]["expirationSeconds"], seconds);
        assert_eq!(
            asked.line(),
            "POST namespaces/bellhop-system/serviceaccounts/p-quiet-otter/token"
        );
    }
}
