//! When notices ring: once, not too often, and never never.

use crate::common::{at, decision, me, open, request, view, with};
use bellhop_api::{Change, Integration, Me, Request};
use bellhop_notices::words::Known;
use bellhop_notices::{About, Act, Desk, Memory, Pause};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

/// A person at their desk, and the clock on the wall.
pub(crate) struct Day {
    pub(crate) desk: Desk,
    pub(crate) me: Me,
    pub(crate) now: DateTime<Utc>,
    pub(crate) seq: i64,
}

impl Day {
    /// jun's, at 13:40 UTC, with nothing untold.
    pub(crate) fn new() -> Self {
        let mut desk = Desk::new(Memory::default());
        desk.caught_up();
        let mut day = Self { desk, me: me("jun", "member"), now: at("13:40:00"), seq: 10 };
        assert_eq!(day.tick(&[]), Vec::<String>::new());
        day
    }

    fn of(handle: &str, role: &str) -> Self {
        Self { me: me(handle, role), ..Self::new() }
    }

    fn event(&mut self, kind: &str, request: &Request) -> Vec<String> {
        self.seq += 1;
        self.event_at(self.seq, kind, Some(request))
    }

    pub(crate) fn event_at(
        &mut self,
        seq: i64,
        kind: &str,
        request: Option<&Request>,
    ) -> Vec<String> {
        let number = request.map_or("R-1042", |request| request.number.as_str()).to_owned();
        let change = Change { seq, kind: kind.to_owned(), request: Some(number) };
        let view = view(&self.me, self.now);
        said(&self.desk.event(&change, request, &Known::default(), &view))
    }

    fn tick(&mut self, requests: &[Request]) -> Vec<String> {
        said(&self.desk.tick(requests, &view(&self.me, self.now)))
    }

    /// Time goes by, and what is due happens.
    fn later(&mut self, seconds: i64, requests: &[Request]) -> Vec<String> {
        self.now += TimeDelta::seconds(seconds);
        self.tick(requests)
    }

    fn due(&self, requests: &[Request]) -> Option<i64> {
        let due = self.desk.due(requests, &view(&self.me, self.now));
        due.map(|due| (due - self.now).num_seconds())
    }

    /// The app ends, and starts again.
    pub(crate) fn restart(&mut self) {
        let kept = serde_json::to_string(self.desk.memory()).expect("a memory");
        self.desk = Desk::new(serde_json::from_str(&kept).expect("a memory"));
    }
}

fn said(acts: &[Act]) -> Vec<String> {
    let said = |act: &Act| match act {
        Act::Ring(notice) => notice.title.clone(),
        Act::Hush(about) => format!("hush {}", about.request().unwrap_or("other")),
    };
    acts.iter().map(said).collect()
}

fn granting() -> Request {
    request("granting", &with(open("14:33:00"), &json!({ "open": 0 })))
}

fn active() -> Request {
    request("active", &open("14:33:00"))
}

fn ended(label: &str) -> Request {
    request("ended", &with(open("14:33:00"), &json!({ "open": 0, "label": label })))
}

pub(crate) fn numbered(number: &str, request: &Request) -> Request {
    let (number, resource) = (number.to_owned(), number.to_lowercase());
    let targets = vec![format!("k8s-prod/namespace/{resource}:edit")];
    Request { number, targets, ..request.clone() }
}

const OPEN: &str = "customer1 is open for you";
const YES: &str = "ada said yes to edit on customer1";
const HUSH: &str = "hush R-1042";

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
    day.desk.caught_up();
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
    day.desk.caught_up();
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
fn a_pause_holds_back_and_ends_in_one_notice() {
    let mut day = Day::new();
    day.desk.pause(Pause::Until(day.now + TimeDelta::hours(1)));
    let (two, three) = (request("active", &open("15:33:00")), ended("Expired"));
    let (two, three) = (numbered("R-2", &two), numbered("R-3", &three));
    assert!(day.event("request.active", &two).is_empty());
    assert!(day.event("request.ended", &three).is_empty());
    assert_eq!((day.due(&[]), day.desk.wants().len()), (Some(3_600), 0));
    day.restart();
    day.desk.caught_up();
    assert_eq!(day.desk.paused(), Some(Pause::Until(at("14:40:00"))));
    assert!(day.later(3_599, &[two.clone(), three.clone()]).is_empty());
    day.now += TimeDelta::seconds(1);
    // The first tick finds that it is over; what it needs is asked for.
    assert!(day.tick(&[]).is_empty());
    assert_eq!(day.desk.wants(), ["R-2", "R-3"]);
    assert!(day.tick(std::slice::from_ref(&three)).is_empty());
    assert_eq!(day.tick(&[two.clone(), three.clone()]), ["2 things happened while you were away"]);
    assert!(day.later(60, &[two, three]).is_empty());
}

#[test]
fn do_not_disturb_holds_back_and_one_thing_is_told_as_itself() {
    let mut day = Day::new();
    day.desk.inhibited(true);
    assert!(day.event("request.active", &active()).is_empty());
    assert!(day.later(60, &[active()]).is_empty());
    day.desk.inhibited(false);
    // What happened is told as it is now.
    assert_eq!(day.desk.wants(), ["R-1042"]);
    assert_eq!(day.event("request.ended", &ended("Expired")), ["customer1 has ended"]);
    assert!(day.later(60, &[ended("Expired")]).is_empty());
}

#[test]
fn what_happened_while_nobody_was_there_is_one_notice() {
    let mut day = Day::new();
    day.event("request.active", &active());
    day.restart();
    for (seq, number, kind) in
        [(30, "R-2", "request.active"), (31, "R-3", "request.denied"), (32, "R-2", "request.ended")]
    {
        let change = Change { seq, kind: kind.to_owned(), request: Some(number.to_owned()) };
        let told = day.desk.event(&change, None, &Known::default(), &view(&day.me, day.now));
        assert!(told.is_empty());
    }
    day.desk.caught_up();
    assert_eq!(day.desk.wants(), ["R-2", "R-3"]);
    let denied = request("denied", &json!({ "decision": decision("denied", "ada", "") }));
    let requests = [numbered("R-2", &ended("Expired")), numbered("R-3", &denied)];
    let acts = day.desk.tick(&requests, &view(&day.me, day.now));
    let [Act::Ring(notice)] = acts.as_slice() else { panic!("{acts:?}") };
    assert_eq!(notice.title, "2 things happened while you were away");
    assert_eq!(notice.body, "r-2 has ended; ada said no to edit on r-3.");
    // Somebody who may not see one any more is told of the other.
    day.restart();
    day.event_at(40, "request.ended", None);
    day.desk.caught_up();
    assert!(day.desk.gone("R-1042").is_empty());
    assert!(day.desk.wants().is_empty());
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
    day.desk.caught_up();
    day.now += TimeDelta::seconds(60);
    assert_eq!(day.event("request.ended", &ended("Expired")), ["customer1 is closed now"]);
    // What was never stuck is its holder's news alone.
    day.now += TimeDelta::seconds(60);
    assert!(day.event("request.ended", &ended("Expired")).is_empty());
}

#[test]
fn what_nobody_could_show_is_told_when_somebody_can() {
    let mut day = Day::new();
    assert_eq!(day.event("request.active", &active()), [OPEN]);
    day.desk.unheard(&About::Request("R-1042".to_owned()));
    assert!(day.desk.is_holding());
    assert!(day.later(60, &[active()]).is_empty());
    day.restart();
    day.desk.caught_up();
    // A restart tries again.
    assert_eq!(day.tick(&[active()]), [OPEN]);
    day.desk.unheard(&About::Request("R-1042".to_owned()));
    day.desk.audible();
    assert_eq!(day.tick(&[active()]), [OPEN]);
    assert!(day.later(60, &[active()]).is_empty());
}

#[test]
fn a_backend_out_of_reach_is_told_after_a_while_and_taken_back() {
    let mut day = Day::new();
    day.desk.unreachable(day.now);
    assert_eq!(day.due(&[]), Some(15));
    assert!(day.later(14, &[]).is_empty());
    day.desk.unreachable(day.now);
    assert_eq!(day.later(1, &[]), ["Bellhop cannot reach its server"]);
    assert!(day.later(60, &[]).is_empty());
    assert_eq!(day.desk.reachable(), [Act::Hush(About::Backend)]);
    day.desk.unreachable(day.now);
    assert!(day.desk.reachable().is_empty());
    assert!(day.later(60, &[]).is_empty());
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
    day.desk.caught_up();
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
fn another_backend_begins_anew_and_the_pause_holds() {
    let mut day = Day::new();
    day.event_at(900, "request.active", Some(&active()));
    day.desk.pause(Pause::UntilResumed);
    day.desk.forget_place();
    assert_eq!(day.desk.memory().place(), None);
    assert_eq!(day.desk.paused(), Some(Pause::UntilResumed));
    day.desk.resume();
    assert_eq!(day.event_at(5, "request.active", Some(&active())), [OPEN]);
}
