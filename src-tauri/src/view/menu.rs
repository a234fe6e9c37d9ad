//! The menu from top to bottom: trouble, people who wait, one's own access, what one waits for, and
//! what one can begin.

use std::collections::BTreeSet;

use bellhop_api::Request;
use bellhop_workstation::kubeconfig::is_production;
use chrono::{DateTime, Utc};

use super::words::{Wall, cut, left, question, what};
use super::{Action, Item, Missing, Page, is_away};
use crate::state::{Context, Link, Read, State};

/// How many people who wait are named; the rest is in the window.
const MOST_WAITING: usize = 3;
/// How many of one's own.
const MOST_OWN: usize = 6;
const MOST_AGAIN: usize = 5;
/// How many contexts a menu can be read with.
const MOST_CONTEXTS: usize = 25;

/// All lines.
pub(super) fn items(state: &State, wall: Wall) -> Vec<Item> {
    let away = is_away(&state.link, wall.utc());
    let mut groups = Vec::new();
    if let (true, Link::Away { stopped, .. }) = (away, &state.link) {
        groups.push(trouble(*stopped));
    }
    if let Some(why) = state.read.as_ref().and_then(|read| read.me.closed.as_ref()) {
        groups.push(closed(why));
    }
    match &state.read {
        Some(read) => {
            groups.push(if away { Vec::new() } else { waiting_for_me(read) });
            let as_of = state.read_at.filter(|_| away);
            groups.push(own(read, as_of, wall));
        }
        None if away => {}
        None => groups.push(vec![note("Looking for the backend")]),
    }
    groups.push(begin(state, away));
    groups.push(hop(&state.contexts));
    groups.push(app(state, away, wall));
    joined(groups)
}

fn joined(groups: Vec<Vec<Item>>) -> Vec<Item> {
    let mut items = Vec::new();
    for group in groups.into_iter().filter(|group| !group.is_empty()) {
        if !items.is_empty() {
            items.push(Item::Separator);
        }
        items.extend(group);
    }
    items
}

fn trouble(stopped: bool) -> Vec<Item> {
    let mut lines = if stopped {
        vec![
            note("The backend was stopped: nothing is decided, and nothing ends by Bellhop"),
            button("Start it now", Action::TryAgain),
        ]
    } else {
        vec![note("Cannot reach the backend"), button("Try again now", Action::TryAgain)]
    };
    lines.push(button("Why?", Action::Open(Page::Trouble(Missing::Backend))));
    lines
}

fn closed(why: &str) -> Vec<Item> {
    vec![note("No new access: the configuration does not read"), note(cut(why))]
}

fn waiting_for_me(read: &Read) -> Vec<Item> {
    let waiting = read.for_me();
    let mut lines: Vec<_> = waiting
        .iter()
        .take(MOST_WAITING)
        .map(|request| button(question(request), open(request)))
        .collect();
    if waiting.len() > MOST_WAITING {
        let more = waiting.len() - MOST_WAITING;
        lines.push(button(format!("{more} more in Approvals…"), Action::Open(Page::Approvals)));
    }
    lines
}

fn own(read: &Read, as_of: Option<DateTime<Utc>>, wall: Wall) -> Vec<Item> {
    let away = as_of.is_some();
    let (mut running, mut waiting): (Vec<_>, Vec<_>) =
        read.own().partition(|request| request.status != "pending");
    // The soonest to end first; numbers keep the order of the others the same.
    running.sort_by_key(|request| (request.deadline, request.number.clone()));
    waiting.sort_by_key(|request| (request.submitted_at, request.number.clone()));
    let mut lines = Vec::new();
    if running.is_empty() && waiting.is_empty() && !away {
        lines.push(note("No active access"));
    }
    if !running.is_empty() {
        lines.push(heading("Active", as_of, wall));
        lines.extend(running.iter().take(MOST_OWN).map(|request| of_running(request, away, wall)));
        lines.extend(rest(running.len()));
    }
    if !waiting.is_empty() {
        lines.push(heading("Waiting", as_of, wall));
        lines.extend(waiting.iter().take(MOST_OWN).map(|request| of_waiting(request, away, wall)));
        lines.extend(rest(waiting.len()));
    }
    lines
}

/// What is not known to be so now says when it was.
fn heading(text: &str, as_of: Option<DateTime<Utc>>, wall: Wall) -> Item {
    as_of.map_or_else(|| note(text), |as_of| note(format!("{text}, as of {}", wall.at(as_of))))
}

fn rest(all: usize) -> Option<Item> {
    let more = all.checked_sub(MOST_OWN).filter(|more| *more > 0)?;
    Some(button(format!("{more} more in Access…"), Action::Open(Page::Access)))
}

fn of_running(request: &Request, away: bool, wall: Wall) -> Item {
    let utc = wall.utc();
    let state = match (request.status.as_str(), request.deadline) {
        // Whether it has ended only the backend can say.
        ("active", Some(deadline)) if deadline <= utc => "time is up".to_owned(),
        ("active", Some(deadline)) => left(deadline, utc),
        _ => request.label.to_lowercase(),
    };
    let number = &request.number;
    let mut items = Vec::new();
    items.extend(request.deadline.map(|deadline| note(format!("Ends {}", wall.at(deadline)))));
    if away {
        items.push(note(cut(&request.ends_alone)));
    }
    if request.open < request.targets.len() && request.status == "active" {
        items.push(note(format!("{} of {} open", request.open, request.targets.len())));
    }
    if request.status == "active" && !away {
        items.push(button("Use context", Action::UseContext(number.clone())));
    }
    items.push(button("Copy command", Action::CopyCommand(number.clone())));
    items.push(button("Open details", open(request)));
    if request.status == "active" && !away {
        items.push(Item::Separator);
        items.push(if request.waits.is_some() {
            note("More time is asked for")
        } else {
            button("Extend", Action::Extend(number.clone()))
        });
    }
    if matches!(request.status.as_str(), "active" | "granting") && !away {
        items.push(button("End now", Action::End(number.clone())));
    }
    Item::Menu { label: format!("{}: {state}", what(request)), items }
}

fn of_waiting(request: &Request, away: bool, wall: Wall) -> Item {
    let mut items = Vec::new();
    if let Some(waits) = &request.waits {
        items.push(note(cut(&format!("Asked: {}", waits.approvers.join(", ")))));
        items.push(note(format!("Nobody can answer after {}", wall.at(waits.lapses_at))));
    }
    items.push(button("Open details", open(request)));
    if !away {
        items.push(button("Withdraw request", Action::Withdraw(request.number.clone())));
    }
    Item::Menu { label: what(request), items }
}

fn begin(state: &State, away: bool) -> Vec<Item> {
    if away {
        return vec![note("Request access (offline)")];
    }
    let key = state.shortcut.as_ref().map(|key| format!("\t{key}")).unwrap_or_default();
    let mut lines = vec![button(format!("Request access…{key}"), Action::Open(Page::Palette))];
    let again: Vec<_> = state.read.iter().flat_map(again).collect();
    if !again.is_empty() {
        lines.push(Item::Menu { label: "Request again".to_owned(), items: again });
    }
    lines
}

/// What the user had last and has no more: each once, however often they had it.
fn again(read: &Read) -> Vec<Item> {
    let live: BTreeSet<_> = read.own().map(|request| &request.targets).collect();
    let mut seen = BTreeSet::new();
    let over = read.recent.iter().filter(|request| request.is_over());
    over.filter(|request| !live.contains(&request.targets) && seen.insert(&request.targets))
        .take(MOST_AGAIN)
        .map(|request| button(what(request), Action::Again(request.number.clone())))
        .collect()
}

fn hop(contexts: &[Context]) -> Vec<Item> {
    if contexts.is_empty() {
        return Vec::new();
    }
    // Bellhop's own come first; the current one is always there.
    let mut sorted: Vec<_> = contexts.iter().collect();
    sorted.sort_by_key(|context| (!context.ours, !context.current, context.name.clone()));
    let mut items: Vec<_> = sorted.iter().take(MOST_CONTEXTS).map(|c| of_context(c)).collect();
    if sorted.len() > MOST_CONTEXTS {
        let more = sorted.len() - MOST_CONTEXTS;
        items.push(button(format!("{more} more in Contexts…"), Action::Open(Page::Contexts)));
    }
    items.push(Item::Separator);
    items.push(button("Hop back", Action::HopBack));
    vec![Item::Menu { label: "Hop to context".to_owned(), items }]
}

fn of_context(context: &Context) -> Item {
    let name = &context.name;
    let (label, action) = if is_production(name) && !context.current {
        (format!("{} (production)…", cut(name)), Action::Open(Page::Confirm(name.clone())))
    } else {
        (cut(name), Action::Hop(name.clone()))
    };
    Item::Check { label, on: context.current, action }
}

fn app(state: &State, away: bool, wall: Wall) -> Vec<Item> {
    let mut lines = vec![match state.paused_until {
        Some(until) if until > wall.now => {
            button(format!("Notifications paused until {}: resume", wall.at(until)), Action::Resume)
        }
        Some(_) | None => button("Pause notifications for 1 hour", Action::Pause),
    }];
    lines.push(button("Open Bellhop", Action::Open(Page::Access)));
    lines.push(button("Settings…", Action::Open(Page::Settings)));
    if let Some(newer) = &state.newer {
        lines.push(note(format!(
            "Bellhop {newer} is installed; this is {}",
            bellhop_api::version()
        )));
        lines.push(button("Restart to use it", Action::Restart));
    }
    let active = state.read.iter().flat_map(Read::own).any(|r| r.status != "pending");
    let quit =
        if active && !away { "Quit Bellhop (access still ends on time)" } else { "Quit Bellhop" };
    lines.push(button(quit, Action::Quit));
    lines
}

fn open(request: &Request) -> Action {
    Action::Open(Page::Request(request.number.clone()))
}

fn note(text: impl Into<String>) -> Item {
    Item::Note(text.into())
}

fn button(label: impl Into<String>, action: Action) -> Item {
    Item::Button { label: label.into(), action }
}
