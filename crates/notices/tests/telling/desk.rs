//! When notices ring: once, and not when it is not so.

use bellhop_api::Integration;
use bellhop_notices::{Act, Pause};
use chrono::TimeDelta;
use serde_json::json;

use crate::common::{at, decision, open, request, view, with};
use crate::day::{Day, HUSH, OPEN, YES, active, ended, granting, numbered};

#[test]
fn an_event_is_told_once() {
    let mut day = Day::new();
    assert_eq!(day.event_at(20, "request.active", Some(&active())), [OPEN]);
    day.now += TimeDelta::seconds(60);
    for again in [20, 19, 3] {
        assert!(day.event_at(again, "request.active", Some(&active())).is_empty(), "{again}");
    }
    day.restart();
    assert!(day.event_at(20, "request.active", Some(&active())).is_empty());
    day.desk.caught_up(day.now);
    assert!(day.tick(&[active()]).is_empty());
}

#[test]
fn approved_and_granted_at_once_is_one_notice() {
    let mut day = Day::new();
    assert!(day.event("request.approved", &granting()).is_empty());
    assert_eq!(day.due(&[]), Some(5));
    assert!(day.later(3, &[granting()]).is_empty());
    assert_eq!(day.event("request.active", &active()), [OPEN]);
    assert!(day.later(60, &[active()]).is_empty());
}

#[test]
fn an_approval_that_takes_its_time_is_told_and_then_replaced() {
    let mut day = Day::new();
    day.event("request.approved", &granting());
    assert!(day.later(4, &[granting()]).is_empty());
    assert_eq!(day.later(1, &[granting()]), [YES]);
    day.now += TimeDelta::seconds(2);
    assert!(day.event("request.active", &active()).starts_with(&[HUSH.to_owned()]));
    assert!(day.later(2, &[active()]).is_empty());
    assert_eq!(day.later(1, &[active()]), [OPEN]);
}

#[test]
fn t20_what_is_not_so_any_more_is_taken_away() {
    let mut day = Day::new();
    assert_eq!(day.event("request.active", &active()), [OPEN]);
    let revoking = request("revoking", &with(open("14:33:00"), &json!({ "open": 0 })));
    assert_eq!(day.event("grant.revoking", &revoking), [HUSH]);
    // And what waits to be told is dropped.
    day.now += TimeDelta::seconds(60);
    day.event("request.approved", &granting());
    assert!(day.event("grant.revoking", &revoking).is_empty());
    assert_eq!(day.due(&[]), None);
    assert_eq!(day.later(60, &[ended("Expired")]), Vec::<String>::new());
}

#[test]
fn what_was_answered_elsewhere_is_taken_away() {
    let mut day = Day::of("ada", "member");
    let waits = json!({ "waits": { "approvers": ["ada"], "for_you": true,
        "lapses_at": at("18:00:00"), "extend_seconds": null } });
    let asked = day.event("request.submitted", &request("pending", &waits));
    assert_eq!(asked, ["jun asks for edit on customer1"]);
    assert_eq!(day.event("request.approved", &granting()), [HUSH]);
    assert!(day.later(60, &[active()]).is_empty());
}

#[test]
fn the_end_is_told_ten_minutes_before_once_for_each_deadline() {
    let mut day = Day::new();
    day.event("request.active", &active());
    assert_eq!(day.due(&[active()]), Some(43 * 60));
    assert!(day.later(43 * 60 - 1, &[active()]).is_empty());
    assert_eq!(day.later(1, &[active()]), ["customer1 ends in 10 minutes"]);
    assert!(day.later(60, &[active()]).is_empty());
    day.restart();
    day.desk.caught_up(day.now);
    assert!(day.later(60, &[active()]).is_empty());
    // Extended, it is armed again; the requester's own extension is no notice.
    let automatic = json!({ "extension": { "asked_at": at("14:30:00"), "seconds": 1800,
        "decision": decision("approved", "customers", "") } });
    let extended = request("active", &with(open("15:03:00"), &automatic));
    assert!(day.event("request.extended", &extended).is_empty());
    assert_eq!(
        day.later(27 * 60 + 60, std::slice::from_ref(&extended)),
        ["customer1 ends in 10 minutes"]
    );
    assert!(day.later(60, &[extended]).is_empty());
}

#[test]
fn an_own_extension_takes_the_warning_away() {
    let mut day = Day::new();
    let soon = request("active", &open("13:50:00"));
    assert_eq!(day.tick(&[soon]), ["customer1 ends in 10 minutes"]);
    assert_eq!(day.event("request.extended", &active()), [HUSH]);
}

#[test]
fn access_that_is_short_from_the_beginning_is_not_told_twice() {
    let mut day = Day::new();
    let short = request("active", &open("13:45:00"));
    assert_eq!(day.event("request.active", &short), [OPEN]);
    for _ in 0..4 {
        assert!(day.later(30, std::slice::from_ref(&short)).is_empty());
    }
}

#[test]
fn somebody_elses_deadline_is_not_told() {
    let mut day = Day::of("ada", "admin");
    let soon = request("active", &open("13:45:00"));
    assert_eq!(day.due(std::slice::from_ref(&soon)), None);
    assert!(day.tick(&[soon]).is_empty());
}

#[test]
fn t12_what_is_stuck_is_told_once_and_then_that_it_is_gone() {
    let mut day = Day::of("priya", "admin");
    let stuck = |error: &str| {
        request(
            "revoking",
            &with(
                open("13:30:00"),
                &json!({ "open": 0, "grants": [{ "id": "g",
            "target": "k8s-prod/namespace/customer1:edit", "state": "revoke_stuck", "label": "",
            "note": error }] }),
            ),
        )
    };
    assert_eq!(day.event("grant.revoke_stuck", &stuck("a")), ["customer1 should have ended"]);
    day.now += TimeDelta::seconds(60);
    assert!(day.event("grant.revoke_stuck", &stuck("b")).is_empty());
    day.restart();
    day.desk.caught_up(day.now);
    day.now += TimeDelta::seconds(60);
    assert_eq!(day.event("request.ended", &ended("Expired")), ["customer1 is closed now"]);
    // What was never stuck is its holder's news alone.
    day.now += TimeDelta::seconds(60);
    assert!(day.event("request.ended", &ended("Expired")).is_empty());
}

#[test]
fn trouble_with_an_integration_is_told_once_and_taken_back() {
    let mut day = Day::of("priya", "admin");
    let see = |day: &mut Day, status: &str, why: &str| {
        let integration: Integration = serde_json::from_value(json!({ "name": "k8s-prod", "kind":
            "kubernetes", "status": status, "why": why, "missing_rights": [], "ends_alone": null }))
        .expect("an integration");
        let view = view(&day.me, day.now);
        let acts = day.desk.integrations(&[integration], &[active()], &view);
        let bodies = acts.iter().map(|act| match act {
            Act::Ring(notice) => notice.body.clone(),
            Act::Hush(about) => format!("{about:?}"),
        });
        bodies.collect::<Vec<_>>()
    };
    assert!(see(&mut day, "active", "").is_empty());
    day.desk.pause(Pause::UntilResumed);
    assert!(see(&mut day, "degraded", "it is slow").is_empty());
    day.desk.resume();
    let told = "it is slow. 1 request with access there may outlast its end.";
    assert_eq!(see(&mut day, "degraded", "it is slow"), [told]);
    assert!(see(&mut day, "degraded", "it is slower").is_empty());
    day.restart();
    day.desk.caught_up(day.now);
    assert!(see(&mut day, "degraded", "it is slow").is_empty());
    assert_eq!(see(&mut day, "active", ""), ["Integration(\"k8s-prod\")"]);
}

#[test]
fn t16_a_clock_that_was_set_back_holds_nothing_back() {
    let mut day = Day::new();
    day.event("request.approved", &granting());
    assert_eq!(day.later(5, &[granting()]), [YES]);
    day.now -= TimeDelta::hours(1);
    assert_eq!(day.event("request.active", &active()), [OPEN]);
    // And one that was set forward by days tells of a deadline what is so by then.
    day.now += TimeDelta::days(3);
    assert_eq!(day.tick(&[active()]), [HUSH]);
}

#[test]
fn many_things_at_once_are_one_notice_after_the_first_few() {
    let mut day = Day::new();
    let all: Vec<_> = (1..=8).map(|n| numbered(&format!("R-{n}"), &active())).collect();
    let told: Vec<_> = all.iter().flat_map(|one| day.event("request.active", one)).collect();
    assert_eq!(told, ["r-1 is open for you", "r-2 is open for you", "r-3 is open for you"]);
    assert_eq!((day.due(&all), day.desk.wants().len()), (Some(5), 5));
    assert!(day.later(4, &all).is_empty());
    assert_eq!(day.later(1, &all), ["5 things happened meanwhile"]);
    assert!(day.later(60, &all).is_empty());
    // One that comes later is told as itself, and so is one that waited alone.
    for number in ["R-21", "R-22", "R-23"] {
        day.event("request.active", &numbered(number, &active()));
    }
    let alone = numbered("R-24", &active());
    assert!(day.event("request.active", &alone).is_empty());
    assert_eq!(day.later(5, &[alone]), ["r-24 is open for you"]);
    assert_eq!(day.due(&[]), None);
}
