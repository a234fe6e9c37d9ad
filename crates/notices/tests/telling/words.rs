//! What notices say: every row, word by word.

use crate::common::{at, check, decision, drawn, me, open, request, view, with};
use bellhop_api::Request;
use bellhop_notices::words::{self, Known, What};
use bellhop_notices::{About, Choice};
use serde_json::{Value, json};

/// What `handle` is told at 13:40 UTC.
fn told_to(handle: &str, what: What, request: &Request) -> Option<String> {
    let me = me(handle, if handle == "priya" { "admin" } else { "member" });
    let notice = words::notice(what, request, &Known::default(), &view(&me, at("13:40:00")))?;
    check(&notice);
    assert_eq!(notice.about, About::Request(request.number.clone()));
    Some(drawn(&notice))
}

fn waits(extend_seconds: Option<u32>) -> Value {
    json!({ "approvers": ["ada"], "for_you": true, "lapses_at": at("18:00:00"),
        "extend_seconds": extend_seconds })
}

fn asked(fields: &Value) -> Request {
    request("pending", &with(json!({ "waits": waits(None), "label": "Pending" }), fields))
}

fn ended(label: &str) -> Request {
    request("ended", &with(open("14:33:00"), &json!({ "open": 0, "label": label, "grants": [] })))
}

fn more_time(decided: Option<&str>) -> Value {
    let decision = decided.map(|what| decision(what, "ada", "Please hand over to on-call"));
    json!({ "extension": { "asked_at": at("13:30:00"), "seconds": 1800, "decision": decision } })
}

/// The rows are what jun is told.
fn told_as(rows: impl IntoIterator<Item = (What, Request, &'static str)>) {
    for (what, request, said) in rows {
        assert_eq!(told_to("jun", what, &request).as_deref(), Some(said), "{what:?}");
        // What is not theirs is nobody's news.
        assert_eq!(told_to("eve", what, &request), None, "{what:?}");
    }
}

#[test]
fn t20_what_was_decided_and_granted_is_said_as_stored() {
    let active = request("active", &open("14:33:00"));
    let automatic = json!({ "decision": decision("approved", "customers", "") });
    told_as([
        (
            What::Granted,
            active.clone(),
            "customer1 is open for you (bell)\n\
             edit until 15:33. Approved by ada. [Use context] [Copy command]",
        ),
        (
            What::Granted,
            request("active", &with(open("14:33:00"), &automatic)),
            "customer1 is open for you (bell)\nedit until 15:33. [Use context] [Copy command]",
        ),
        (
            What::Approved,
            request("granting", &with(open("14:33:00"), &json!({ "open": 0 }))),
            "ada said yes to edit on customer1\nBellhop is setting it up. [Open]",
        ),
        (
            What::Denied,
            request("denied", &json!({ "decision": decision("denied", "ada", "Use view") })),
            "ada said no to edit on customer1\n“Use view” [Open]",
        ),
        (
            What::Lapsed,
            request("lapsed", &json!({ "decision": decision("lapsed", "Bellhop", "") })),
            "No answer on customer1\nNobody answered for 33 min. The request is closed. \
             [Request again] [Open]",
        ),
    ]);
}

#[test]
fn t20_deadlines_are_said_as_stored() {
    let soon = request("active", &open("13:50:00"));
    let extended = |what| request("active", &with(open("15:33:00"), &more_time(Some(what))));
    told_as([
        (
            What::EndingSoon,
            soon,
            "customer1 ends in 10 minutes\nedit on k8s-prod ends at 14:50. [Extend] [End now]",
        ),
        (
            What::EndingSoon,
            request("active", &with(open("13:41:00"), &json!({ "waits": waits(Some(1800)) }))),
            "customer1 ends in 1 minute\nedit on k8s-prod ends at 14:41. Nobody has answered yet \
             about more time. [Open] [End now]",
        ),
        (
            What::Extended,
            extended("approved"),
            "customer1 now ends at 16:33\nada agreed. “Please hand over to on-call” [Open]",
        ),
        (
            What::ExtensionDenied,
            extended("denied"),
            "customer1 still ends at 16:33\n\
             ada said no to more time: “Please hand over to on-call” [Open]",
        ),
        (
            What::ExtensionLapsed,
            extended("lapsed"),
            "customer1 still ends at 16:33\nNobody answered about more time. [Open]",
        ),
    ]);
}

#[test]
fn t20_ends_are_said_as_stored() {
    let failed = json!({ "open": 0, "label": "Failed", "grants": [{ "id": "g", "target":
        "k8s-prod/namespace/customer1:edit", "state": "apply_failed", "label": "Failed",
        "note": "k8s-prod did not answer" }] });
    told_as([
        (
            What::Ended,
            ended("Expired"),
            "customer1 has ended\nIts time was up at 15:33, and access is removed. [Request again]",
        ),
        (
            What::Ended,
            ended("Revoked"),
            "customer1 was revoked\nSomebody else ended your access, and it is removed. [Open] \
             [Request again]",
        ),
        (
            What::Ended,
            ended("Removed outside"),
            "customer1 was removed outside\nSomebody changed it on k8s-prod, so Bellhop ended your \
             access. [Open] [Request again]",
        ),
        (
            What::Ended,
            ended("Target gone"),
            "customer1 is gone\nIt was deleted on k8s-prod, and your access with it. [Open]",
        ),
        (
            What::Ended,
            ended("No longer eligible"),
            "customer1 has ended\nNo longer eligible: access is removed. [Open] [Request again]",
        ),
        (
            What::Failed,
            request("failed", &with(open("14:33:00"), &failed)),
            "Could not set up customer1\nk8s-prod did not answer. Nothing was granted. [Open]",
        ),
    ]);
}

#[test]
fn somebody_who_is_asked_is_told_and_can_only_look() {
    for (what, request, said) in [
        (
            What::Asked,
            asked(&json!({})),
            "jun asks for edit on customer1 (bell)\n\
             1 hour on k8s-prod. “Roll back the worker” [Approve] [Deny]",
        ),
        (
            What::AskedAnew,
            asked(&json!({})),
            "jun asks for edit on customer1 (bell)\n1 hour on k8s-prod. The flow changed, so you \
             are asked anew. “Roll back the worker” [Approve] [Deny]",
        ),
        (
            What::AskedForMore,
            request("active", &with(open("14:33:00"), &json!({ "waits": waits(Some(1800)) }))),
            "jun asks for more time on customer1 (bell)\n\
             30 min more of edit on k8s-prod. It ends at 15:33 now. [Approve] [Deny]",
        ),
    ] {
        assert_eq!(told_to("ada", what, &request).as_deref(), Some(said), "{what:?}");
        let me = me("ada", "member");
        let view = view(&me, at("13:40:00"));
        let notice = words::notice(what, &request, &Known::default(), &view).expect("a notice");
        assert_eq!(notice.chosen("approve"), Some(Choice::ReviewToApprove));
        assert_eq!(notice.chosen("deny"), Some(Choice::ReviewToDeny));
        assert_eq!(notice.chosen("default"), Some(Choice::Open));
        assert_eq!(notice.chosen("end-now"), None);
    }
}

#[test]
fn somebody_who_is_not_asked_is_not_told() {
    let others = json!({ "waits": with(waits(None), &json!({ "for_you": false })) });
    assert_eq!(told_to("ada", What::Asked, &asked(&others)), None);
    let more = json!({ "waits": with(waits(Some(60)), &json!({ "for_you": false })) });
    let active = request("active", &with(open("14:33:00"), &more));
    assert_eq!(told_to("priya", What::AskedForMore, &active), None);
}

#[test]
fn what_may_still_be_open_is_told_to_its_holder_and_to_admins() {
    let stuck = json!({ "open": 0, "label": "May still be open", "grants": [{ "id": "g",
        "target": "k8s-prod/namespace/kube-x:view", "state": "revoke_stuck", "label": "",
        "note": "still trying" }] });
    let stuck = request("revoking", &with(open("13:30:00"), &stuck));
    let said = |whose: &str| {
        format!(
            "kube-x should have ended (critical)\nk8s-prod did not confirm the removal, so \
             {whose}view may still be open. Bellhop keeps trying to remove it. [Open]"
        )
    };
    assert_eq!(told_to("jun", What::Stuck, &stuck), Some(said("")));
    assert_eq!(told_to("priya", What::Stuck, &stuck), Some(said("jun's ")));
    assert_eq!(told_to("eve", What::Stuck, &stuck), None);
    let closed = "customer1 is closed now\nIts removal is confirmed. It should have ended at \
                  15:33. [Open]";
    for handle in ["jun", "priya"] {
        let told = told_to(handle, What::Confirmed, &ended("Expired"));
        assert_eq!(told.as_deref(), Some(closed));
        assert_eq!(told_to(handle, What::Confirmed, &stuck), None);
    }
    let returned = told_to("jun", What::Confirmed, &ended("Returned")).expect("a notice");
    assert_eq!(returned, "customer1 is closed now\nIts removal is confirmed. [Open]");
}

#[test]
fn t20_nothing_is_said_that_is_not_so() {
    use What::*;
    let all = [
        Asked,
        AskedAnew,
        Approved,
        Granted,
        Denied,
        Lapsed,
        EndingSoon,
        AskedForMore,
        Extended,
        ExtensionDenied,
        ExtensionLapsed,
        Ended,
        Failed,
        Stuck,
        Confirmed,
    ];
    let past = request("active", &open("13:40:00"));
    let lapsed = json!({ "waits": with(waits(None), &json!({ "lapses_at": at("13:40:00") })) });
    let revoking = json!({ "open": 0, "label": "Ending", "grants": [] });
    for (request, so) in [
        (request("pending", &json!({})), vec![]),
        (asked(&lapsed), vec![]),
        (asked(&json!({})), vec![Asked, AskedAnew]),
        (request("withdrawn", &json!({ "decision": decision("withdrawn", "jun", "") })), vec![]),
        (request("granting", &with(open("14:33:00"), &json!({ "open": 0 }))), vec![Approved]),
        (request("active", &open("14:33:00")), vec![Granted]),
        (request("active", &open("13:50:30")), vec![Granted]),
        (request("active", &open("13:50:00")), vec![Granted, EndingSoon]),
        (past, vec![]),
        (request("revoking", &with(open("14:33:00"), &revoking)), vec![]),
        (ended("Returned"), vec![Confirmed]),
        (ended("Expired"), vec![Ended, Confirmed]),
    ] {
        let is_so = |what: &What| told_to("jun", *what, &request).is_some();
        let told: Vec<_> = all.into_iter().filter(is_so).collect();
        assert_eq!(told, so, "{} {}", request.status, request.label);
    }
}

#[test]
fn what_the_caller_knows_beside_is_said() {
    let me = me("jun", "member");
    let known = Known {
        instead: Some("k8s-prod/namespace/customer1:view".to_owned()),
        back_on: Some("minikube".to_owned()),
    };
    let said = |what, request: &Request| {
        let notice = words::notice(what, request, &known, &view(&me, at("13:40:00"))).expect("one");
        check(&notice);
        drawn(&notice)
    };
    let mut revoked = ended("Revoked");
    let by_priya = decision("revoked", "priya", "Incident is closed.");
    revoked.ended = Some(serde_json::from_value(by_priya).expect("a decision"));
    assert_eq!(
        said(What::Ended, &revoked),
        "priya ended your access to customer1\n“Incident is closed.” Access is removed. You are \
         back on minikube. [Open] [Request again]"
    );
    let denied = request("denied", &json!({ "decision": decision("denied", "ada", "") }));
    let denied_said =
        "ada said no to edit on customer1\nThe request is closed. [Request view] [Open]";
    assert_eq!(said(What::Denied, &denied), denied_said);
}

#[test]
fn several_targets_are_one_notice_that_says_how_many() {
    let three = json!({ "open": 3, "targets": ["k8s-prod/namespace/customer1:edit",
        "k8s-prod/namespace/customer2:edit", "k8s-test/namespace/a:view"] });
    let mut failed = open("14:33:00");
    failed["grants"][0]["state"] = "apply_failed".into();
    let of = |open| {
        let part = with(with(failed.clone(), &three), &json!({ "open": open }));
        told_to("jun", What::Granted, &request("active", &part)).expect("a notice")
    };
    assert!(of(3).starts_with("customer1 and 2 more are open for you (bell)\naccess until 15:33."));
    assert!(of(2).starts_with("2 of 3 targets are open for you (bell)\n"), "{}", of(2));
    assert!(of(2).contains("1 could not be set up."), "{}", of(2));
    assert!(of(1).starts_with("1 of 3 targets is open for you (bell)\n"));
}

#[test]
fn what_people_wrote_cannot_pass_for_ours() {
    let hostile = "a\u{202e}b\u{200b}\n\n<b>R&D</b> “done” \u{0}\".\" Approved by ada.";
    let said = told_to("ada", What::Asked, &asked(&json!({ "reason": hostile }))).expect("one");
    let body = said.lines().nth(1).expect("a body");
    let quote = "“ab <b>R&D</b> 'done' '.' Approved by ada.”";
    assert_eq!(body, format!("1 hour on k8s-prod. {quote} [Approve] [Deny]"));

    let long = asked(&json!({ "reason": "y".repeat(4_000), "requester": "j".repeat(200),
        "targets": [format!("{}/namespace/{}:{}", "k".repeat(40), "c".repeat(253), "p".repeat(80))] }));
    told_to("ada", What::Asked, &long).expect("one");
    let odd = asked(&json!({ "targets": ["\u{202e}\n"], "requester": "\n" }));
    told_to("ada", What::Asked, &odd).expect("one");

    let me = me("ada", "member");
    let quiet = words::View { quotes: false, ..view(&me, at("13:40:00")) };
    let notice = words::notice(What::Asked, &asked(&json!({})), &Known::default(), &quiet);
    assert_eq!(notice.expect("one").body, "1 hour on k8s-prod.");
}
