//! Menus as they are read, line by line, beside the state that they are made of.

use bellhop_api::Me;
use chrono::{DateTime, FixedOffset, Utc};
use serde_json::json;

use super::*;
use crate::state::Context;

fn now() -> DateTime<FixedOffset> {
    // Two hours ahead of UTC.
    "2026-11-19T14:52:00+02:00".parse().expect("a time")
}

fn utc(clock: &str) -> DateTime<Utc> {
    let text = format!("2026-11-19T{clock}+02:00");
    text.parse::<DateTime<FixedOffset>>().expect("a time").with_timezone(&Utc)
}

/// A request of `who` for one target that has `status` and ends at `end`.
fn request(
    number: u32,
    who: &str,
    target: &str,
    status: &str,
    end: Option<&str>,
) -> bellhop_api::Request {
    let label = match status {
        "active" => "Active",
        "granting" => "Setting up",
        "pending" => "Pending",
        "stuck" => "May still be open",
        _ => "Ending",
    };
    let status = if status == "stuck" { "revoking" } else { status };
    let waits = (status == "pending").then(|| {
        json!({ "approvers": ["ada", "sol"], "for_you": who != "dana", "lapses_at": utc("15:50:00"), "extend_seconds": null })
    });
    serde_json::from_value(json!({
        "number": format!("R-{number}"), "id": number.to_string(), "requester": who, "flow": "f", "reason": "r",
        "duration_seconds": 3600, "submitted_at": utc("14:40:00"), "deadline": end.map(utc), "status": status,
        "label": label, "ends_alone": "Access ends although this machine is off", "targets": [target],
        "grants": [], "open": usize::from(status == "active"), "decision": null, "waits": waits, "seen": "s",
    }))
    .expect("a request")
}

fn state(open: Vec<bellhop_api::Request>) -> State {
    let me = Me {
        id: "1".to_owned(),
        handle: "dana".to_owned(),
        role: "admin".to_owned(),
        closed: None,
    };
    let read = Read { me, open, recent: Vec::new() };
    State { link: Link::Up, read: Some(read), read_at: Some(utc("14:40:00")), ..State::default() }
}

/// The menu as lines: grey ones in brackets, submenus indented.
fn lines(items: &[Item], depth: usize, into: &mut Vec<String>) {
    let dent = "    ".repeat(depth);
    for item in items {
        match item {
            Item::Note(text) => into.push(format!("{dent}[{text}]")),
            Item::Separator => into.push(format!("{dent}-")),
            Item::Button { label, .. } => into.push(format!("{dent}{label}")),
            Item::Check { label, on, .. } => {
                into.push(format!("{dent}{} {label}", if *on { "*" } else { " " }));
            }
            Item::Menu { label, items } => {
                into.push(format!("{dent}{label} >"));
                lines(items, depth + 1, into);
            }
        }
    }
}

fn shown(state: &State) -> (Icon, Vec<String>) {
    let tray = tray(state, now());
    let mut all = Vec::new();
    lines(&tray.items, 0, &mut all);
    (tray.icon, all)
}

#[test]
fn quiet_nothing_is_active_and_nothing_waits() {
    let (icon, lines) = shown(&state(vec![]));
    assert_eq!(icon, Icon::Idle);
    assert_eq!(
        lines,
        [
            "[No active access]",
            "-",
            "Request access…",
            "-",
            "Pause notifications for 1 hour",
            "Open Bellhop",
            "Settings…",
            "Quit Bellhop",
        ]
    );
}

fn busy() -> State {
    let mut state = state(vec![
        request(5, "tomas", "pg/database/customers:write", "pending", None),
        request(4, "jun", "k8s-demo/namespace/customer2:edit", "pending", None),
        request(3, "dana", "aws/set/prod-data:ReadOnly", "pending", None),
        request(2, "dana", "k8s-demo/namespace/customer1:edit", "active", Some("15:33:08")),
        request(1, "dana", "k8s-demo/namespace/kube-system:view", "active", Some("17:04:00")),
    ]);
    state.shortcut = Some("Ctrl+Alt+B".to_owned());
    state.contexts =
        [("minikube", true, false), ("k8s-prod", false, false), ("bellhop-k8s-demo", false, true)]
            .map(|(name, current, ours)| Context { name: name.to_owned(), current, ours })
            .to_vec();
    let mut old =
        request(0, "dana", "k8s-demo/namespace/customer3:edit", "ended", Some("12:00:00"));
    old.label = "Expired".to_owned();
    let again = request(9, "dana", "k8s-demo/namespace/customer1:edit", "ended", Some("12:00:00"));
    state.read.as_mut().expect("read").recent = vec![old.clone(), again, old];
    state
}

#[test]
fn busy_people_who_wait_come_first_then_what_ends_soonest() {
    let (icon, lines) = shown(&busy());
    assert_eq!(icon, Icon::Attention);
    assert_eq!(
        lines,
        [
            "jun asks for edit on customer2…",
            "tomas asks for write on customers…",
            "-",
            "[Active]",
            "customer1, edit: 41 min left >",
            "    [Ends 15:33]",
            "    Use context",
            "    Copy command",
            "    Open details",
            "    -",
            "    Extend",
            "    End now",
            "kube-system, view: 2 h 12 min left >",
            "    [Ends 17:04]",
            "    Use context",
            "    Copy command",
            "    Open details",
            "    -",
            "    Extend",
            "    End now",
            "[Waiting]",
            "prod-data, ReadOnly >",
            "    [Asked: ada, sol]",
            "    [Nobody can answer after 15:50]",
            "    Open details",
            "    Withdraw request",
            "-",
            "Request access…\tCtrl+Alt+B",
            "Request again >",
            "    customer3, edit",
            "-",
            "Hop to context >",
            "      bellhop-k8s-demo",
            "    * minikube",
            "      k8s-prod (production)…",
            "    -",
            "    Hop back",
            "-",
            "Pause notifications for 1 hour",
            "Open Bellhop",
            "Settings…",
            "Quit Bellhop (access still ends on time)",
        ]
    );
}

#[test]
fn offline_what_is_old_says_how_old_and_what_cannot_be_is_grey() {
    let mut state =
        state(vec![request(2, "dana", "k/namespace/c1:edit", "active", Some("15:33:08"))]);
    state.link = Link::Away { since: utc("14:51:00"), why: "gone".to_owned(), stopped: false };
    let (icon, lines) = shown(&state);
    assert_eq!(icon, Icon::Offline);
    assert_eq!(
        lines,
        [
            "[Cannot reach the backend]",
            "Try again now",
            "Why?",
            "-",
            "[Active, as of 14:40]",
            "c1, edit: 41 min left >",
            "    [Ends 15:33]",
            "    [Access ends although this machine is off]",
            "    Copy command",
            "    Open details",
            "-",
            "[Request access (offline)]",
            "-",
            "Pause notifications for 1 hour",
            "Open Bellhop",
            "Settings…",
            "Quit Bellhop",
        ]
    );
    // One that is started anew is there again before anybody is alarmed.
    state.link = Link::Away { since: utc("14:51:46"), why: "gone".to_owned(), stopped: false };
    assert_eq!(shown(&state).0, Icon::Active);
    // One that was stopped is not coming back by itself.
    state.link = Link::Away { since: utc("14:51:59"), why: "gone".to_owned(), stopped: true };
    let (icon, lines) = shown(&state);
    assert_eq!((icon, lines[1].as_str()), (Icon::Offline, "Start it now"));
}

#[test]
fn t17_the_icon_says_what_is_stored_and_no_more() {
    let one = |status, end| vec![request(1, "dana", "k/namespace/a:edit", status, end)];
    for (open, expected) in [
        (one("active", Some("15:33:00")), Icon::Active),
        (one("active", Some("15:02:00")), Icon::Attention),
        (one("active", Some("15:02:01")), Icon::Active),
        (one("granting", Some("15:33:00")), Icon::Idle),
        (one("revoking", Some("14:50:00")), Icon::Idle),
        (one("stuck", Some("14:50:00")), Icon::Attention),
        (one("pending", None), Icon::Idle),
        (vec![request(1, "jun", "k/namespace/a:edit", "pending", None)], Icon::Attention),
        (vec![request(1, "jun", "k/namespace/a:edit", "active", Some("15:33:00"))], Icon::Idle),
    ] {
        let status = open[0].status.clone();
        assert_eq!(shown(&state(open)).0, expected, "{status}");
    }
}

#[test]
fn t20_a_line_says_setting_up_ending_and_may_still_be_open() {
    for (status, words) in [
        ("granting", "a, edit: setting up"),
        ("revoking", "a, edit: ending"),
        ("stuck", "a, edit: may still be open"),
    ] {
        let (_, lines) =
            shown(&state(vec![request(1, "dana", "k/namespace/a:edit", status, Some("15:33:00"))]));
        assert!(lines.iter().any(|line| line.starts_with(words)), "{words:?} is not in {lines:?}");
        assert!(!lines.contains(&"    Use context".to_owned()), "{lines:?}");
    }
}

#[test]
fn long_lists_end_in_the_window() {
    let asked = (1..=5).map(|n| request(n, "jun", "k/namespace/a:edit", "pending", None));
    let own =
        (10..=18).map(|n| request(n, "dana", "k/namespace/b:edit", "active", Some("15:33:00")));
    let mut state = state(asked.chain(own).collect());
    state.contexts = (0..1_000)
        .map(|n| Context { name: format!("c{n:04}"), current: n == 999, ours: false })
        .collect();
    let (_, lines) = shown(&state);
    for line in
        ["2 more in Approvals…", "3 more in Access…", "    975 more in Contexts…", "    * c0999"]
    {
        assert!(lines.contains(&line.to_owned()), "{line:?} is not in {lines:#?}");
    }
    assert!(lines.len() < 120);
}

#[test]
fn names_of_any_length_and_kind_stay_one_short_line() {
    let target = format!("k/namespace/{}:edit", "x".repeat(4_000));
    let (_, lines) = shown(&state(vec![request(1, "dana", &target, "active", Some("15:33:00"))]));
    assert!(lines.iter().all(|line| line.chars().count() < 90), "{lines:?}");
    let strange = shown(&state(vec![request(1, "dana", "no target", "pending", None)])).1;
    assert!(strange.contains(&"no target,  >".to_owned()), "{strange:?}");
}

#[test]
fn the_tooltip_says_who_and_when() {
    let state = state(vec![
        request(1, "dana", "k/namespace/a:edit", "active", Some("15:33:00")),
        request(2, "dana", "k/namespace/b:edit", "active", Some("14:58:00")),
        request(3, "jun", "k/namespace/a:edit", "pending", None),
        request(4, "jun", "k/namespace/b:edit", "pending", None),
    ]);
    assert_eq!(
        tray(&state, now()).tooltip,
        "Bellhop: 2 active, next ends 14:58. 1 person waiting."
    );
}

#[test]
fn time_left_is_whole_and_in_two_units() {
    let left =
        |seconds: i64| words::left(utc("14:00:00") + TimeDelta::seconds(seconds), utc("14:00:00"));
    for (seconds, text) in [
        (-5, "less than a minute left"),
        (59, "less than a minute left"),
        (60, "1 min left"),
        (3_599, "59 min left"),
        (3_600, "1 h left"),
        (7_920, "2 h 12 min left"),
        (86_400, "1 d left"),
        (187_200, "2 d 4 h left"),
    ] {
        assert_eq!(left(seconds), text);
    }
}

#[test]
fn an_action_comes_back_from_its_id_and_nothing_else_does() {
    for action in [
        Action::Quit,
        Action::End("R-1".to_owned()),
        Action::Hop("a \"b\" / &".to_owned()),
        Action::Open(Page::Request("R-2".to_owned())),
        Action::Open(Page::Trouble(Missing::Tray)),
    ] {
        assert_eq!(Action::from_id(&action.id()), Some(action));
    }
    for id in ["", "approve", "{\"approve\":\"R-1\"}", "1"] {
        assert_eq!(Action::from_id(id), None);
    }
}

#[test]
fn times_of_day_are_written_as_the_user_reads_them() {
    let mut state =
        state(vec![request(1, "dana", "k/namespace/a:edit", "active", Some("15:33:00"))]);
    assert!(shown(&state).1.contains(&"    [Ends 15:33]".to_owned()));
    let manners = crate::manners::Manners { twelve_hours: true, ..Default::default() };
    state.manners = Some(manners);
    assert!(shown(&state).1.contains(&"    [Ends 3:33 PM]".to_owned()));
    assert!(tray(&state, now()).tooltip.contains("next ends 3:33 PM"));
}

#[test]
fn t16_an_app_that_is_older_than_the_backend_says_so() {
    let mut state = state(vec![]);
    state.newer = Some("9.1.0".to_owned());
    let (_, lines) = shown(&state);
    let own = bellhop_api::version();
    let said = format!("[Bellhop 9.1.0 is installed; this is {own}]");
    let at = lines.iter().position(|line| *line == said).expect("it is said");
    assert_eq!(lines[at + 1..], ["Restart to use it", "Quit Bellhop"]);
}
