//! The event stream: taken up again, alive, and for nobody else's eyes.

#![expect(clippy::expect_used, reason = "a test stops at what it misses")]

mod support;

use bellhop_domain::Role;
use bellhop_server::app::people;
use reqwest::Response;
use support::open::{Open, raw};

async fn stream(open: &Open, query: &str, last: Option<usize>) -> Response {
    let mut call = raw(&open.socket).get(format!("http://x/api/v1/events{query}"));
    if let Some(last) = last {
        call = call.header("last-event-id", last);
    }
    call.send().await.expect("answers")
}

/// The next line of the stream that says something; none when it has ended.
async fn line(stream: &mut Response, rest: &mut String) -> Option<String> {
    loop {
        if let Some(end) = rest.find('\n') {
            let line = rest.drain(..=end).as_str().trim().to_owned();
            if !line.is_empty() {
                return Some(line);
            }
            continue;
        }
        rest.push_str(&String::from_utf8_lossy(&stream.chunk().await.expect("arrives")?));
    }
}

/// The ids of the next events.
async fn ids<const N: usize>(stream: &mut Response) -> [usize; N] {
    let (mut rest, mut found) = (String::new(), Vec::new());
    while found.len() < N {
        let line = line(stream, &mut rest).await.expect("goes on");
        found.extend(line.strip_prefix("id: ").map(|id| id.parse::<usize>().expect("a number")));
    }
    found.try_into().expect("as many")
}

/// Until the stream waits for news.
async fn waiting(open: &Open) {
    while open.world.timer.sleeping() == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_stream_goes_on_after_the_place_that_was_named() {
    let open = Open::people().await;
    open.person("ada", Role::Admin).await;
    open.call_as("ada").await;
    open.asked_by(&open.world.dana).await;
    let end = open.rows().await;
    assert_eq!(ids(&mut stream(&open, "?after=0", None).await).await, [1, 2]);
    assert_eq!(ids(&mut stream(&open, "?after=1", None).await).await, [2]);
    assert_eq!(ids(&mut stream(&open, "", Some(2)).await).await, [3]);
    // A browser repeats the address of the beginning beside its newer header.
    assert_eq!(ids(&mut stream(&open, "?after=0", Some(2)).await).await, [3]);
    let mut from_now = stream(&open, "", None).await;
    waiting(&open).await;
    open.asked_by(&open.world.dana).await;
    assert_eq!(ids(&mut from_now).await, [end + 1]);
    for after in [format!("?after={}", open.rows().await + 1), "?after=-1".to_owned()] {
        let refused = stream(&open, &after, None).await;
        assert_eq!(refused.status().as_u16(), 400, "{after}");
    }
}

#[tokio::test]
async fn a_stream_without_news_says_that_it_is_alive() {
    let open = Open::people().await;
    let (mut events, mut rest) = (stream(&open, "", None).await, String::new());
    for _ in 0..3 {
        waiting(&open).await;
        open.world.pass(15);
        assert_eq!(line(&mut events, &mut rest).await.as_deref(), Some(": alive"));
    }
}

#[tokio::test]
async fn a_member_is_told_of_nothing_but_what_they_may_see() {
    let open = Open::people().await;
    let frank = open.link("frank", ("test", "frank")).await;
    open.call_as("frank").await;
    let begin = open.rows().await;
    let mut events = stream(&open, "", None).await;
    waiting(&open).await;
    let hers = open.asked_by(&open.world.dana).await;
    let between = open.rows().await;
    assert!(between > begin, "{} left rows", hers.number);
    let his = open.asked_by(&frank).await;
    let mut rest = String::new();
    while let Some(line) = line(&mut events, &mut rest).await {
        assert!(!line.contains(&hers.number), "{line}");
        if line.contains(&his.number) {
            break;
        }
    }
}

#[tokio::test]
async fn a_stream_ends_when_its_person_is_deactivated() {
    let open = Open::people().await;
    open.person("ada", Role::Admin).await;
    let ada = open.link("ada", ("test", "ada-2")).await;
    let (mut events, mut rest) = (stream(&open, "", None).await, String::new());
    waiting(&open).await;
    people::deactivate(&open.world.app, &ada, "dana").await.expect("she may");
    open.asked_by(&open.link("frank", ("test", "f")).await).await;
    assert_eq!(line(&mut events, &mut rest).await, None, "nothing more is told");
    assert_eq!(stream(&open, "", None).await.status().as_u16(), 403);
}
