//! What must be true of requests, told again in other words: who may do what, until when, and what
//! follows. It knows rules and clocks, and nothing of how Bellhop works.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::checks::{Broken, ensure};
use crate::ledger::Row;
use crate::scene::{ADMIN, LAPSE, Rules};

/// What is true outside of the rules at the moment of a command.
#[derive(Clone, Debug)]
pub(crate) struct Moment {
    pub(crate) now: DateTime<Utc>,
    /// How long the machine has been running.
    pub(crate) boot: TimeDelta,
    /// Whether the wall clock stands before the newest row of the log.
    pub(crate) behind: bool,
    /// Which system each integration is connected to, and whether it takes new access.
    pub(crate) systems: BTreeMap<String, (String, bool)>,
}

/// A request.
pub(crate) struct Asked {
    pub(crate) by: String,
    pub(crate) flow: String,
    pub(crate) targets: Vec<String>,
    seconds: i64,
    pins: Vec<(String, String)>,
    pub(crate) stage: Stage,
}

pub(crate) enum Stage {
    /// Until then.
    Waiting(DateTime<Utc>),
    /// Denied, withdrawn or lapsed.
    Closed,
    Approved(Given),
}

pub(crate) struct Given {
    at: DateTime<Utc>,
    by: Option<String>,
    pub(crate) deadline: DateTime<Utc>,
    /// The same on the clock that nobody sets; nothing after the machine started anew.
    pub(crate) boot: Option<TimeDelta>,
    extended: u32,
    /// Until when somebody may answer, and by how much.
    wanted: Option<(DateTime<Utc>, i64)>,
}

#[derive(Default)]
pub(crate) struct Reference {
    pub(crate) left: BTreeSet<String>,
    pub(crate) rules: BTreeMap<&'static str, Rules>,
    pub(crate) requests: BTreeMap<i64, Asked>,
}

impl Asked {
    /// Whether somebody is asked about it.
    pub(crate) fn waits(&self) -> bool {
        match &self.stage {
            Stage::Waiting(_) => true,
            Stage::Closed => false,
            Stage::Approved(given) => given.wanted.is_some(),
        }
    }
}

impl Reference {
    fn here(&self, who: &str) -> bool {
        !self.left.contains(who)
    }

    fn approver(&self, who: &str, flow: &str) -> bool {
        let named = self.rules.get(flow).and_then(|rules| rules.approvers.as_ref());
        self.here(who) && named.is_some_and(|named| named.contains(&who))
    }

    pub(crate) fn may_ask(&self, who: &str, flow: &str, seconds: u32, at: &Moment) -> bool {
        let Some(rules) = self.rules.get(flow) else { return false };
        let somebody = |named: &Vec<&str>| named.iter().any(|one| *one != who && self.here(one));
        self.here(who)
            && rules.requesters.contains(&who)
            && seconds <= rules.max
            && !at.behind
            && rules.approvers.as_ref().is_none_or(somebody)
    }

    /// Whether what was asked may still be asked.
    fn holds(&self, asked: &Asked, at: &Moment) -> Option<&Rules> {
        let rules = self.rules.get(asked.flow.as_str())?;
        let pin = |(system, pin): &(String, String)| at.systems[system].0 == *pin;
        let yes = self.here(&asked.by)
            && rules.requesters.contains(&asked.by.as_str())
            && asked.seconds <= i64::from(rules.max)
            && asked.pins.iter().all(pin)
            && !at.behind;
        yes.then_some(rules)
    }

    /// The deadline after one more extension by `seconds`; none when there can be none.
    fn later(
        &self,
        asked: &Asked,
        given: &Given,
        seconds: i64,
        at: &Moment,
    ) -> Option<DateTime<Utc>> {
        let rules = self.holds(asked, at)?;
        let (times, _) = rules.extend?;
        let most = given.at + TimeDelta::seconds(i64::from(rules.max));
        let later = (given.deadline + TimeDelta::seconds(seconds)).min(most);
        (given.extended < times && later > given.deadline).then_some(later)
    }

    /// Whether everything that an approval stands on still holds.
    fn stands(&self, asked: &Asked, at: &Moment) -> bool {
        let (Stage::Approved(given), Some(rules)) = (&asked.stage, self.holds(asked, at)) else {
            return false;
        };
        let by = given.by.as_deref();
        rules.approvers.is_none() || by.is_some_and(|by| self.approver(by, &asked.flow))
    }

    /// The deadline that an extension comes to now.
    fn extended(&self, asked: &Asked, at: &Moment) -> Option<DateTime<Utc>> {
        let Stage::Approved(given) = &asked.stage else { return None };
        let by = self.rules.get(asked.flow.as_str()).and_then(|rules| rules.extend);
        let by = given.wanted.map(|(_, by)| by).or(by.map(|(_, by)| i64::from(by)));
        self.later(asked, given, by?, at)
    }

    /// `open` is whether any of its grants is active.
    pub(crate) fn may_decide(
        &self,
        who: &str,
        asked: &Asked,
        yes: bool,
        (at, open): (&Moment, bool),
    ) -> bool {
        if !self.approver(who, &asked.flow) || who == asked.by {
            return false;
        }
        match &asked.stage {
            Stage::Waiting(until) => at.now < *until && (!yes || self.holds(asked, at).is_some()),
            Stage::Closed => false,
            Stage::Approved(given) => given.wanted.is_some_and(|(until, by)| {
                let said = yes && given.by.as_deref() == Some(who) && given.wanted.is_none();
                let later = !yes || self.later(asked, given, by, at).is_some();
                open && at.now < until.min(given.deadline) && later && !said
            }),
        }
    }

    pub(crate) fn may_withdraw(&self, who: &str, asked: &Asked) -> bool {
        self.here(who) && who == asked.by && matches!(asked.stage, Stage::Waiting(_))
    }

    pub(crate) fn may_end(&self, who: &str, asked: &Asked) -> bool {
        let may = who == asked.by || who == ADMIN || self.approver(who, &asked.flow);
        self.here(who) && may && matches!(asked.stage, Stage::Approved(_))
    }

    pub(crate) fn may_extend(&self, who: &str, asked: &Asked, (at, open): (&Moment, bool)) -> bool {
        let Stage::Approved(given) = &asked.stage else { return false };
        let fits = open && at.now < given.deadline && given.wanted.is_none();
        who == asked.by && fits && self.extended(asked, at).is_some()
    }

    /// What a row of the log says happened, judged.
    pub(crate) fn take(&mut self, row: &Row, at: &Moment) -> Result<(), Broken> {
        let Some(number) = row.number else { return Ok(()) };
        if row.kind == "request.submitted" {
            let asked = asked(row, at)?;
            self.requests.insert(number, asked);
            return Ok(());
        }
        let Some(mut asked) = self.requests.remove(&number) else {
            return Err(format!("7: R-{number} was never asked for"));
        };
        let judged = self.judge(&mut asked, row, at);
        self.requests.insert(number, asked);
        judged.map_err(|why| format!("{why} (R-{number}, {})", row.kind))
    }

    fn judge(&self, asked: &mut Asked, row: &Row, moment: &Moment) -> Result<(), Broken> {
        let (at, kind) = (row.at, row.kind.as_str());
        let later = self.extended(asked, moment);
        let stands = self.stands(asked, moment);
        match (&mut asked.stage, kind) {
            (Stage::Waiting(until), "request.approved") => {
                let automatic = row.by.is_none();
                ensure(automatic || at < *until, || "2: approved after its time".to_owned())?;
                let deadline = at + TimeDelta::seconds(asked.seconds);
                let boot = Some(moment.boot + TimeDelta::seconds(asked.seconds));
                let by = row.by.clone();
                let given = Given { at, by, deadline, boot, extended: 0, wanted: None };
                asked.stage = Stage::Approved(given);
            }
            (Stage::Waiting(until), "request.denied" | "request.withdrawn" | "request.lapsed") => {
                let (early, late) = (at < *until, at >= *until);
                ensure(kind != "request.lapsed" || late, || "2: lapsed too early".to_owned())?;
                ensure(kind != "request.denied" || early, || "2: denied too late".to_owned())?;
                asked.stage = Stage::Closed;
            }
            (Stage::Waiting(_), "request.flow_changed") => {}
            (Stage::Approved(given), "request.extension_asked") => {
                let until = given.deadline.min(at + TimeDelta::seconds(i64::from(LAPSE)));
                let by = self.rules.get(asked.flow.as_str()).and_then(|rules| rules.extend);
                given.wanted = by.map(|(_, by)| (until, i64::from(by)));
            }
            (Stage::Approved(given), "request.extension_denied" | "request.extension_lapsed") => {
                given.wanted = None;
            }
            (Stage::Approved(given), "request.extended") => {
                ensure(at < given.deadline, || "9: extended after its deadline".to_owned())?;
                let later = later.ok_or("9: extended beyond its flow")?;
                given.boot = given.boot.map(|boot| boot + (later - given.deadline));
                (given.deadline, given.wanted) = (later, None);
                given.extended += 1;
            }
            (Stage::Approved(given), _) => {
                let starts = kind == "grant.applying";
                ensure(!starts || stands, || "11: what it stood on is gone".to_owned())?;
                let up = ["applying", "observed", "verifying", "active"];
                let up = up.iter().any(|word| kind == format!("grant.{word}"));
                ensure(!up || at < given.deadline, || "1: after its deadline".to_owned())?;
            }
            (Stage::Waiting(_) | Stage::Closed, _) => return Err("3: never approved".to_owned()),
        }
        match (&asked.stage, row.time("deadline")) {
            (Stage::Approved(given), Some(told)) => ensure(told == given.deadline, || {
                format!("9: ends at {told} instead of {}", given.deadline)
            }),
            _ => Ok(()),
        }
    }

    /// The machine starts anew: its own clock is of no use for what was decided before.
    pub(crate) fn rebooted(&mut self) {
        for asked in self.requests.values_mut() {
            if let Stage::Approved(given) = &mut asked.stage {
                given.boot = None;
            }
        }
    }
}

fn asked(row: &Row, at: &Moment) -> Result<Asked, Broken> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let wanted = row.after["wanted"].as_array().cloned().unwrap_or_default();
    let targets: Vec<String> = wanted.iter().map(|one| text(&one["target"])).collect();
    let system = |target: &String| {
        let name = target.split('/').next().unwrap_or_default().to_owned();
        (name.clone(), at.systems[&name].0.clone())
    };
    let pins: Vec<_> = targets.iter().map(system).collect();
    for (one, (_, pin)) in wanted.iter().zip(&pins) {
        ensure(one["pin"] == json!(pin), || format!("10: asked of {pin}, stored as {one}"))?;
    }
    let lapse = row.at + TimeDelta::seconds(i64::from(LAPSE));
    let until = row.time("lapses_at");
    ensure(until.is_none_or(|until| until == lapse), || "2: lapses at another time".to_owned())?;
    Ok(Asked {
        by: row.by.clone().unwrap_or_default(),
        flow: text(&row.after["flow"]["id"]),
        targets,
        seconds: row.after["duration_seconds"].as_i64().unwrap_or_default(),
        pins,
        stage: Stage::Waiting(until.unwrap_or(row.at)),
    })
}
