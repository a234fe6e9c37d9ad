//! Collects what one transition changes, so that every change has its audit row.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::{
    Access, Actor, Event, Grant, GrantId, GrantState, JobKind, NewJob, Status, Step, Subject,
    effect_lane,
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
        if let (Some(fields), GrantState::Ended { at, .. }) = (after.as_object_mut(), &grant.state)
        {
            let deadline = self.next.deadline();
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

    pub(crate) fn job(&mut self, job: NewJob) {
        self.jobs.push(job);
    }

    /// Work on one grant, due now.
    pub(crate) fn grant_job(&mut self, kind: JobKind, grant: &Grant) {
        self.jobs.push(NewJob {
            kind,
            request: self.next.request.id,
            grant: Some(grant.id),
            lane: effect_lane(&grant.target, &grant.account),
            run_at: self.now,
        });
    }

    /// The timer that ends the whole request.
    pub(crate) fn expire_at(&mut self, deadline: DateTime<Utc>) {
        let request = &self.next.request;
        self.jobs.push(NewJob {
            kind: JobKind::Expire,
            request: request.id,
            grant: None,
            lane: format!("expire {}", request.number),
            run_at: deadline,
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
            let after = status_value(status);
            let kind = format!("request.{}", status.name());
            self.request_event(&kind, actor.clone(), Some(before), after);
        }
        self.into_new()
    }
}

fn state_value(state: &GrantState) -> Value {
    serde_json::to_value(state).unwrap_or_else(|_| json!({ "state": state.name() }))
}

fn status_value(status: Status) -> Value {
    match status {
        Status::Ended(reason) => json!({ "state": "ended", "reason": reason }),
        Status::RevokeStuck => json!({ "state": "revoking", "may_still_be_open": true }),
        Status::Granting | Status::Active | Status::Revoking | Status::Failed => {
            json!({ "state": status.name() })
        }
    }
}
