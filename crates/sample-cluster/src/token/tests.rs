use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::*;

fn signer() -> Signer {
    Signer::new(&rcgen::KeyPair::generate().unwrap().serialize_der()).unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-11-21T08:00:00Z".parse().unwrap()
}

fn account(uid: &str) -> Value {
    json!({ "metadata": { "name": "ann", "namespace": "a", "uid": uid } })
}

fn state(uid: &str) -> State {
    let mut state = State::new(None);
    state.put(&ACCOUNT, account(uid)).unwrap();
    state
}

fn claims() -> Claims {
    Claims::new(&account("1"), vec![ISSUER.to_owned()], 600, now())
}

#[test]
fn a_token_is_good_for_its_account_and_time() {
    let signer = signer();
    let token = signer.sign(&claims()).unwrap();
    let read = signer.read(&token).unwrap();
    assert_eq!(read, claims());
    let user = |state: &State, at| read.user(state, at).map(|user| user.name);
    let name = Some("system:serviceaccount:a:ann".to_owned());
    assert_eq!(user(&state("1"), now()), name);
    assert_eq!(user(&state("1"), now() + TimeDelta::seconds(599)), name);
    assert_eq!(user(&state("1"), now() + TimeDelta::seconds(600)), None, "it has run out");
    assert_eq!(user(&state("1"), now() - TimeDelta::minutes(2)), None, "it is not valid yet");
    assert_eq!(user(&state("2"), now()), None, "the account was made again");
    assert_eq!(user(&State::new(None), now()), None, "the account is gone");
    assert_eq!(
        read.user(&state("1"), now()).unwrap().groups,
        ["system:serviceaccounts", "system:serviceaccounts:a", "system:authenticated"]
    );
}

#[test]
fn a_token_for_somebody_else_lets_nobody_in() {
    let others = Claims::new(&account("1"), vec!["vault".to_owned()], 600, now());
    assert_eq!(others.user(&state("1"), now()), None);
    let foreign = Claims { iss: "https://elsewhere".to_owned(), ..claims() };
    assert_eq!(foreign.user(&state("1"), now()), None);
    let renamed = Claims { sub: "system:serviceaccount:a:admin".to_owned(), ..claims() };
    assert_eq!(renamed.user(&state("1"), now()), None);
}

#[test]
fn only_what_this_cluster_signed_is_read() {
    let signer = signer();
    let token = signer.sign(&claims()).unwrap();
    assert!(self::signer().read(&token).is_none(), "signed by another cluster");
    let parts: Vec<&str> = token.split('.').collect();
    let changed = json!({ "aud": [ISSUER], "exp": i64::MAX, "iat": 0, "nbf": 0, "iss": ISSUER,
        "sub": "system:serviceaccount:a:ann",
        "kubernetes.io": { "namespace": "a", "serviceaccount": { "name": "ann", "uid": "1" } } });
    let changed = encoded(&changed).unwrap();
    let plain = encoded(&Header { alg: "none".to_owned(), kid: signer.id.clone() }).unwrap();
    for wrong in [
        String::new(),
        "a.b".to_owned(),
        "a.b.c".to_owned(),
        format!("{}.{changed}.{}", parts[0], parts[2]),
        format!("{plain}.{}.", parts[1]),
        format!("{plain}.{}.{}", parts[1], parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{token}A"),
        format!("{}.{}.{}", parts[0], parts[1], STANDARD.encode([0; 64])),
    ] {
        assert_eq!(signer.read(&wrong), None, "{wrong}");
    }
}

#[test]
fn lives_are_between_ten_minutes_and_a_century() {
    assert!(refused_life(599).is_some() && refused_life(-1).is_some());
    assert!(refused_life(600).is_none() && refused_life(1 << 32).is_none());
    assert!(refused_life((1 << 32) + 1).is_some() && refused_life(i64::MAX).is_some());
}
