//! A request in words: the same lines wherever one is shown.

use std::collections::BTreeSet;

use bellhop_api::{Decision, Extension, Request, Waits};
use bellhop_domain::Span;
use chrono::{DateTime, TimeDelta, Utc};

/// One request, whole.
pub(crate) fn lines(request: &Request, now: DateTime<Utc>) -> Vec<String> {
    let mut card = vec![format!("{}  {}", request.number, state(request))];
    let mut field = |name: &str, text: &str| {
        for (i, line) in text.lines().enumerate() {
            let name = if i == 0 { name } else { "" };
            card.push(format!("  {name:<10} {line}").trim_end().to_owned());
        }
    };
    field("requester", &request.requester);
    field("reason", &request.reason);
    field("flow", &request.flow);
    field("for", &length(u64::from(request.duration_seconds)));
    if request.grants.is_empty() {
        request.targets.iter().for_each(|target| field("target", target));
    }
    for grant in &request.grants {
        field("target", &format!("{}  {}", grant.target, grant.label));
        field("", grant.note.as_deref().unwrap_or_default());
    }
    if let Some(decision) = &request.decision {
        let shorter = decision.shorter_seconds.map(|given| length(u64::from(given)));
        let given = shorter.map_or_else(String::new, |given| format!(", for {given} only"));
        field(&decision.what, &format!("{}{given}", who_and_when(request, decision)));
        field("note", &decision.note);
    }
    if let Some(Extension { seconds, decision: Some(decision), .. }) = &request.extension {
        field("more time", &more_time(request, *seconds, decision));
        field("note", &decision.note);
    }
    if let Some(ended) = &request.ended {
        field(&ended.what, &format!("by {}, {}", ended.by, at(ended.at)));
        field("note", &ended.note);
    }
    if request.deadline.is_some() {
        field("until", &until(request, now));
    }
    if let Some(waits) = &request.waits {
        if let Some(seconds) = waits.extend_seconds {
            field("asked for", &format!("{} more", length(u64::from(seconds))));
        }
        field("waits for", &format!("{}, until {}", who(waits), with_left(waits.lapses_at, now)));
    }
    if !request.is_over() {
        card.push(format!("  {}", request.ends_alone));
    }
    card.extend(remains(request));
    card
}

fn who_and_when(request: &Request, decision: &Decision) -> String {
    let by = &decision.by;
    let by = if *by == request.flow { format!("the flow {by}") } else { by.clone() };
    format!("by {by}, {}", at(decision.at))
}

/// What came of the last extension that was asked for.
fn more_time(request: &Request, seconds: u32, decision: &Decision) -> String {
    let more = length(u64::from(seconds));
    match decision.what.as_str() {
        "lapsed" => format!("{more}, no answer until {}", at(decision.at)),
        what => format!("{more}, {what} {}", who_and_when(request, decision)),
    }
}

/// The state as people read it, and what of it is not the whole truth.
pub(crate) fn state(request: &Request) -> String {
    let (open, all) = (request.open, request.targets.len());
    let part =
        if open > 0 && open < all { format!(", {open} of {all} open") } else { String::new() };
    let extension = request.waits.as_ref().and_then(|waits| waits.extend_seconds);
    let more = if extension.is_some() { ", more time asked for" } else { "" };
    format!("{}{part}{more}", request.label)
}

/// Those who may decide: `ada, ben or eve`.
pub(crate) fn who(waits: &Waits) -> String {
    match waits.approvers.as_slice() {
        [] => "nobody: none of the flow's approvers is known, active and somebody else".to_owned(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} or {last}", rest.join(", ")),
    }
}

/// When a request ends or is decided at the latest, and how far off that is while it matters.
pub(crate) fn until(request: &Request, now: DateTime<Utc>) -> String {
    match (request.deadline, &request.waits) {
        (Some(deadline), _) if request.is_over() => at(deadline),
        (Some(deadline), _) => with_left(deadline, now),
        (None, Some(waits)) => format!("answer by {}", with_left(waits.lapses_at, now)),
        (None, None) => String::new(),
    }
}

/// A length of time as people type it.
pub(crate) fn length(seconds: u64) -> String {
    Span::from_seconds(seconds).map_or_else(|| format!("{seconds}s"), |span| span.to_string())
}

/// A moment, and how far off it is.
pub(crate) fn with_left(moment: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let left = moment - now;
    if left <= TimeDelta::zero() {
        return format!("{} (now)", at(moment));
    }
    format!("{} (in {})", at(moment), short(left))
}

/// A moment that is past, and how long ago that is.
pub(crate) fn ago(moment: DateTime<Utc>, now: DateTime<Utc>) -> String {
    format!("{} ({} ago)", at(moment), short((now - moment).max(TimeDelta::zero())))
}

fn at(moment: DateTime<Utc>) -> String {
    moment.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

fn short(left: TimeDelta) -> String {
    // An hour that was given just now is an hour.
    let seconds = (left + TimeDelta::milliseconds(500)).num_seconds();
    match seconds {
        ..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds.div_euclid(60)),
        3_600..172_800 => {
            format!("{}h{:02}m", seconds.div_euclid(3_600), seconds.rem_euclid(3_600) / 60)
        }
        _ => format!("{} days", seconds.div_euclid(86_400)),
    }
}

/// What the end does not end: said before it, and still after it.
fn remains(request: &Request) -> Vec<String> {
    let texts: BTreeSet<&String> = request.grants.iter().flat_map(|g| &g.remains).collect();
    if texts.is_empty() {
        return Vec::new();
    }
    let texts = texts.into_iter().map(|text| format!("  - {text}"));
    ["  What can outlive the end:".to_owned()].into_iter().chain(texts).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request(open: usize, extend: Option<u32>, approvers: &[&str]) -> Request {
        let targets = ["k8s/namespace/a:edit", "k8s/namespace/b:edit", "k8s/namespace/c:edit"];
        let lapses = "2026-11-21T12:30:00Z";
        let waits = json!({
            "approvers": approvers, "for_you": false, "lapses_at": lapses, "extend_seconds": extend,
        });
        serde_json::from_value(json!({
            "number": "R-1", "id": "x", "requester": "dana", "flow": "rnd",
            "reason": "first\nsecond", "duration_seconds": 5_400,
            "submitted_at": "2026-11-21T12:00:00Z", "deadline": extend.map(|_| lapses),
            "status": "active", "label": "Active", "ends_alone": "It ends", "targets": targets,
            "grants": [], "open": open, "decision": null, "seen": "y",
            "waits": (extend.is_some() || !approvers.is_empty()).then_some(waits),
        }))
        .expect("a request")
    }

    #[test]
    fn the_state_says_what_of_it_is_not_the_whole_truth() {
        assert_eq!(state(&request(3, None, &[])), "Active");
        assert_eq!(state(&request(2, None, &[])), "Active, 2 of 3 open");
        let more = state(&request(2, Some(60), &["ada"]));
        assert_eq!(more, "Active, 2 of 3 open, more time asked for");
    }

    #[test]
    fn a_card_says_what_came_of_an_extension() {
        let now = "2026-11-21T12:00:00Z".parse().expect("a time");
        for (what, by, said) in [
            (
                "approved",
                "rnd",
                "more time  30m, approved by the flow rnd, 2026-11-21 12:10:00 UTC",
            ),
            (
                "denied",
                "ben",
                "more time  30m, denied by ben, 2026-11-21 12:10:00 UTC\n  note       no",
            ),
            ("lapsed", "Bellhop", "more time  30m, no answer until 2026-11-21 12:10:00 UTC"),
        ] {
            let mut request = request(3, None, &[]);
            let decision = json!({
                "what": what, "by": by, "at": "2026-11-21T12:10:00Z",
                "note": if what == "denied" { "no" } else { "" },
            });
            let asked = json!({
                "asked_at": "2026-11-21T12:05:00Z", "seconds": 1_800, "decision": decision,
            });
            request.extension = serde_json::from_value(asked).expect("an extension");
            let card = lines(&request, now).join("\n");
            assert!(card.contains(said), "{said:?} is not in {card}");
        }
    }

    #[test]
    fn a_card_says_who_ended_the_access_and_why() {
        let mut request = request(0, None, &[]);
        let ended = json!({
            "what": "revoked", "by": "priya", "at": "2026-11-21T12:10:00Z", "note": "It is over",
        });
        request.ended = serde_json::from_value(ended).expect("an end");
        let card = lines(&request, "2026-11-21T12:11:00Z".parse().expect("a time")).join("\n");
        let said = "revoked    by priya, 2026-11-21 12:10:00 UTC\n  note       It is over";
        assert!(card.contains(said), "{said:?} is not in {card}");
    }

    #[test]
    fn a_card_says_that_less_time_was_given_than_asked_for() {
        let now = "2026-11-21T12:00:00Z".parse().expect("a time");
        let mut request = request(3, None, &[]);
        let decision = json!({
            "what": "approved", "by": "ada", "at": "2026-11-21T11:50:00Z", "note": "",
            "shorter_seconds": 1_800,
        });
        request.decision = serde_json::from_value(decision).expect("a decision");
        let card = lines(&request, now).join("\n");
        let said = "approved   by ada, 2026-11-21 11:50:00 UTC, for 30m only";
        assert!(card.contains(said), "{said:?} is not in {card}");
    }

    #[test]
    fn a_card_says_who_asks_what_for_how_long_and_who_decides_until_when() {
        let now = "2026-11-21T12:00:00Z".parse().expect("a time");
        let card = lines(&request(0, None, &["ada", "ben", "eve"]), now).join("\n");
        for part in [
            "requester  dana",
            "reason     first\n             second",
            "for        1h30m",
            "target     k8s/namespace/c:edit",
            "waits for  ada, ben or eve, until 2026-11-21 12:30:00 UTC (in 30m)",
        ] {
            assert!(card.contains(part), "{part:?} is not in {card}");
        }
        let card = lines(&request(3, Some(1_800), &[]), now).join("\n");
        assert!(card.contains("asked for  30m more\n  waits for  nobody: none of"), "{card}");
    }
}
