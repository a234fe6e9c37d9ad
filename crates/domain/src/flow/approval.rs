//! Who decides about requests of a flow.

use serde::{Deserialize, Serialize};

use crate::{Person, Span};

/// When a flow does not say how long a request waits for an answer.
const USUAL_WAIT: u64 = 24 * 3600;

/// Who decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Approval {
    /// The flow itself, at once.
    Automatic,
    /// Any one of some people.
    People(People),
}

/// Any one of some people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct People {
    /// Who. Nobody when it is empty.
    pub any: Approvers,
    /// Whether somebody may decide about their own request.
    pub self_approval: SelfApproval,
    /// How long a request waits; after that nobody can decide it any more.
    pub lapse_after: Span,
}

/// People who may decide.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approvers {
    /// By handle.
    #[serde(default)]
    pub users: Vec<String>,
}

/// Whether somebody may decide about their own request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SelfApproval {
    /// Never.
    #[default]
    Never,
    /// When they are one of the approvers.
    Allowed,
}

impl People {
    /// Whether `person` is one of the approvers and here to decide. A bot never is.
    pub fn include(&self, person: &Person) -> bool {
        person.active && person.owner.is_none() && self.any.users.contains(&person.handle)
    }

    /// Whether `person` may decide about a request of `requester`.
    pub fn may_decide(&self, person: &Person, requester: &Person) -> bool {
        let own = self.self_approval == SelfApproval::Never && person.may_be(requester);
        self.include(person) && !own
    }
}

/// The rule as files and the store write it: either a mode or steps.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mode: Option<Mode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    steps: Option<Vec<Step>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    self_approval: Option<SelfApproval>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lapse_after: Option<Span>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Automatic,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    any: Approvers,
    #[serde(default = "one")]
    count: u32,
}

fn one() -> u32 {
    1
}

impl TryFrom<Written> for Approval {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let Written { mode, steps, self_approval, lapse_after } = written;
        match (mode, steps) {
            (Some(Mode::Automatic), None) if self_approval.is_none() && lapse_after.is_none() => {
                Ok(Self::Automatic)
            }
            (None, Some(steps)) => Ok(Self::People(People {
                any: only_step(steps)?,
                self_approval: self_approval.unwrap_or_default(),
                lapse_after: lapse_after
                    .or_else(|| Span::from_seconds(USUAL_WAIT))
                    .ok_or("a day is no span")?,
            })),
            (Some(_), _) => Err("mode = \"automatic\" asks nobody, so it stands alone: take the \
                                 other keys out, or take mode out and name the people in steps"
                .to_owned()),
            (None, None) => Err("nothing says who approves. Say mode = \"automatic\", or name \
                                 people: steps = [ { any = { users = [\"…\"] } } ]"
                .to_owned()),
        }
    }
}

fn only_step(steps: Vec<Step>) -> Result<Approvers, String> {
    match <[Step; 1]>::try_from(steps) {
        Ok([Step { any, count: 1 }]) => Ok(any),
        Ok([Step { count, .. }]) => {
            Err(format!("count = {count}: in this version one person decides, so count is 1"))
        }
        Err(steps) => Err(format!(
            "{} steps: this version asks in one step, so steps has one entry",
            steps.len()
        )),
    }
}

impl From<Approval> for Written {
    fn from(approval: Approval) -> Self {
        match approval {
            Approval::Automatic => Self {
                mode: Some(Mode::Automatic),
                steps: None,
                self_approval: None,
                lapse_after: None,
            },
            Approval::People(People { any, self_approval, lapse_after }) => Self {
                mode: None,
                steps: Some(vec![Step { any, count: 1 }]),
                self_approval: Some(self_approval),
                lapse_after: Some(lapse_after),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(value: Value) -> Result<Approval, String> {
        serde_json::from_value(value).map_err(|e| e.to_string())
    }

    #[test]
    fn a_rule_reads_back_as_written() {
        let people = json!({ "steps": [{ "any": { "users": ["erin"] } }], "lapse_after": "2h" });
        for value in [json!({ "mode": "automatic" }), people] {
            let rule = read(value).expect("reads");
            let again = serde_json::to_value(&rule).expect("writes");
            assert_eq!(read(again), Ok(rule));
        }
    }

    #[test]
    fn who_does_not_say_how_long_waits_for_a_day() {
        let rule = read(json!({ "steps": [{ "any": { "users": ["erin"] } }] })).expect("reads");
        let Approval::People(people) = rule else { panic!("by people") };
        assert_eq!(people.lapse_after, "1d".parse().expect("a duration"));
    }

    #[test]
    fn p16_no_rule_and_a_broken_rule_are_errors_and_never_automatic() {
        let step = json!([{ "any": { "users": ["erin"] } }]);
        for (value, says) in [
            (json!({}), "nothing says who approves"),
            (json!({ "mode": "automatik" }), "unknown variant"),
            (json!({ "mode": "automatic", "steps": step }), "stands alone"),
            (json!({ "mode": "automatic", "self_approval": "never" }), "stands alone"),
            (json!({ "steps": [] }), "0 steps"),
            (json!({ "steps": [{ "any": {}, "count": 2 }] }), "count = 2"),
            (json!({ "steps": step, "self_aproval": "never" }), "unknown field"),
            (json!({ "steps": step, "lapse_after": "never" }), "not a duration"),
        ] {
            let error = read(value).expect_err(says);
            assert!(error.contains(says), "{says:?} is not in {error:?}");
        }
    }
}
