use futures::StreamExt as _;
use serde_json::Value;

use super::*;
use crate::body::Body;
use crate::door::Door;
use crate::keys::Keys;
use crate::kinds::ACCOUNT;
use crate::path::{Resource, query};
use crate::token::Signer;
use crate::user::User;

fn cluster() -> Arc<Cluster> {
    let keys = Keys::of(None).unwrap();
    let signer = Signer::new(&keys.accounts_key().unwrap()).unwrap();
    let door = Door { signer, admin_token: String::new() };
    let clock = Arc::new(bellhop_domain::SystemClock);
    Arc::new(Cluster::new(State::new(None), door, clock, String::new()))
}

fn put(cluster: &Cluster, name: &str, crew: &str) {
    let meta = json!({ "name": name, "namespace": "a", "labels": { "crew": crew } });
    cluster.with(|state| {
        state.put(&ACCOUNT, json!({ "metadata": meta })).unwrap();
        state.seal().unwrap();
    });
}

fn remove(cluster: &Cluster, name: &str) {
    cluster.with(|state| {
        state.remove(&ACCOUNT, "a", name).unwrap();
        state.seal().unwrap();
    });
}

fn watch(cluster: &Arc<Cluster>, options: &str, as_table: bool) -> Result<Watch, Refusal> {
    let at = Resource { namespace: "a".to_owned(), ..Resource::default() };
    let (user, body) = (User::admin(), Body::default());
    let call = Call { kind: &ACCOUNT, at, user, query: query(options), body, as_table };
    let (changed, from) = cluster.with(|state| (state.listen(), state.version()));
    Watch::new(cluster, call, (from, Vec::new()), changed)
}

async fn events(watch: Watch, count: usize) -> Vec<(String, Value)> {
    let lines: Vec<_> = watch.lines().take(count).collect().await;
    lines
        .into_iter()
        .map(|line| {
            let bytes = line.unwrap().into_data().unwrap();
            let mut event: Value = serde_json::from_slice(&bytes).unwrap();
            (event["type"].as_str().unwrap().to_owned(), event["object"].take())
        })
        .collect()
}

#[tokio::test]
async fn changes_are_told_as_they_look_to_who_watches() {
    let cluster = cluster();
    let all = watch(&cluster, "timeoutSeconds=5", false).unwrap();
    let red = watch(&cluster, "timeoutSeconds=5&labelSelector=crew%3Dred", false).unwrap();
    let all = tokio::spawn(events(all, 4));
    let red = tokio::spawn(events(red, 3));
    for crew in ["red", "red", "blue"] {
        put(&cluster, "ann", crew);
        tokio::task::yield_now().await;
    }
    remove(&cluster, "ann");
    let types = |events: &[(String, Value)]| {
        events.iter().map(|(kind, _)| kind.clone()).collect::<Vec<_>>()
    };
    assert_eq!(types(&all.await.unwrap()), ["ADDED", "MODIFIED", "MODIFIED", "DELETED"]);
    let red = red.await.unwrap();
    assert_eq!(types(&red), ["ADDED", "MODIFIED", "DELETED"], "a blue one is no red one any more");
    assert_eq!(red[2].1["metadata"]["labels"]["crew"], "blue");
}

#[tokio::test]
async fn a_table_names_its_columns_once() {
    let cluster = cluster();
    let table = watch(&cluster, "timeoutSeconds=5", true).unwrap();
    put(&cluster, "ann", "red");
    put(&cluster, "bob", "red");
    let events = events(table, 2).await;
    let columns = |at: usize| events[at].1["columnDefinitions"].as_array().unwrap().len();
    assert_eq!((columns(0), columns(1)), (3, 0));
    assert_eq!(events[1].1["rows"][0]["cells"][0], "bob");
}

#[tokio::test]
async fn a_watch_ends_at_its_time_and_when_the_cluster_stops() {
    let cluster = cluster();
    assert_eq!(events(watch(&cluster, "timeoutSeconds=0", false).unwrap(), 1).await, []);
    let open = watch(&cluster, "", false).unwrap();
    cluster.stop.cancel();
    assert_eq!(events(open, 1).await, []);
}

#[tokio::test]
async fn there_are_only_so_many_watches() {
    let cluster = cluster();
    let open: Vec<Watch> = (0..64).map(|_| watch(&cluster, "", false).unwrap()).collect();
    assert_eq!(watch(&cluster, "", false).err().unwrap().code, 429);
    drop(open);
    assert!(watch(&cluster, "", false).is_ok());
}

#[tokio::test]
async fn a_watch_that_fell_behind_has_to_begin_anew() {
    let cluster = cluster();
    let behind = watch(&cluster, "", false).unwrap();
    for nth in 0..1_001 {
        put(&cluster, "ann", &format!("c{nth}"));
    }
    let events = events(behind, 9).await;
    assert_eq!(events.len(), 1, "it ends then");
    assert_eq!((events[0].0.as_str(), &events[0].1["code"]), ("ERROR", &json!(410)));
}
