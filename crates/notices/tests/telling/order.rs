//! Any order of events, restarts, pauses and silence.

use proptest::prelude::*;

use bellhop_api::{Change, Request};
use bellhop_notices::words::{self, Known, What};
use bellhop_notices::{About, Act, Pause};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::common::{decision, open, request, view, with};
use crate::day::{Day, numbered};

#[derive(Clone, Debug)]
enum Op {
    Move(usize, usize),
    Wait(i64),
    Restart,
    Reconnect(usize, usize),
    Pause(bool),
    Inhibit(bool),
    Service(bool),
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let moved = || (0..3_usize, 0..6_usize);
    let op = prop_oneof![
        8 => moved().prop_map(|(which, to)| Op::Move(which, to)),
        5 => (0..12_i64).prop_map(Op::Wait),
        1 => (200..2_000_i64).prop_map(Op::Wait),
        2 => Just(Op::Restart),
        1 => moved().prop_map(|(which, to)| Op::Reconnect(which, to)),
        1 => any::<bool>().prop_map(Op::Pause),
        1 => any::<bool>().prop_map(Op::Inhibit),
        1 => any::<bool>().prop_map(Op::Service),
    ];
    prop::collection::vec(op, 1..60)
}

const KINDS: [&str; 6] = [
    "request.approved",
    "request.active",
    "request.extended",
    "request.extension_denied",
    "request.ended",
    "request.failed",
];

/// The request after `KINDS[to]`.
fn state(number: &str, to: usize, now: DateTime<Utc>) -> Request {
    let (later, soon) = (now + TimeDelta::minutes(60), now + TimeDelta::minutes(4));
    let more = |what: &str| {
        json!({ "extension": { "asked_at": now, "seconds": 60,
        "decision": decision(what, "ada", "") } })
    };
    let fields = |fields: Value, deadline: DateTime<Utc>| {
        with(with(open("14:00:00"), &json!({ "deadline": deadline })), &fields)
    };
    let request = match to {
        0 => request("granting", &fields(json!({ "open": 0 }), later)),
        1 => request("active", &fields(json!({}), soon)),
        2 => request("active", &fields(more("approved"), later)),
        3 => request("active", &fields(more("denied"), soon)),
        4 => request("ended", &fields(json!({ "open": 0, "label": "Expired" }), now)),
        _ => request("failed", &fields(json!({ "open": 0, "grants": [] }), now)),
    };
    numbered(number, &request)
}

#[derive(Default)]
struct Told {
    at: Option<DateTime<Utc>>,
    /// Events that were not told, by their kind, and deadlines whose coming was told.
    news: Vec<usize>,
    endings: Vec<DateTime<Utc>>,
}

fn change(seq: i64, which: usize, to: usize) -> Change {
    Change { seq, kind: KINDS[to].to_owned(), request: Some(format!("R-{which}")) }
}

struct World {
    day: Day,
    log: Vec<(i64, usize, usize)>,
    requests: Vec<Request>,
    told: Vec<Told>,
    service: bool,
}

impl World {
    fn new() -> Self {
        let mut day = Day::new();
        day.event_at(10, "person.added", None);
        let requests =
            (0..3).map(|n| numbered(&format!("R-{n}"), &request("pending", &json!({})))).collect();
        let told = (0..3).map(|_| Told::default()).collect();
        Self { day, log: Vec::new(), requests, told, service: true }
    }

    fn happen(&mut self, which: usize, to: usize) -> (Change, Request) {
        self.day.seq += 1;
        let number = format!("R-{which}");
        self.requests[which] = state(&number, to, self.day.now);
        self.log.push((self.day.seq, which, to));
        self.told[which].news.push(to);
        (change(self.day.seq, which, to), self.requests[which].clone())
    }

    fn step(&mut self, op: &Op) {
        match *op {
            Op::Move(which, to) => {
                let (change, request) = self.happen(which, to);
                let view = view(&self.day.me, self.day.now);
                let acts = self.day.desk.event(&change, Some(&request), &Known::default(), &view);
                self.carry_out(&acts);
            }
            Op::Wait(seconds) => self.day.now += TimeDelta::seconds(seconds),
            Op::Restart => {
                self.day.restart();
                self.catch_up();
            }
            Op::Reconnect(which, to) => {
                self.happen(which, to);
                self.day.desk.away(self.day.now);
                self.catch_up();
            }
            Op::Pause(true) => self.day.desk.pause(Pause::UntilResumed),
            Op::Pause(false) => self.day.desk.resume(),
            Op::Inhibit(inhibited) => self.day.desk.inhibited(inhibited),
            Op::Service(service) => {
                self.service = service;
                if service {
                    self.day.desk.audible();
                }
            }
        }
        self.tick();
    }

    fn catch_up(&mut self) {
        // More than what is new comes: what was told before is known by its place.
        let place = self.day.desk.memory().place().expect("a place");
        let log: Vec<_> = self.log.iter().filter(|(seq, ..)| *seq > place - 3).copied().collect();
        for (seq, which, to) in log {
            let change = change(seq, which, to);
            let view = view(&self.day.me, self.day.now);
            let acts = self.day.desk.event(&change, None, &Known::default(), &view);
            assert!(acts.is_empty());
        }
        self.day.desk.caught_up(self.day.now);
    }

    fn tick(&mut self) {
        let view = view(&self.day.me, self.day.now);
        let acts = self.day.desk.tick(&self.requests, &view);
        self.carry_out(&acts);
    }

    fn carry_out(&mut self, acts: &[Act]) {
        for act in acts {
            let Act::Ring(notice) = act else { continue };
            if !self.service {
                self.day.desk.unheard(&notice.about);
                continue;
            }
            if let Some(number) = notice.about.request() {
                let which: usize = number[2..].parse().expect("a number");
                self.rang(which, true);
                continue;
            }
            assert_eq!(notice.about, About::Several);
            let count: usize = notice.title.split(' ').next().expect("it").parse().expect("it");
            let named: Vec<_> =
                (0..3).filter(|n| notice.body.contains(&format!("r-{n}"))).collect();
            assert_eq!(named.len(), count, "{notice:?}");
            for which in named {
                self.rang(which, false);
            }
        }
    }

    fn rang(&mut self, which: usize, alone: bool) {
        let (told, now) = (&mut self.told[which], self.day.now);
        let deadline = self.requests[which].deadline.expect("a deadline");
        let ending = deadline - now <= TimeDelta::minutes(10) && !told.endings.contains(&deadline);
        assert!(ending || !told.news.is_empty(), "R-{which} was told twice");
        if told.news.is_empty() {
            told.endings.push(deadline);
        }
        told.news.clear();
        let near = told.at.is_some_and(|at| now - at < TimeDelta::seconds(5));
        assert!(!near, "R-{which} rang twice within five seconds (alone: {alone})");
        told.at = Some(now);
    }

    /// Everything that held notices back is over, and everything that is due has come.
    fn settle(&mut self) {
        self.service = true;
        self.day.desk.audible();
        self.day.desk.inhibited(false);
        self.day.desk.resume();
        for _ in 0..4 {
            self.tick();
            self.day.now += TimeDelta::seconds(5);
        }
        let view = view(&self.day.me, self.day.now);
        for (which, told) in self.told.iter().enumerate() {
            for to in &told.news {
                let what = What::of(KINDS[*to]).expect("an occasion");
                let request = &self.requests[which];
                let lost = words::notice(what, request, &Known::default(), &view);
                assert_eq!(lost, None, "R-{which} was never told of {}", KINDS[*to]);
            }
        }
        assert!(self.day.desk.wants().is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn nothing_rings_twice_too_often_or_never(ops in ops()) {
        let mut world = World::new();
        for op in &ops {
            world.step(op);
        }
        world.settle();
    }
}
