//! Collects what one transition changes, so that every change has its audit row.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::{
    About, Access, Actor, Answer, Approved, Decision, EndedBy, Event, FlowVersion, Grant, GrantId,
    GrantState, JobKind, NewJob, Request, Span, Status, Step, Subject, Wanted, effect_lane,
    integration_lane,
};

/// A transition in the making.
pub(crate) struct Draft {
    next: Access,
    was: Status,
    now: DateTime<Utc>,
    changed: bool,
    events: Vec<Event>,
    jobs: Vec<NewJob>,
}

impl Draft {
    pub(crate) fn new(access: Access, now: DateTime<Utc>) -> Self {
        let was = access.status();
        Self { next: access, was, now, changed: false, events: Vec::new(), jobs: Vec::new() }
    }

    pub(crate) fn request(&self) -> &Request {
        &self.next.request
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.now
    }

    pub(crate) fn grants(&self) -> Vec<Grant> {
        self.next.grants.clone()
    }

    /// Moves a grant to another state and writes its audit row, named after the state.
    pub(crate) fn move_grant(&mut self, id: GrantId, state: GrantState, actor: &Actor) {
        let kind = format!("grant.{}", state.name());
        self.move_grant_as(&kind, id, state, actor);
    }

    /// The same, with another name for what happened.
    pub(crate) fn move_grant_as(
        &mut self,
        kind: &str,
        id: GrantId,
        state: GrantState,
        actor: &Actor,
    ) {
        let Some(grant) = self.next.grants.iter_mut().find(|g| g.id == id) else {
            return;
        };
        let before = state_value(&grant.state);
        grant.state = state;
        grant.version += 1;
        self.changed = true;
        let grant = grant.clone();
        self.grant_event(kind, &grant, actor.clone(), Some(before));
    }

    pub(crate) fn grant_event(
        &mut self,
        kind: &str,
        grant: &Grant,
        actor: Actor,
        before: Option<Value>,
    ) {
        let mut after = state_value(&grant.state);
        if let (Some(fields), GrantState::Ended { at, .. }, Some(deadline)) =
            (after.as_object_mut(), &grant.state, self.next.deadline())
        {
            fields.insert("deadline".into(), json!(deadline));
            fields.insert("late_ms".into(), json!((*at - deadline).num_milliseconds().max(0)));
        }
        self.events.push(Event {
            kind: kind.to_owned(),
            actor,
            subject: Subject::Grant {
                id: grant.id,
                number: self.next.request.number,
                target: grant.target.clone(),
            },
            before,
            after,
        });
    }

    pub(crate) fn request_event(
        &mut self,
        kind: &str,
        actor: Actor,
        before: Option<Value>,
        after: Value,
    ) {
        let request = &self.next.request;
        let subject = Subject::Request { id: request.id, number: request.number };
        self.events.push(Event { kind: kind.to_owned(), actor, subject, before, after });
    }

    /// The row of a request that is new.
    pub(crate) fn submitted(&mut self, by: Actor) {
        let Access { request, .. } = &self.next;
        let mut after = json!({
            "state": "pending",
            "flow": request.flow,
            "reason": request.reason,
            "duration_seconds": request.duration.seconds(),
            "wanted": request.wanted,
        });
        if let (Some(fields), Decision::Pending { lapses_at }) =
            (after.as_object_mut(), &request.decision)
            && *lapses_at > self.now
        {
            fields.insert("lapses_at".into(), json!(lapses_at));
        }
        self.request_event("request.submitted", by, None, after);
    }

    /// The request waits for somebody until `lapses_at`.
    pub(crate) fn waits_until(&mut self, lapses_at: DateTime<Utc>) {
        self.next.request.decision = Decision::Pending { lapses_at };
        self.was = Status::Pending;
        self.lapse_at(lapses_at);
    }

    /// Decides a pending request otherwise than by approval.
    pub(crate) fn close(&mut self, decision: Decision, by: Actor) {
        let before = json!({ "state": self.was.name() });
        self.next.request.decision = decision;
        self.decided(before, by, self.decision_value());
    }

    /// Approves a pending request: one grant for each target, all with one deadline.
    pub(crate) fn approve(
        &mut self,
        by: Actor,
        (note, shorter): (String, Option<Span>),
        names: &[(GrantId, String)],
    ) {
        let before = json!({ "state": self.was.name() });
        let request = &mut self.next.request;
        let deadline = self.now + shorter.unwrap_or(request.duration).delta();
        let at = self.now;
        let by_whom = by.clone();
        request.decision = Decision::Approved(Approved {
            at,
            by: by_whom,
            note,
            shorter,
            deadline,
            extended: 0,
            extension: None,
            ended: None,
        });
        let scheduled = |(wanted, (id, account)): (&Wanted, &(GrantId, String))| Grant {
            id: *id,
            target: wanted.target.clone(),
            integration: wanted.integration,
            account: account.clone(),
            version: 1,
            state: GrantState::Scheduled,
        };
        let grants: Vec<_> = request.wanted.iter().zip(names).map(scheduled).collect();
        self.next.grants.clone_from(&grants);
        let mut after = self.decision_value();
        if let Some(fields) = after.as_object_mut() {
            fields.insert("state".into(), json!("granting"));
        }
        self.decided(before, by, after);
        for grant in &grants {
            self.grant_event("grant.scheduled", grant, Actor::System, None);
            self.grant_job(JobKind::Apply, grant);
        }
        self.expire_at(deadline);
    }

    /// Changes the approval (an extension) and writes its row.
    pub(crate) fn change_approval(&mut self, kind: &str, approved: Approved, by: Actor) {
        let before = self.decision_value();
        self.next.request.decision = Decision::Approved(approved);
        self.changed = true;
        let after = self.decision_value();
        self.request_event(kind, by, Some(before), after);
    }

    /// Notes who ends the access; the rows of what that changes say it.
    pub(crate) fn ended_by(&mut self, by: Actor, note: String) {
        if let Decision::Approved(approved) = &mut self.next.request.decision {
            approved.ended = Some(Box::new(EndedBy { at: self.now, by, note }));
            self.changed = true;
        }
    }

    /// Nobody can decide about more time any more.
    pub(crate) fn lapse_extension(&mut self, approved: &Approved) {
        let lapsed = approved.answered(Answer::Lapsed { at: self.now });
        self.change_approval("request.extension_lapsed", lapsed, Actor::System);
    }

    /// Puts a pending request under the version of its flow that is in force.
    pub(crate) fn rebind(&mut self, flow: FlowVersion) {
        let before = json!({ "state": "pending", "flow": self.next.request.flow });
        let after = json!({ "state": "pending", "flow": flow });
        self.next.request.flow = flow;
        self.changed = true;
        self.request_event("request.flow_changed", Actor::System, Some(before), after);
    }

    fn decided(&mut self, before: Value, by: Actor, after: Value) {
        self.changed = true;
        // This row says it; no second one is to say that the status changed.
        self.was = self.next.status();
        let kind = match &self.next.request.decision {
            Decision::Pending { .. } => "request.pending",
            Decision::Approved(_) => "request.approved",
            Decision::Denied { .. } => "request.denied",
            Decision::Withdrawn { .. } => "request.withdrawn",
            Decision::Lapsed { .. } => "request.lapsed",
        };
        self.request_event(kind, by, Some(before), after);
    }

    fn decision_value(&self) -> Value {
        let status = self.next.status();
        let mut value = serde_json::to_value(&self.next.request.decision).unwrap_or_default();
        if let Some(fields) = value.as_object_mut() {
            fields.remove("decided");
            fields.insert("state".into(), json!(status.name()));
        }
        value
    }

    /// Work on one grant, due now.
    pub(crate) fn grant_job(&mut self, kind: JobKind, grant: &Grant) {
        self.grant_job_at(kind, grant, self.now);
    }

    /// Work on one grant, due later.
    pub(crate) fn grant_job_at(&mut self, kind: JobKind, grant: &Grant, run_at: DateTime<Utc>) {
        self.jobs.push(NewJob {
            kind,
            about: About::Grant(self.next.request.id, grant.id),
            lane: effect_lane(&grant.target, &grant.account),
            run_at,
        });
    }

    /// Something went wrong in the grant's system: it is compared with the store without delay.
    pub(crate) fn sweep_soon(&mut self, grant: &Grant) {
        self.jobs.push(NewJob {
            kind: JobKind::Sweep,
            about: About::Integration(grant.integration),
            lane: integration_lane(JobKind::Sweep, grant.integration),
            run_at: self.now,
        });
    }

    /// The timer that ends the whole request.
    pub(crate) fn expire_at(&mut self, deadline: DateTime<Utc>) {
        self.timer(JobKind::Expire, deadline);
    }

    /// The timer that closes what nobody decided.
    pub(crate) fn lapse_at(&mut self, lapses_at: DateTime<Utc>) {
        self.timer(JobKind::Lapse, lapses_at);
    }

    fn timer(&mut self, kind: JobKind, run_at: DateTime<Utc>) {
        let request = &self.next.request;
        self.jobs.push(NewJob {
            kind,
            about: About::Request(request.id),
            lane: format!("{} {}", kind.name(), request.number),
            run_at,
        });
    }

    /// A request that did not exist before.
    pub(crate) fn into_new(self) -> Step {
        Step { next: self.next, events: self.events, jobs: self.jobs }
    }

    /// The step; the request's version moves only when something changed.
    pub(crate) fn finish(mut self, actor: &Actor) -> Step {
        if self.changed {
            self.next.request.version += 1;
        }
        let status = self.next.status();
        if status != self.was {
            let before = json!({ "state": self.was.name() });
            let ended = self.next.approved().and_then(|approved| approved.ended.as_deref());
            let after = status_value(status, ended.map_or("", |ended| &ended.note));
            let kind = format!("request.{}", status.name());
            self.request_event(&kind, actor.clone(), Some(before), after);
        }
        let over = !self.next.grants.iter().any(|grant| grant.state.wants_account());
        if let Some(approved) = self.next.approved().filter(|a| over && a.waiting().is_some()) {
            // What is over cannot last longer.
            self.lapse_extension(&approved.clone());
        }
        self.into_new()
    }
}

fn state_value(state: &GrantState) -> Value {
    serde_json::to_value(state).unwrap_or_else(|_| json!({ "state": state.name() }))
}

/// `note` is why somebody ended it; it goes with the row of the end that they asked for.
fn status_value(status: Status, note: &str) -> Value {
    match status {
        Status::Revoking if !note.is_empty() => json!({ "state": status.name(), "note": note }),
        Status::Ended(reason) => json!({ "state": "ended", "reason": reason }),
        Status::RevokeStuck => json!({ "state": "revoking", "may_still_be_open": true }),
        Status::Pending
        | Status::Denied
        | Status::Withdrawn
        | Status::Lapsed
        | Status::Granting
        | Status::Active
        | Status::Revoking
        | Status::Failed => json!({ "state": status.name() }),
    }
}
