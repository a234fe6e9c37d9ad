//! What the store says at the moment of an act: everything that may have changed since a request
//! was made, so that nothing is decided from an old picture.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::{FlowInForce, IntegrationId, Person, Refusal, Request, RequestNumber, Target, Wanted};

/// What is true now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The request's flow as it is in force; none when it was taken out of force.
    pub flow: Option<FlowInForce>,
    /// Who asked, as known now.
    pub requester: Person,
    /// Who approved, as known now, if a person did.
    pub approver: Option<Person>,
    /// The integrations that the targets are in, by name; one that is gone is missing.
    pub systems: BTreeMap<String, System>,
    /// By how much the clock stands before the newest audit row, when that is too much to give
    /// access by it.
    pub behind: Option<TimeDelta>,
    /// What is wrong with the configuration, when it is not in force for that: nobody can say by
    /// which rules access would be given.
    pub unread: Option<String>,
}

/// An integration as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct System {
    /// Its id.
    pub id: IntegrationId,
    /// The system that it is connected to.
    pub pin: Option<String>,
    /// Why it takes no new access, if it takes none.
    pub closed: Option<String>,
}

impl Facts {
    /// Whether the flow in force would let the same person ask the same now, in the same systems.
    /// The text of a refusal says what changed.
    pub(crate) fn allow(&self, request: &Request) -> Result<&FlowInForce, Refusal> {
        let number = request.number;
        let no = |why: String| Err(Refusal::NoLongerAllowed { number, why });
        let Some(in_force) = &self.flow else {
            return no(format!("the flow \"{}\" is not in force any more", request.flow.id));
        };
        let flow = &in_force.flow;
        if !self.requester.active {
            return no(format!("{} was deactivated", self.requester.handle));
        }
        if !flow.admits(&self.requester) {
            let who = &self.requester.handle;
            return no(format!("the flow \"{}\" does not let {who} ask any more", flow.id));
        }
        if request.duration > flow.duration.max {
            let max = flow.duration.max;
            return no(format!("the flow \"{}\" allows {max} at most by now", flow.id));
        }
        for wanted in &request.wanted {
            if !flow.covers(&wanted.target) {
                let target = &wanted.target;
                return no(format!("the flow \"{}\" does not cover {target} any more", flow.id));
            }
            self.same_system(number, wanted)?;
        }
        Ok(in_force)
    }

    /// A name that stands for another system by now does not stand for what was asked.
    fn same_system(&self, number: RequestNumber, wanted: &Wanted) -> Result<(), Refusal> {
        let name = &wanted.target.integration;
        let why = match self.systems.get(name) {
            None => format!("the integration {name} is gone"),
            Some(system) if system.id != wanted.integration => {
                format!("the integration {name} is another one than it was")
            }
            Some(system) if system.pin.as_ref() != Some(&wanted.pin) => {
                format!("{name} is connected to another system than when this was asked for")
            }
            Some(_) => return Ok(()),
        };
        Err(Refusal::NoLongerAllowed { number, why })
    }

    /// Whether new access may be given now: the clock can be trusted with a deadline, and every
    /// system takes access. One that could not take it away must not give it.
    pub(crate) fn may_give(&self, request: &Request) -> Result<(), Refusal> {
        self.giving()?;
        for wanted in &request.wanted {
            let name = &wanted.target.integration;
            if let Some(why) = self.systems.get(name).and_then(|system| system.closed.as_ref()) {
                return Err(Refusal::SystemClosed { name: name.clone(), why: why.clone() });
            }
        }
        Ok(())
    }

    /// Whether any new access may be given: the rules for it read, and the clock can be trusted with
    /// a new deadline.
    pub fn giving(&self) -> Result<(), Refusal> {
        if let Some(why) = &self.unread {
            return Err(Refusal::Unread { why: why.clone() });
        }
        match self.behind {
            Some(by) => Err(Refusal::ClockBehind { seconds: by.num_seconds() }),
            None => Ok(()),
        }
    }

    /// What is wanted when these are asked for: each with its system, which has to be connected and
    /// to take new access.
    pub fn systems_of(&self, targets: &[Target]) -> Result<Vec<Wanted>, Refusal> {
        let wanted = |target: &Target| {
            let name = &target.integration;
            let system = self.systems.get(name).ok_or_else(|| Refusal::UnknownSystem {
                name: name.clone(),
                known: self.systems.keys().cloned().collect(),
            })?;
            let closed = |why: &str| Refusal::SystemClosed { name: name.clone(), why: why.into() };
            if let Some(why) = &system.closed {
                return Err(closed(why));
            }
            let pin = system.pin.clone().ok_or_else(|| closed("it is not connected"))?;
            Ok(Wanted { target: target.clone(), integration: system.id, pin })
        };
        targets.iter().map(wanted).collect()
    }
}
