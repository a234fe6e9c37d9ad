use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use http::HeaderValue;

use super::*;

fn now() -> DateTime<Utc> {
    "2026-11-21T08:00:00Z".parse().unwrap()
}

fn account(uid: &str) -> Value {
    json!({ "metadata": { "name": "ann", "namespace": "a", "uid": uid } })
}

fn state(uid: &str) -> State {
    let mut state = State::default();
    state.put(&ACCOUNT, account(uid)).unwrap();
    state
}

fn token(door: &Door) -> String {
    door.token(&account("1"), now(), now() + TimeDelta::seconds(600))
}

#[test]
fn a_token_is_good_for_its_account_and_time() {
    let door = Door::new();
    let token = token(&door);
    let user = |state: &State, at| door.bearer(state, &token, at).map(|user| user.name);
    let name = Some("system:serviceaccount:a:ann".to_owned());
    assert_eq!(user(&state("1"), now()), name);
    assert_eq!(user(&state("1"), now() + TimeDelta::seconds(599)), name);
    assert_eq!(user(&state("1"), now() + TimeDelta::seconds(600)), None, "it has run out");
    assert_eq!(user(&state("2"), now()), None, "the account was made again");
    assert_eq!(user(&State::default(), now()), None, "the account is gone");
    assert_eq!(
        door.bearer(&state("1"), &token, now()).unwrap().groups,
        ["system:serviceaccounts", "system:serviceaccounts:a", "system:authenticated"]
    );
}

#[test]
fn only_what_this_cluster_signed_is_read() {
    let door = Door::new();
    let (token, state) = (token(&door), state("1"));
    assert!(door.bearer(&state, &token, now()).is_some());
    assert!(Door::new().bearer(&state, &token, now()).is_none(), "signed by another cluster");
    let parts: Vec<&str> = token.split('.').collect();
    let changed = URL_SAFE_NO_PAD.decode(parts[1]).unwrap();
    let changed = String::from_utf8(changed).unwrap().replace("\"exp\":1", "\"exp\":9");
    let changed = URL_SAFE_NO_PAD.encode(changed);
    assert_ne!(changed, parts[1]);
    let plain = URL_SAFE_NO_PAD.encode(json!({ "alg": "none" }).to_string());
    for wrong in [
        String::new(),
        "a.b".to_owned(),
        "a.b.c".to_owned(),
        format!("{}.{changed}.{}", parts[0], parts[2]),
        format!("{plain}.{}.", parts[1]),
        format!("{plain}.{}.{}", parts[1], parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{token}A"),
        format!("{}.{}.{}", parts[0], parts[1], STANDARD.encode([0; 32])),
    ] {
        assert_eq!(door.bearer(&state, &wrong, now()), None, "{wrong}");
    }
}

#[test]
fn nobody_acts_as_another() {
    let door = Door::new();
    for name in ["impersonate-user", "impersonate-group", "impersonate-extra-x"] {
        let mut headers = HeaderMap::new();
        let admin = HeaderValue::from_str(&format!("Bearer {}", door.admin_token)).unwrap();
        headers.insert(header::AUTHORIZATION, admin);
        assert!(door.user(&State::default(), &headers, now()).is_ok());
        headers.insert(name, HeaderValue::from_static("jane"));
        assert_eq!(door.user(&State::default(), &headers, now()).unwrap_err().code, 501);
    }
}
