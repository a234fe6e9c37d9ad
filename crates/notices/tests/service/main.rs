//! The notification service, with a bus of each test's own and a service that is written here.
#![cfg(target_os = "linux")]
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_in_result,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod bus;
mod fake;

use bellhop_notices::service::{Answer, Event, Sender, Service};
use bellhop_notices::words::{self, Known, What};
use bellhop_notices::{About, Bell as _, Choice, Notice, RingError, Wall};
use bus::{everybody, on_a_bus, settled};
use fake::{Fake, Options, invoke, send};
use serde_json::json;
use tokio::sync::mpsc::UnboundedReceiver;

async fn start() -> (Service, UnboundedReceiver<Event>) {
    let sender = Sender {
        name: "Bellhop".to_owned(),
        desktop_entry: "bellhop-desktop".to_owned(),
        icon: "bellhop".to_owned(),
    };
    Service::start(sender).await.expect("a bus")
}

/// "customer1 ends in 10 minutes", with Extend and End now.
fn notice(number: &str) -> Notice {
    let request = serde_json::from_value(json!({
        "number": number, "id": "x", "requester": "jun", "flow": "f", "reason": "", "seen": "y",
        "duration_seconds": 600, "submitted_at": "2026-11-21T13:00:00Z",
        "deadline": "2026-11-21T13:10:00Z", "status": "active", "label": "Ending soon",
        "ends_alone": "", "targets": ["k8s/namespace/customer1:edit"], "grants": [], "open": 1,
        "decision": null, "waits": null,
    }))
    .expect("a request");
    let me = serde_json::from_value(json!({ "id": "x", "handle": "jun", "role": "member" }));
    let now = "2026-11-21T13:00:00Z".parse().expect("a time");
    let wall = Wall { now, local: |time| time.naive_utc(), twelve_hours: false };
    let view = words::View {
        me: &me.expect("a person"),
        wall,
        quotes: true,
        wants: words::Wants::default(),
    };
    words::notice(What::EndingSoon, &request, &Known::default(), &view).expect("a notice")
}

fn answer(number: &str, choice: Choice) -> Event {
    Event::Answer(Answer { about: About::Request(number.to_owned()), choice, token: None })
}

/// The next event that is not about do not disturb.
async fn next(events: &mut UnboundedReceiver<Event>) -> Event {
    loop {
        let event = events.recv().await.expect("an event");
        if !matches!(event, Event::Inhibited(_)) {
            return event;
        }
    }
}

#[test]
fn a_pressed_button_is_an_answer_once() {
    on_a_bus("a_pressed_button_is_an_answer_once", async {
        let mut fake = Fake::start(Options::default()).await;
        let (service, mut events) = start().await;
        service.ring(&notice("R-1")).await.expect("it rings");
        let shown = fake.shown().await;
        assert_eq!((shown.app.as_str(), shown.icon.as_str()), ("Bellhop", "bellhop"));
        assert_eq!(shown.title, "customer1 ends in 10 minutes");
        assert_eq!((shown.body.as_str(), shown.timeout), ("edit on k8s ends at 13:10.", -1));
        let buttons = ["default", "Open", "extend", "Extend", "end-now", "End now"];
        assert_eq!(
            (shown.actions.as_slice(), shown.replaces),
            (&buttons.map(str::to_owned)[..], 0)
        );
        assert_eq!(shown.hint("sound-name"), None);
        assert_eq!(shown.hint("desktop-entry").as_deref(), Some("bellhop-desktop"));

        // What this notice does not offer is no choice, whoever says so.
        for key in ["approve", "", "use-context", "Extend"] {
            fake.invoke(shown.id, key).await;
        }
        fake.invoke(shown.id + 1, "extend").await;
        fake.invoke(shown.id, "end-now").await;
        fake.invoke(shown.id, "extend").await;
        assert_eq!(next(&mut events).await, answer("R-1", Choice::EndNow));

        service.ring(&notice("R-2")).await.expect("it rings");
        let shown = fake.shown().await;
        fake.tell("ActivationToken", &(shown.id, "token-7")).await;
        fake.invoke(shown.id, "default").await;
        let about = About::Request("R-2".to_owned());
        let token = Some("token-7".to_owned());
        let opened = Event::Answer(Answer { about, choice: Choice::Open, token });
        assert_eq!(next(&mut events).await, opened);
        service.stop().await;
        assert_eq!(events.recv().await, None);
    });
}

#[test]
fn an_answer_before_the_number_is_known_counts() {
    on_a_bus("an_answer_before_the_number_is_known_counts", async {
        for tells_sender in [false, true] {
            let early = Some("end-now".to_owned());
            let mut fake = Fake::start(Options { early, tells_sender, ..Options::default() }).await;
            let (service, mut events) = start().await;
            for number in ["R-1", "R-2", "R-3"] {
                service.ring(&notice(number)).await.expect("it rings");
                fake.shown().await;
                assert_eq!(next(&mut events).await, answer(number, Choice::EndNow));
            }
            drop(fake.stop().await);
        }
    });
}

#[test]
fn a_forged_answer_does_nothing() {
    on_a_bus("a_forged_answer_does_nothing", async {
        let mut fake = Fake::start(Options::default()).await;
        let (service, mut events) = start().await;
        service.ring(&notice("R-1")).await.expect("it rings");
        let shown = fake.shown().await;

        // Somebody else on the bus tells everybody, and each connection alone, also that they are
        // the service now.
        let forger = zbus::Connection::session().await.expect("a bus");
        let myself = forger.unique_name().expect("a name").to_string();
        let mut receivers = vec![None];
        receivers.extend(everybody(&forger).await.into_iter().map(Some));
        for to in receivers {
            let to = to.as_deref();
            let name = "org.freedesktop.Notifications";
            let owner = (name, fake.name(), myself.clone());
            send(&forger, to, "org.freedesktop.DBus", "NameOwnerChanged", &owner).await;
            invoke(&forger, to, shown.id, "end-now").await;
            send(&forger, to, name, "NotificationClosed", &(shown.id, 2_u32)).await;
        }
        settled(&forger).await;
        // The real one is heard, and is the first to be.
        fake.invoke(shown.id, "extend").await;
        assert_eq!(next(&mut events).await, answer("R-1", Choice::Extend));
    });
}

#[test]
fn a_newer_notice_takes_the_place_of_the_older_one() {
    on_a_bus("a_newer_notice_takes_the_place_of_the_older_one", async {
        let mut fake = Fake::start(Options::default()).await;
        let (service, mut events) = start().await;
        for number in ["R-1", "R-2", "R-1"] {
            service.ring(&notice(number)).await.expect("it rings");
        }
        let (one, two, again) = (fake.shown().await, fake.shown().await, fake.shown().await);
        assert_eq!((two.replaces, again.replaces, again.id), (0, one.id, one.id));

        // What was answered elsewhere goes, and cannot be answered any more.
        service.hush(&About::Request("R-1".to_owned())).await;
        assert_eq!(fake.closed().await, one.id);
        fake.invoke(one.id, "extend").await;
        // What somebody put away is not replaced.
        fake.tell("NotificationClosed", &(two.id, 2_u32)).await;
        fake.invoke(two.id, "extend").await;
        service.ring(&notice("R-3")).await.expect("it rings");
        let three = fake.shown().await;
        fake.invoke(three.id, "extend").await;
        assert_eq!(next(&mut events).await, answer("R-3", Choice::Extend));
        service.ring(&notice("R-2")).await.expect("it rings");
        let two = fake.shown().await;
        assert_eq!(two.replaces, 0);
        // At the end nothing stays that could not be answered.
        service.stop().await;
        assert_eq!(fake.closed().await, two.id);
    });
}

#[test]
fn a_service_that_starts_anew_does_not_speak_for_the_old_one() {
    on_a_bus("a_service_that_starts_anew_does_not_speak_for_the_old_one", async {
        let mut fake = Fake::start(Options::default()).await;
        let (service, mut events) = start().await;
        service.ring(&notice("R-1")).await.expect("it rings");
        let old = fake.shown().await;
        let gone = fake.stop().await;
        let mut fake =
            Fake::start(Options { capabilities: vec!["body"], ..Options::default() }).await;
        // Neither the old one nor the new one can answer for what the old one showed.
        invoke(&gone, None, old.id, "extend").await;
        settled(&gone).await;
        fake.invoke(old.id, "end-now").await;
        service.ring(&notice("R-1")).await.expect("it rings");
        let new = fake.shown().await;
        assert_eq!((new.id, new.replaces), (old.id, 0));
        // It can do other things.
        assert!(new.actions.is_empty());
        invoke(&gone, None, new.id, "end-now").await;
        settled(&gone).await;
        fake.invoke(new.id, "default").await;
        assert_eq!(next(&mut events).await, answer("R-1", Choice::Open));
    });
}

#[test]
fn no_service_is_told_once_and_tried_again() {
    on_a_bus("no_service_is_told_once_and_tried_again", async {
        let (service, mut events) = start().await;
        for _ in 0..3 {
            assert_eq!(service.ring(&notice("R-1")).await, Err(RingError::Absent));
        }
        assert_eq!(next(&mut events).await, Event::Absent);
        let mut fake = Fake::start(Options::default()).await;
        assert_eq!(next(&mut events).await, Event::Present);
        service.ring(&notice("R-1")).await.expect("it rings");
        fake.shown().await;
        drop(fake.stop().await);
        while service.ring(&notice("R-1")).await.is_ok() {}
        assert_eq!(next(&mut events).await, Event::Absent);
    });
}

#[test]
fn a_refused_notice_is_an_error_and_the_next_one_rings() {
    on_a_bus("a_refused_notice_is_an_error_and_the_next_one_rings", async {
        let mut fake = Fake::start(Options { refuses: 1, ..Options::default() }).await;
        let (service, _events) = start().await;
        let refused = service.ring(&notice("R-1")).await;
        assert!(
            matches!(&refused, Err(RingError::Failed(why)) if why.contains("too many")),
            "{refused:?}"
        );
        service.ring(&notice("R-1")).await.expect("it rings");
        assert_eq!(fake.shown().await.replaces, 0);
    });
}

#[test]
fn do_not_disturb_is_heard_where_the_service_says_it() {
    on_a_bus("do_not_disturb_is_heard_where_the_service_says_it", async {
        let fake = Fake::start(Options { inhibited: Some(true), ..Options::default() }).await;
        let (_service, mut events) = start().await;
        assert_eq!(events.recv().await, Some(Event::Inhibited(true)));
        let forger = zbus::Connection::session().await.expect("a bus");
        fake::inhibited(&forger, false).await;
        settled(&forger).await;
        fake.inhibited(true).await;
        assert_eq!(events.recv().await, Some(Event::Inhibited(true)));
        fake.inhibited(false).await;
        assert_eq!(events.recv().await, Some(Event::Inhibited(false)));
        fake.inhibited(true).await;
        assert_eq!(events.recv().await, Some(Event::Inhibited(true)));
        // A service that went away does not ask for quiet any more.
        drop(fake.stop().await);
        assert_eq!(events.recv().await, Some(Event::Inhibited(false)));
    });
}
