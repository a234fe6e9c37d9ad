//! What could not be told is told later.

use bellhop_api::Change;
use bellhop_notices::words::Known;
use bellhop_notices::{About, Act, Pause};
use chrono::TimeDelta;
use serde_json::json;

use crate::common::{at, decision, open, request, view};
use crate::day::{Day, OPEN, active, ended, numbered};

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
    day.desk.caught_up(day.now);
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
    day.desk.caught_up(day.now);
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
    day.desk.caught_up(day.now);
    assert!(day.desk.gone("R-1042").is_empty());
    assert!(day.desk.wants().is_empty());
}

#[test]
fn who_was_away_for_a_moment_is_told_each_thing() {
    for (seconds, told) in [
        (59, vec!["r-2 is open for you", "r-3 has ended"]),
        (60, vec!["2 things happened while you were away"]),
        // The clock was set back meanwhile.
        (-10, vec!["2 things happened while you were away"]),
    ] {
        let mut day = Day::new();
        day.desk.away(day.now);
        let requests = [numbered("R-2", &active()), numbered("R-3", &ended("Expired"))];
        assert!(day.event("request.active", &requests[0]).is_empty());
        assert!(day.event("request.ended", &requests[1]).is_empty());
        day.now += TimeDelta::seconds(seconds);
        day.desk.away(day.now);
        day.desk.caught_up(day.now);
        assert_eq!(day.tick(&requests), told, "{seconds}");
    }
}

#[test]
fn what_nobody_could_show_is_told_when_somebody_can() {
    let mut day = Day::new();
    assert_eq!(day.event("request.active", &active()), [OPEN]);
    day.desk.unheard(&About::Request("R-1042".to_owned()));
    assert!(day.desk.is_holding());
    assert!(day.later(60, &[active()]).is_empty());
    day.restart();
    day.desk.caught_up(day.now);
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
