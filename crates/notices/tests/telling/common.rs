//! Requests as the backend would send them.

use bellhop_api::{Me, Request};
use bellhop_notices::{Choice, Notice, Urgency, Wall, words::View, words::Wants};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

pub(crate) fn at(time: &str) -> DateTime<Utc> {
    format!("2026-11-21T{time}Z").parse().expect("a time")
}

pub(crate) fn me(handle: &str, role: &str) -> Me {
    let (id, handle, role) = (format!("id of {handle}"), handle.to_owned(), role.to_owned());
    Me { id, handle, role, closed: None }
}

/// The person is in a zone an hour east of UTC.
pub(crate) fn view(me: &Me, now: DateTime<Utc>) -> View<'_> {
    let local = |moment: DateTime<Utc>| (moment + TimeDelta::hours(1)).naive_utc();
    let wall = Wall { now, local, twelve_hours: false };
    View { me, wall, quotes: true, wants: Wants::default() }
}

/// jun's request for edit on customer1, asked for at 13:00 UTC, with these fields otherwise.
pub(crate) fn request(status: &str, fields: &Value) -> Request {
    let mut request = json!({
        "number": "R-1042", "id": "x", "requester": "jun", "flow": "customers",
        "reason": "Roll back the worker", "duration_seconds": 3600,
        "submitted_at": "2026-11-21T13:00:00Z", "deadline": null,
        "status": status, "label": "", "ends_alone": "It ends",
        "targets": ["k8s-prod/namespace/customer1:edit"], "grants": [],
        "open": 0, "decision": null, "extension": null, "waits": null, "seen": "y",
    });
    for (name, value) in fields.as_object().expect("fields") {
        request[name] = value.clone();
    }
    serde_json::from_value(request).expect("a request")
}

pub(crate) fn decision(what: &str, by: &str, note: &str) -> Value {
    json!({ "what": what, "by": by, "at": "2026-11-21T13:33:00Z", "note": note })
}

/// The fields of one that is open until 14:33 UTC, approved by ada.
pub(crate) fn open(deadline: &str) -> Value {
    json!({
        "deadline": at(deadline), "open": 1, "label": "Active",
        "decision": decision("approved", "ada", ""),
        "grants": [{ "id": "g", "target": "k8s-prod/namespace/customer1:edit", "state": "active",
            "label": "Active", "note": "asked as the grantee" }],
    })
}

/// `one` with the fields of `other`.
pub(crate) fn with(mut one: Value, other: &Value) -> Value {
    for (name, value) in other.as_object().expect("fields") {
        one[name] = value.clone();
    }
    one
}

/// A notice on two lines, as one would draw it.
pub(crate) fn drawn(notice: &Notice) -> String {
    let buttons: Vec<_> =
        notice.actions.iter().map(|action| format!("[{}]", action.label)).collect();
    let bell = if notice.sound { " (bell)" } else { "" };
    let urgency = match notice.urgency {
        Urgency::Low => " (low)",
        Urgency::Normal => "",
        Urgency::Critical => " (critical)",
    };
    let drawn = format!("{}{bell}{urgency}\n{} {}", notice.title, notice.body, buttons.join(" "));
    drawn.trim_end().to_owned()
}

/// What holds for any notice whatever.
pub(crate) fn check(notice: &Notice) {
    let hidden =
        |text: &str| text.chars().any(|c| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c));
    assert!((1..40).contains(&notice.title.chars().count()), "{notice:?}");
    assert!((1..=300).contains(&notice.body.chars().count()), "{notice:?}");
    assert!(!hidden(&notice.title) && !hidden(&notice.body), "{notice:?}");
    assert!(notice.actions.len() <= 2, "{notice:?}");
    let opens = [Choice::Open, Choice::ReviewToApprove, Choice::ReviewToDeny];
    if notice.actions.iter().any(|a| a.label == "Approve" || a.label == "Deny") {
        assert!(notice.actions.iter().all(|a| opens.contains(&a.choice)), "{notice:?}");
    }
}
