use futures::StreamExt as _;
use serde_json::Value;

use super::*;
use crate::body::Body;
use crate::kinds::ACCOUNT;
use crate::path::{Resource, query};
use crate::user::User;

fn cluster() -> Arc<Cluster> {
    let clock = Arc::new(bellhop_domain::SystemClock);
    Arc::new(Cluster::new(State::default(), clock, String::new()))
}

fn put(cluster: &Cluster, name: &str, crew: &str) {
    let meta = json!({ "name": name, "namespace": "a", "labels": { "crew": crew } });
    cluster.with(|state| state.put(&ACCOUNT, json!({ "metadata": meta }))).unwrap();
}

fn watch(cluster: &Arc<Cluster>, options: &str, as_table: bool) -> Result<Watch, Refusal> {
    let at = Resource { namespace: "a".to_owned(), ..Resource::default() };
    let (user, body, query) = (User::admin(), Body::default(), query(options));
    let call = Call { kind: &ACCOUNT, verb: "watch", at, user, query, body, as_table };
    cluster.with(|state| Watch::new(cluster, state, call))
}

/// All events until there are so many, or the watch is over.
async fn events(watch: Watch, count: usize) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    let mut lines = std::pin::pin!(watch.lines());
    while all.len() < count {
        let Some(lines) = lines.next().await else { break };
        let bytes = lines.unwrap().into_data().unwrap();
        for line in std::str::from_utf8(&bytes).unwrap().lines() {
            let mut event: Value = serde_json::from_str(line).unwrap();
            all.push((event["type"].as_str().unwrap().to_owned(), event["object"].take()));
        }
    }
    all
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
    cluster.with(|state| state.remove(&ACCOUNT, "a", "ann"));
    let types = |events: &[(String, Value)]| {
        events.iter().map(|(kind, _)| kind.clone()).collect::<Vec<_>>()
    };
    assert_eq!(types(&all.await.unwrap()), ["ADDED", "MODIFIED", "MODIFIED", "DELETED"]);
    let red = red.await.unwrap();
    assert_eq!(types(&red), ["ADDED", "MODIFIED", "DELETED"], "a blue one is no red one any more");
    assert_eq!(red[2].1["metadata"]["labels"]["crew"], "blue");
}

#[tokio::test]
async fn a_watch_begins_with_what_is_there_or_after_what_was_seen() {
    let cluster = cluster();
    put(&cluster, "ann", "red");
    let seen = cluster.with(|state| state.version());
    put(&cluster, "bob", "blue");
    let names = |events: Vec<(String, Value)>| {
        let name = |(_, one): &(String, Value)| one["metadata"]["name"].as_str().map(str::to_owned);
        events.iter().filter_map(name).collect::<Vec<_>>()
    };
    let anew = watch(&cluster, "timeoutSeconds=5&resourceVersion=0", false).unwrap();
    assert_eq!(names(events(anew, 2).await), ["ann", "bob"]);
    let on = watch(&cluster, &format!("timeoutSeconds=5&resourceVersion={seen}"), false).unwrap();
    assert_eq!(names(events(on, 1).await), ["bob"]);
    assert_eq!(watch(&cluster, "resourceVersion=x", false).err().unwrap().code, 400);
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
