//! What happens and what comes of it, on a screen that writes down what it was told.

use std::cell::RefCell;
use std::rc::Rc;

use bellhop_api::{Me, Request};
use serde_json::json;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::*;
use crate::view::Missing;

#[derive(Clone, Default)]
struct Recorded(Rc<RefCell<Vec<String>>>);

impl Recorded {
    fn note(&self, text: String) {
        self.0.borrow_mut().push(text);
    }

    fn taken(&self) -> Vec<String> {
        self.0.take()
    }
}

impl Screen for Recorded {
    fn show(&mut self, tray: &Tray) {
        self.note(format!("show {:?} with {} lines", tray.icon, tray.items.len()));
    }
    fn open(&mut self, page: &Page) {
        self.note(format!("open {page:?}"));
    }
    fn copy(&mut self, text: &str) {
        self.note(format!("copy {text}"));
    }
    fn tell(&mut self, what: &'static str, why: &str) {
        self.note(format!("{what}: {why}"));
    }
    fn changed(&mut self, change: &Change) {
        self.note(format!("change {}", change.seq));
    }
    fn reached(&mut self, link: &Link) {
        self.note(format!("{link:?}").split(' ').next().unwrap_or_default().to_owned());
    }
    fn hold(&mut self, keys: &Shortcut) -> Result<(), String> {
        self.note(format!("hold {}", keys.as_str()));
        if keys.as_str() == "Alt+F4" { Err("it is taken".to_owned()) } else { Ok(()) }
    }
    fn preferred(&mut self) {
        self.note("preferred".to_owned());
    }
    fn make_room(&mut self) {
        self.note("make room".to_owned());
    }
    fn quit(&mut self) {
        self.note("quit".to_owned());
    }
    fn restart(&mut self) {
        self.note("restart".to_owned());
    }
}

struct Scene {
    screen: Recorded,
    orders: UnboundedReceiver<Work>,
    controller: Controller<Recorded>,
}

impl Scene {
    fn new() -> Self {
        let (work, orders) = unbounded_channel();
        let screen = Recorded::default();
        Self { controller: Controller::new(screen.clone(), work), screen, orders }
    }

    fn on(&mut self, event: Event) -> Vec<String> {
        self.at("14:52:00", event)
    }

    fn at(&mut self, clock: &str, event: Event) -> Vec<String> {
        let now = format!("2026-11-19T{clock}+00:00").parse().expect("a time");
        self.controller.on(event, now);
        self.screen.taken()
    }

    fn orders(&mut self) -> Vec<Work> {
        let mut all = Vec::new();
        while let Ok(work) = self.orders.try_recv() {
            all.push(work);
        }
        all
    }
}

fn request(number: &str, status: &str) -> Request {
    serde_json::from_value(json!({
        "number": number, "id": number, "requester": "dana", "flow": "f", "reason": "r", "duration_seconds": 3600,
        "submitted_at": "2026-11-19T14:40:00Z", "deadline": "2026-11-19T15:33:00Z", "status": status, "label": "x",
        "ends_alone": "", "targets": ["k/namespace/a:edit"], "grants": [], "open": 1, "decision": null, "waits": null,
        "seen": "s",
    }))
    .expect("a request")
}

fn read(open: &[(&str, &str)], recent: &[(&str, &str)]) -> Event {
    let me = Me {
        id: "1".to_owned(),
        handle: "dana".to_owned(),
        role: "admin".to_owned(),
        closed: None,
    };
    let requests = |list: &[(&str, &str)]| list.iter().map(|(n, s)| request(n, s)).collect();
    Event::Read(Read { me, open: requests(open), recent: requests(recent) })
}

#[test]
fn nothing_is_drawn_twice() {
    let mut scene = Scene::new();
    assert_eq!(scene.on(Event::Tick), ["show Idle with 8 lines"]);
    assert_eq!(scene.on(Event::Tick), Vec::<String>::new());
    assert_eq!(scene.on(read(&[], &[])), ["Up", "show Idle with 8 lines"]);
    assert_eq!(scene.on(read(&[], &[])), Vec::<String>::new());
    // A minute later the same access has less time left, and that is shown.
    scene.on(read(&[("R-1", "active")], &[]));
    assert_eq!(scene.at("14:53:00", Event::Tick).len(), 1);
}

#[test]
fn t17_a_backend_that_comes_back_is_shown_as_it_is_then() {
    let mut scene = Scene::new();
    scene.on(read(&[("R-1", "active")], &[]));
    let away = || Event::Away { why: "gone".to_owned(), stopped: false };
    assert_eq!(scene.on(away()), ["Away"]);
    // Since it is away counts, not since it was last tried.
    let later = scene.at("14:52:15", away());
    assert!(later[1].starts_with("show Offline"), "{later:?}");
    assert!(scene.at("14:53:00", read(&[], &[]))[1].starts_with("show Idle"));
}

#[test]
fn a_choice_is_ordered_and_never_done_here() {
    let mut scene = Scene::new();
    scene.on(read(&[("R-1", "active")], &[]));
    scene.orders();
    let number = || "R-1".to_owned();
    for (action, work) in [
        (Action::TryAgain, Work::Reach),
        (Action::UseContext(number()), Work::AddContext { number: number(), current: true }),
        (Action::Extend(number()), Work::Extend(number())),
        (Action::End(number()), Work::End(number())),
        (Action::Withdraw(number()), Work::Withdraw(number())),
        (Action::Again(number()), Work::Again(number())),
        (Action::Hop("a".to_owned()), Work::Hop("a".to_owned())),
        (Action::HopBack, Work::HopBack),
        (Action::Resume, Work::Resume),
    ] {
        assert_eq!(scene.on(Event::Chosen(action)), Vec::<String>::new());
        assert_eq!(scene.orders(), [work]);
    }
    for (action, seen) in [
        (Action::Open(Page::Palette), "open Palette"),
        (Action::CopyCommand(number()), "copy bellhop access R-1 --add-context"),
    ] {
        assert_eq!(scene.on(Event::Chosen(action)), [seen]);
        assert_eq!(scene.orders(), []);
    }
}

#[test]
fn p23_a_context_of_production_becomes_current_only_after_a_question() {
    let mut scene = Scene::new();
    let mut request = request("R-1", "active");
    request.targets = vec!["k8s-prod/namespace/a:edit".to_owned()];
    let Event::Read(mut read) = read(&[], &[]) else { panic!() };
    read.open = vec![request];
    scene.on(Event::Read(read));
    scene.orders();
    let seen = scene.on(Event::Chosen(Action::UseContext("R-1".to_owned())));
    assert_eq!(seen, ["open Confirm(\"bellhop-k8s-prod\")"]);
    assert_eq!(scene.orders(), [Work::AddContext { number: "R-1".to_owned(), current: false }]);
}

#[test]
fn what_did_not_work_is_told_and_a_kubeconfig_that_does_not_read_once() {
    let mut scene = Scene::new();
    scene.on(Event::Tick);
    let failed = |work: Work| Event::Done(work, Err("because".to_owned()));
    assert_eq!(scene.on(failed(Work::Hop("a".to_owned()))), ["Could not hop: because"]);
    let unreadable = "The kubeconfig could not be read: because";
    assert_eq!(scene.on(failed(Work::ReadContexts)), [unreadable]);
    assert_eq!(scene.on(failed(Work::ReadContexts)), Vec::<String>::new());
    scene.on(Event::Contexts(vec![]));
    assert_eq!(scene.on(failed(Work::ReadContexts)), [unreadable]);
}

#[test]
fn a_request_of_a_page_of_ours_brings_its_context_once_it_is_active() {
    let mut scene = Scene::new();
    let add = |number: &str| Work::AddContext { number: number.to_owned(), current: false };
    scene.on(read(&[("R-1", "granting"), ("R-2", "active")], &[]));
    scene.on(Event::Made("R-1".to_owned()));
    assert!(!scene.orders().contains(&add("R-1")));
    scene.on(read(&[("R-1", "active"), ("R-2", "active")], &[]));
    let orders = scene.orders();
    // Somebody else's doing (R-2 was made in the terminal) is theirs to use.
    assert!(orders.contains(&add("R-1")) && !orders.contains(&add("R-2")), "{orders:?}");
    scene.on(read(&[("R-1", "active")], &[]));
    assert!(!scene.orders().contains(&add("R-1")), "once");
    // Active before its making was told.
    scene.on(Event::Made("R-2".to_owned()));
    scene.on(read(&[("R-2", "active")], &[]));
    assert!(scene.orders().contains(&add("R-2")));
    // One that was denied is forgotten.
    scene.on(Event::Made("R-3".to_owned()));
    scene.on(read(&[], &[("R-3", "denied")]));
    scene.on(read(&[("R-3", "active")], &[]));
    assert!(!scene.orders().contains(&add("R-3")));
}

#[test]
fn notifications_are_paused_for_an_hour_and_resumed() {
    let mut scene = Scene::new();
    scene.on(read(&[], &[]));
    scene.orders();
    scene.on(Event::Chosen(Action::Pause));
    let until = "2026-11-19T15:52:00Z".parse().expect("a time");
    assert_eq!(scene.orders(), [Work::Pause(until)]);
    assert_eq!(scene.on(Event::Paused(Some(until))).len(), 1, "the menu says so");
    assert_eq!(scene.on(Event::Paused(None)).len(), 1, "and that it is over");
}

#[test]
fn quitting_waits_until_no_notice_is_left_that_nobody_would_answer() {
    let mut scene = Scene::new();
    scene.on(read(&[], &[]));
    // Whoever starts the app now gets a new one.
    assert_eq!(scene.on(Event::Chosen(Action::Quit)), ["make room"]);
    assert!(scene.orders().contains(&Work::Quit));
    assert_eq!(scene.on(Event::Done(Work::Quit, Ok(()))), ["quit"]);
}

#[test]
fn t16_a_newer_backend_is_told_with_the_way_to_the_newer_app() {
    let mut scene = Scene::new();
    scene.on(read(&[("R-1", "active")], &[]));
    for older in [bellhop_api::version(), "0.0.1", "what"] {
        assert_eq!(scene.on(Event::Version(older.to_owned())), Vec::<String>::new());
    }
    assert_eq!(scene.on(Event::Version("99.0.0".to_owned())).len(), 1, "the menu says so");
    assert_eq!(scene.on(Event::Chosen(Action::Restart)), ["make room"]);
    assert!(scene.orders().contains(&Work::Restart));
    assert_eq!(scene.on(Event::Done(Work::Restart, Ok(()))), ["restart"]);
}

#[test]
fn p24_changes_and_the_connection_are_handed_on_and_nothing_ends_here() {
    let mut scene = Scene::new();
    scene.on(read(&[("R-1", "active")], &[]));
    let change = Change { seq: 7, kind: "grant.active".to_owned(), request: None };
    assert_eq!(scene.on(Event::Change(change)), ["change 7"]);
    scene.orders();
    // The deadline goes by: the tray says so, and asks nobody to end anything.
    let shown = scene.at("15:40:00", Event::Tick);
    assert_eq!(shown.len(), 1);
    assert_eq!(scene.orders(), [Work::ReadContexts, Work::ReadManners]);
    assert_eq!(
        scene.on(Event::Asked(Page::Trouble(Missing::Tray))).first().map(String::as_str),
        Some("open Trouble(Tray)")
    );
}

fn manners(change: impl FnOnce(&mut Manners)) -> Event {
    let mut manners = Manners::default();
    change(&mut manners);
    Event::Manners(manners)
}

#[test]
fn new_access_is_hopped_to_where_the_user_wants_that_and_never_into_production() {
    let mut scene = Scene::new();
    let add = |current| Work::AddContext { number: "R-2".to_owned(), current };
    let hop = |on| manners(|manners| manners.settings.hop_when_granted = on);
    for (on, hops) in [(false, false), (true, true)] {
        scene.on(hop(on));
        scene.on(read(&[("R-1", "active"), ("R-2", "granting")], &[]));
        scene.orders();
        scene.on(read(&[("R-1", "active"), ("R-2", "active")], &[]));
        let orders = scene.orders();
        assert_eq!(orders.contains(&add(true)), hops, "{on}: {orders:?}");
        // Once, and not what was open before.
        scene.on(read(&[("R-1", "active"), ("R-2", "active")], &[]));
        assert!(!scene.orders().iter().any(|work| matches!(work, Work::AddContext { .. })));
    }
    // What was open when the app came is nobody's news.
    let mut late = Scene::new();
    late.on(hop(true));
    late.on(read(&[("R-2", "active")], &[]));
    assert!(!late.orders().contains(&add(true)));
    let mut request = request("R-2", "active");
    request.targets = vec!["k8s-prod/namespace/a:edit".to_owned()];
    let Event::Read(mut opened) = read(&[], &[]) else { panic!() };
    scene.on(read(&[], &[]));
    opened.open = vec![request];
    scene.orders();
    assert_eq!(scene.on(Event::Read(opened)).len(), 1, "no window opens by itself");
    assert!(scene.orders().contains(&add(false)));
}

#[test]
fn a_shortcut_that_somebody_wrote_down_is_taken_and_a_refusal_is_told_once() {
    let mut scene = Scene::new();
    let keys = |text: &str| {
        let keys = Shortcut::try_from(text.to_owned()).expect("a shortcut");
        manners(|manners| manners.settings.shortcut = keys)
    };
    // The first one is taken at the start.
    scene.on(keys("Ctrl+Alt+B"));
    scene.on(Event::Shortcut(Some("Ctrl+Alt+B".to_owned())));
    let seen = scene.on(keys("Super+K"));
    assert_eq!(seen, ["hold Super+K", "preferred", "show Idle with 8 lines"]);
    assert_eq!(scene.on(keys("Super+K")), Vec::<String>::new());
    let refused = "The shortcut could not be changed: it is taken";
    assert_eq!(scene.on(keys("Alt+F4")), ["hold Alt+F4", refused, "preferred"]);
    assert_eq!(scene.on(keys("Alt+F4")), Vec::<String>::new());
}

#[test]
fn settings_that_do_not_read_are_told_once() {
    let mut scene = Scene::new();
    let broken = || manners(|manners| manners.trouble = Some("because".to_owned()));
    assert_eq!(scene.on(broken())[0], "The settings do not read: because");
    assert_eq!(scene.on(broken()), Vec::<String>::new());
    assert_eq!(scene.on(manners(|_| ())), ["preferred"]);
    assert_eq!(scene.on(broken())[0], "The settings do not read: because");
}
