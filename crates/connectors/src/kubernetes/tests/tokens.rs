use super::*;
use crate::Connector as _;

/// Answers to a renewal of Bellhop's own token with `reply`.
fn renewing(reply: impl Fn() -> Reply + Send + Sync + 'static) -> Scripted {
    Scripted::new(move |call| match call.line().as_str() {
        "POST namespaces/bellhop-system/serviceaccounts/bellhop/token" => Some(reply()),
        "GET version" | "GET /version" => {
            Some(Reply::Json(200, json!({ "gitVersion": "v1.36.2" })))
        }
        "POST selfsubjectaccessreviews" => Some(allowed(true)),
        _ => None,
    })
}

#[tokio::test]
async fn a_token_is_renewed_at_half_life_and_kept_before_it_is_used() {
    let end = noon() + TimeDelta::days(44);
    let fresh = own_token(noon() + TimeDelta::days(14), end);
    let given = fresh.clone();
    let world = renewing(move || {
        Reply::Json(201, json!({ "status": { "token": given, "expirationTimestamp": end } }))
    });
    world.kube.discover().await.ok();
    assert_eq!(world.store.saved().len(), 1, "more than half of its life is left");
    world.clock.advance(TimeDelta::days(14));
    world.kube.pin().await.unwrap();
    assert_eq!(world.store.saved().last(), Some(&fresh));
    let last = world.seen().pop().unwrap();
    assert_eq!(
        (last.line().as_str(), last.token.as_str()),
        ("GET namespaces/kube-system", fresh.as_str())
    );
    let asked = world.seen().into_iter().find(|one| one.line().ends_with("/token")).unwrap();
    assert_eq!(asked.body["spec"]["expirationSeconds"], 30 * 24 * 3_600);
}

#[tokio::test]
async fn a_renewal_that_fails_is_reported_and_costs_nothing_yet() {
    let world = renewing(|| status(403, "Forbidden", "no", ""));
    world.clock.advance(TimeDelta::days(15));
    for _ in 0..3 {
        world.kube.pin().await.unwrap();
    }
    let health = world.kube.check().await.unwrap();
    assert_eq!((health.version.as_str(), health.missing_rights.len()), ("v1.36.2", 0));
    let warning = health.warnings.first().unwrap();
    for words in [
        "could not renew",
        "2026-04-02 12:00 UTC",
        "create serviceaccounts/token bellhop",
        "connect",
    ] {
        assert!(warning.contains(words), "no \"{words}\" in: {warning}");
    }
    let tried =
        |world: &Scripted| world.lines().iter().filter(|line| line.ends_with("/token")).count();
    assert_eq!(tried(&world), 1, "not at every call");
    world.clock.advance(TimeDelta::minutes(1));
    world.kube.pin().await.unwrap();
    assert_eq!(tried(&world), 2);
}

#[tokio::test]
async fn a_refused_token_is_read_again_once() {
    let newer = own_token(noon(), noon() + TimeDelta::days(30));
    let good = newer.clone();
    let world = Scripted::new(move |call| {
        (call.token != good).then(|| status(401, "Unauthorized", "Unauthorized", ""))
    });
    assert!(matches!(world.kube.pin().await, Err(Fault::NotAllowed(_))));
    assert_eq!(world.lines().len(), 1, "the same token is not tried twice");
    // Another replica has renewed it.
    world.store.save(&SecretString::from(newer)).unwrap();
    assert_eq!(world.kube.pin().await.unwrap(), PIN);
}

#[test]
fn settings_are_stored_without_a_secret_and_read_back() {
    let text = serde_json::to_string(&settings()).unwrap();
    assert_eq!(serde_json::from_str::<Settings>(&text).unwrap(), settings());
    let unknown = text.replacen('{', "{\"surprise\":1,", 1);
    assert!(serde_json::from_str::<Settings>(&unknown).is_err());
}
