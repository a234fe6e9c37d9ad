//! What somebody does not want to be told of is not told, from the next thing that happens on.

use bellhop_notices::words::{Known, View, Wants, What, notice};
use chrono::TimeDelta;
use serde_json::json;

use crate::common::{at, decision, me, open, request, view, with};
use crate::day::{Day, OPEN, active, ended, granting, said};

const ALL: Wants = Wants { granted: true, ending: true, asked: true };

#[test]
fn each_wish_is_about_its_own_notices_and_no_others() {
    let waits = json!({ "approvers": ["ada"], "for_you": true, "lapses_at": at("18:00:00") });
    let asked = request("pending", &json!({ "waits": waits }));
    let denied = request("denied", &json!({ "decision": decision("denied", "ada", "") }));
    let soon = request("active", &open("13:45:00"));
    let (jun, ada) = (me("jun", "member"), me("ada", "member"));
    for (what, request, me, silent) in [
        (What::Asked, &asked, &ada, Some(Wants { asked: false, ..ALL })),
        (What::AskedAnew, &asked, &ada, Some(Wants { asked: false, ..ALL })),
        (What::Approved, &granting(), &jun, Some(Wants { granted: false, ..ALL })),
        (What::Granted, &active(), &jun, Some(Wants { granted: false, ..ALL })),
        (What::EndingSoon, &soon, &jun, Some(Wants { ending: false, ..ALL })),
        (What::Denied, &denied, &jun, None),
        (What::Ended, &ended("Expired"), &jun, None),
    ] {
        for wants in [
            ALL,
            Wants { granted: false, ..ALL },
            Wants { ending: false, ..ALL },
            Wants { asked: false, ..ALL },
        ] {
            let view = View { wants, ..view(me, at("13:40:00")) };
            let told = notice(what, request, &Known::default(), &view).is_some();
            assert_eq!(told, Some(wants) != silent, "{what:?} {wants:?}");
        }
    }
}

#[test]
fn an_end_that_nobody_wants_to_hear_of_is_waited_for_by_nobody() {
    let day = Day::new();
    let soon = request("active", &with(open("13:45:00"), &json!({})));
    let quiet = View { wants: Wants { ending: false, ..ALL }, ..view(&day.me, day.now) };
    assert_eq!(day.desk.due(std::slice::from_ref(&soon), &quiet), None);
    let mut desk = day.desk;
    assert!(desk.tick(std::slice::from_ref(&soon), &quiet).is_empty());
    // Turned on again, it is told while it is so.
    let loud = view(&day.me, day.now + TimeDelta::seconds(1));
    assert_eq!(said(&desk.tick(&[soon], &loud)), ["customer1 ends in 5 minutes"]);
}

#[test]
fn a_notice_that_is_on_the_screen_goes_when_nobody_wants_it() {
    let mut day = Day::new();
    assert_eq!(day.event("request.active", &active()), [OPEN]);
    let quiet = View { wants: Wants { granted: false, ..ALL }, ..view(&day.me, day.now) };
    assert_eq!(said(&day.desk.tick(&[active()], &quiet)), ["hush R-1042"]);
}
