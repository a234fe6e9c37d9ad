//! A person at their desk, for tests of when notices ring.

use bellhop_api::{Change, Me, Request};
use bellhop_notices::words::Known;
use bellhop_notices::{Act, Desk, Memory};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::common::{at, me, open, request, view, with};

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
        desk.caught_up(at("13:40:00"));
        let mut day = Self { desk, me: me("jun", "member"), now: at("13:40:00"), seq: 10 };
        assert_eq!(day.tick(&[]), Vec::<String>::new());
        day
    }

    pub(crate) fn of(handle: &str, role: &str) -> Self {
        Self { me: me(handle, role), ..Self::new() }
    }

    pub(crate) fn event(&mut self, kind: &str, request: &Request) -> Vec<String> {
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

    pub(crate) fn tick(&mut self, requests: &[Request]) -> Vec<String> {
        said(&self.desk.tick(requests, &view(&self.me, self.now)))
    }

    /// Time goes by, and what is due happens.
    pub(crate) fn later(&mut self, seconds: i64, requests: &[Request]) -> Vec<String> {
        self.now += TimeDelta::seconds(seconds);
        self.tick(requests)
    }

    pub(crate) fn due(&self, requests: &[Request]) -> Option<i64> {
        let due = self.desk.due(requests, &view(&self.me, self.now));
        due.map(|due| (due - self.now).num_seconds())
    }

    /// The app ends, and starts again.
    pub(crate) fn restart(&mut self) {
        let kept = serde_json::to_string(self.desk.memory()).expect("a memory");
        self.desk = Desk::new(serde_json::from_str(&kept).expect("a memory"));
    }
}

pub(crate) fn said(acts: &[Act]) -> Vec<String> {
    let said = |act: &Act| match act {
        Act::Ring(notice) => notice.title.clone(),
        Act::Hush(about) => format!("hush {}", about.request().unwrap_or("other")),
    };
    acts.iter().map(said).collect()
}

pub(crate) fn granting() -> Request {
    request("granting", &with(open("14:33:00"), &json!({ "open": 0 })))
}

pub(crate) fn active() -> Request {
    request("active", &open("14:33:00"))
}

pub(crate) fn ended(label: &str) -> Request {
    request("ended", &with(open("14:33:00"), &json!({ "open": 0, "label": label })))
}

pub(crate) fn numbered(number: &str, request: &Request) -> Request {
    let (number, resource) = (number.to_owned(), number.to_lowercase());
    let targets = vec![format!("k8s-prod/namespace/{resource}:edit")];
    Request { number, targets, ..request.clone() }
}

pub(crate) const OPEN: &str = "customer1 is open for you";
pub(crate) const YES: &str = "ada said yes to edit on customer1";
pub(crate) const HUSH: &str = "hush R-1042";
