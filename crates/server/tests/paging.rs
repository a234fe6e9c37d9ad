//! Lists go on where the page before ended, whatever was added meanwhile.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops at what it misses; JSON without the key is null"
)]

mod support;

use bellhop_domain::Role;
use bellhop_server::app::requests;
use serde_json::Value;
use support::open::{Open, raw};

async fn get(open: &Open, path: &str) -> (u16, Value) {
    let answer = raw(&open.socket).get(format!("http://x/api/v1{path}")).send().await;
    let answer = answer.expect("answers");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

/// Every page of a list, and what `between` does after each.
async fn pages(open: &Open, path: &str, between: impl AsyncFn()) -> Vec<Vec<Value>> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let (status, page) = get(open, &format!("{path}{cursor}")).await;
        assert_eq!(status, 200, "{page}");
        all.push(page["items"].as_array().expect("items").clone());
        let Some(next) = page["next"].as_str() else { return all };
        cursor = format!("&cursor={next}");
        between().await;
    }
}

fn column(pages: &[Vec<Value>], pointer: &str) -> Vec<Vec<String>> {
    let text = |item: &Value| item.pointer(pointer).expect("there").to_string().replace('"', "");
    pages.iter().map(|page| page.iter().map(text).collect()).collect()
}

async fn admin(open: &Open) {
    open.person("ada", Role::Admin).await;
    open.call_as("ada").await;
}

#[tokio::test]
async fn requests_are_listed_once_each_though_more_come_in() {
    let open = Open::people().await;
    for _ in 0..6 {
        open.asked_by(&open.world.dana).await;
    }
    let more = async || drop(open.asked_by(&open.world.dana).await);
    let seen = pages(&open, "/requests?limit=2", more).await;
    assert_eq!(
        column(&seen, "/number"),
        [["R-1006", "R-1005"], ["R-1004", "R-1003"], ["R-1002", "R-1001"]],
        "and no empty page at the end"
    );
    assert_eq!(pages(&open, "/requests?limit=200", more).await.len(), 1);
    let (_, page) = get(&open, "/requests?limit=100000").await;
    assert!(page["items"].as_array().is_some_and(|items| items.len() <= 200));
}

#[tokio::test]
async fn the_audit_log_is_read_to_both_sides_without_a_gap() {
    let open = Open::people().await;
    admin(&open).await;
    open.asked_by(&open.world.dana).await;
    let end = open.rows().await;
    let more = async || drop(open.asked_by(&open.world.dana).await);
    let older = column(&pages(&open, "/audit?limit=3", more).await, "/event/seq");
    let mut seqs: Vec<usize> = Vec::new();
    for page in older.iter().rev() {
        seqs.extend(page.iter().map(|seq| seq.parse::<usize>().expect("a number")));
    }
    assert_eq!(seqs, (1..=end).collect::<Vec<_>>());
    let end = open.rows().await;
    let newer = pages(&open, "/audit?limit=3&after=2", async || ()).await;
    let seqs: Vec<String> = column(&newer, "/event/seq").concat();
    assert_eq!(seqs, (3..=end).map(|seq| seq.to_string()).collect::<Vec<_>>());
    let withdrawn = requests::withdraw(&open.world.app, &open.world.dana, "R-1001").await;
    withdrawn.expect("nobody decided it");
    let one = pages(&open, "/audit?limit=1&request=R-1001", async || ()).await;
    assert_eq!(one.len(), 2);
    assert!(column(&one, "/event/subject/number").concat().iter().all(|n| n == "R-1001"));
}

#[tokio::test]
async fn a_cursor_that_does_not_fit_is_refused_in_words() {
    let open = Open::people().await;
    for _ in 0..3 {
        open.asked_by(&open.world.dana).await;
    }
    let (_, page) = get(&open, "/requests?limit=1").await;
    let next = page["next"].as_str().expect("more").to_owned();
    for query in [
        "/requests?cursor=R-1002".to_owned(),
        "/requests?cursor=".to_owned(),
        "/requests?cursor=%00".to_owned(),
        format!("/requests?cursor={next}x"),
        format!("/requests?open=true&cursor={next}"),
        format!("/audit?request=R-1001&cursor={next}"),
    ] {
        let (status, problem) = get(&open, &query).await;
        assert_eq!((status, problem["code"].as_str()), (400, Some("bad_cursor")), "{query}");
        assert_eq!(problem["next"], "Begin again without a cursor");
    }
}

#[tokio::test]
async fn a_cursor_gives_no_right() {
    let open = Open::people().await;
    for _ in 0..3 {
        open.asked_by(&open.world.dana).await;
    }
    let (_, page) = get(&open, "/requests?limit=1").await;
    let next = page["next"].as_str().expect("more");
    open.call_as("frank").await;
    let (status, page) = get(&open, &format!("/requests?limit=1&cursor={next}")).await;
    assert_eq!((status, page["items"].as_array().map(Vec::len)), (200, Some(0)), "{page}");
}
