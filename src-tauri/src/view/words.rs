//! Short texts about requests and time.

use bellhop_api::Request;
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};

use crate::state::{Read, State};

/// The label of a request whose removal is not confirmed.
pub(super) const MAY_STILL_BE_OPEN: &str = "May still be open";

/// A menu is no place for more.
const LONGEST: usize = 60;

/// What a request is about: `customer1, edit`, or `customer1, edit and 2 more`.
pub(super) fn what(request: &Request) -> String {
    let first = request.targets.first().map(String::as_str).unwrap_or_default();
    let (resource, permission) = parts(first);
    cut(&match request.targets.len() {
        0 | 1 => format!("{resource}, {permission}"),
        more => format!("{resource}, {permission} and {} more", more - 1),
    })
}

/// What somebody asks for: `Jun asks for edit on customer2…`. The dots say that a window opens.
pub(super) fn question(request: &Request) -> String {
    let first = request.targets.first().map(String::as_str).unwrap_or_default();
    let (resource, permission) = parts(first);
    let who = &request.requester;
    let more = match request.targets.len() {
        0 | 1 => String::new(),
        more => format!(" and {} more", more - 1),
    };
    let extension = request.waits.as_ref().and_then(|waits| waits.extend_seconds);
    let text = match extension {
        Some(seconds) => {
            let length = length(TimeDelta::seconds(i64::from(seconds)));
            format!("{who} asks for {length} more of {permission} on {resource}{more}")
        }
        None => format!("{who} asks for {permission} on {resource}{more}"),
    };
    format!("{}…", cut(&text).trim_end_matches('…'))
}

/// Resource and permission of a target.
fn parts(target: &str) -> (&str, &str) {
    let (path, permission) = target.rsplit_once(':').unwrap_or((target, ""));
    let resource = path.splitn(3, '/').nth(2).unwrap_or(path);
    (resource, permission)
}

/// Names come from other systems and may be of any length.
pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end()),
        None => text.to_owned(),
    }
}

/// How long access still is: `41 min left`.
pub(super) fn left(deadline: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let left = deadline - now;
    match left.num_minutes() {
        ..1 => "less than a minute left".to_owned(),
        _ => format!("{} left", length(left)),
    }
}

/// A length of time in the two units that matter.
fn length(time: TimeDelta) -> String {
    let (days, hours, minutes) = (time.num_days(), time.num_hours() % 24, time.num_minutes() % 60);
    match (days, hours, minutes) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, 0, _) => format!("{days} d"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

/// The user's clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wall {
    pub(super) now: DateTime<FixedOffset>,
    /// Whether it counts to twelve twice a day.
    pub(super) twelve_hours: bool,
}

impl Wall {
    pub(super) fn utc(self) -> DateTime<Utc> {
        self.now.with_timezone(&Utc)
    }

    /// A moment on this clock, with the day when it is another one.
    pub(super) fn at(self, moment: DateTime<Utc>) -> String {
        let local = moment.with_timezone(self.now.offset());
        let clock = if self.twelve_hours { "%-I:%M %p" } else { "%H:%M" };
        if local.date_naive() == self.now.date_naive() {
            local.format(clock).to_string()
        } else {
            local.format(&format!("%a %-d %b {clock}")).to_string()
        }
    }
}

/// `Bellhop: 3 active, next ends 14:58. 2 people waiting.`
pub(super) fn tooltip(state: &State, active: usize, wall: Wall) -> String {
    let Some(read) = &state.read else { return "Bellhop".to_owned() };
    let running = read.own().filter(|request| request.status == "active");
    let next = running.filter_map(|request| request.deadline).min();
    let running = match next {
        Some(next) => format!("Bellhop: {active} active, next ends {}.", wall.at(next)),
        None => "Bellhop: nothing active.".to_owned(),
    };
    match people_waiting(read) {
        0 => running,
        1 => format!("{running} 1 person waiting."),
        people => format!("{running} {people} people waiting."),
    }
}

fn people_waiting(read: &Read) -> usize {
    let waiting = read.for_me();
    let people: std::collections::BTreeSet<_> = waiting.iter().map(|r| &r.requester).collect();
    people.len()
}
