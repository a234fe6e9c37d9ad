//! What a configuration would change, compared with what is in force.

use bellhop_domain::{FlowInForce, sha256};
use bellhop_store::integrations::{self, Integration, Owner};
use bellhop_store::{Tx, flows};
use serde_json::{Value, json};

use super::Config;
use crate::app::AppError;

/// The longest that one side of a change is shown.
const LONGEST: usize = 80;

/// What a configuration would change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Integrations first, each kind by name: what is put in force later may name what came before.
    pub changes: Vec<Change>,
    /// How many flows and integrations stay as they are.
    pub unchanged: usize,
}

/// One flow or integration that would be another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which of the two.
    pub what: What,
    /// A flow's id, an integration's name.
    pub name: String,
    /// Added, changed or removed.
    pub deed: Deed,
}

/// What can be in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A connected system.
    Integration,
    /// A flow.
    Flow,
}

/// What happens to it, with what it is and will be, as audit rows have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// It is new.
    Add {
        /// As it will be.
        after: Value,
    },
    /// It is another.
    Change {
        /// As it is.
        before: Value,
        /// As it will be.
        after: Value,
    },
    /// It is in no file any more.
    Remove {
        /// As it is.
        before: Value,
    },
}

/// One thing about it that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its place, such as `duration.max`.
    pub field: String,
    /// As it is, in short.
    pub before: String,
    /// As it will be, in short.
    pub after: String,
}

impl Plan {
    /// Compares with what is in force.
    pub(crate) async fn of(tx: &mut Tx, config: &Config) -> Result<Self, AppError> {
        let known = integrations::all(tx).await?;
        let in_force = flows::in_force(tx).await?;
        let mut plan = Self::default();
        for declared in config.integrations.values() {
            let after = value(declared)?;
            let before = known.iter().find(|one| one.name == declared.name).map(is_declared);
            plan.put(What::Integration, &declared.name, (before.transpose()?, Some(after)));
        }
        // What somebody made by hand is no file's to take away.
        let of_files = known.iter().filter(|one| one.owner == Owner::File);
        for gone in of_files.filter(|one| !config.integrations.contains_key(&one.name)) {
            plan.put(What::Integration, &gone.name, (Some(is_declared(gone)?), None));
        }
        for flow in config.flows.values() {
            let before = in_force.iter().find(|one| one.flow.id == flow.id);
            let before = before.map(|one| value(&one.flow)).transpose()?;
            plan.put(What::Flow, &flow.id, (before, Some(value(flow)?)));
        }
        for FlowInForce { flow, .. } in &in_force {
            if !config.flows.contains_key(&flow.id) {
                plan.put(What::Flow, &flow.id, (Some(value(flow)?), None));
            }
        }
        Ok(plan)
    }

    fn put(&mut self, what: What, name: &str, sides: (Option<Value>, Option<Value>)) {
        let deed = match sides {
            (None, Some(after)) => Deed::Add { after },
            (Some(before), None) => Deed::Remove { before },
            (Some(before), Some(after)) if before != after => Deed::Change { before, after },
            (Some(_), Some(_)) => {
                self.unchanged += 1;
                return;
            }
            (None, None) => return,
        };
        self.changes.push(Change { what, name: name.to_owned(), deed });
    }

    /// The same plan has the same one: what would be changed, from what, to what.
    pub fn hash(&self) -> String {
        let changes: Vec<_> = self.changes.iter().map(Change::as_value).collect();
        sha256(&Value::from(changes).to_string())
    }

    /// How many are added, changed and removed.
    pub fn counts(&self) -> (usize, usize, usize) {
        let count = |of: fn(&Deed) -> bool| self.changes.iter().filter(|one| of(&one.deed)).count();
        (
            count(|deed| matches!(deed, Deed::Add { .. })),
            count(|deed| matches!(deed, Deed::Change { .. })),
            count(|deed| matches!(deed, Deed::Remove { .. })),
        )
    }
}

impl Change {
    fn as_value(&self) -> Value {
        let (before, after) = self.deed.sides();
        json!([self.what.name(), self.name, before, after])
    }

    /// What about it changes; all of it when it is added or removed, which needs no list.
    pub fn fields(&self) -> Vec<Field> {
        let mut fields = Vec::new();
        if let Deed::Change { before, after } = &self.deed {
            compare("", (Some(before), Some(after)), &mut fields);
        }
        fields
    }
}

impl Deed {
    /// As it is, and as it will be.
    pub fn sides(&self) -> (Option<&Value>, Option<&Value>) {
        match self {
            Self::Add { after } => (None, Some(after)),
            Self::Change { before, after } => (Some(before), Some(after)),
            Self::Remove { before } => (Some(before), None),
        }
    }
}

impl What {
    /// As people read it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Integration => "integration",
            Self::Flow => "flow",
        }
    }
}

/// What changes in a table, and in the tables in it.
fn compare(place: &str, sides: (Option<&Value>, Option<&Value>), fields: &mut Vec<Field>) {
    if let (Some(Value::Object(before)), Some(Value::Object(after))) = sides {
        let new = after.keys().filter(|key| !before.contains_key(*key));
        for key in before.keys().chain(new) {
            let inner = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
            compare(&inner, (before.get(key), after.get(key)), fields);
        }
    } else if let (Some(Value::Array(before)), Some(Value::Array(after))) = sides
        && before.len() == after.len()
        && before.iter().chain(after).all(Value::is_object)
    {
        for (number, (before, after)) in before.iter().zip(after).enumerate() {
            compare(&format!("{place}[{number}]"), (Some(before), Some(after)), fields);
        }
    } else if sides.0 != sides.1 {
        let (before, after) = (short(sides.0), short(sides.1));
        fields.push(Field { field: place.to_owned(), before, after });
    }
}

fn short(value: Option<&Value>) -> String {
    let text = match value {
        None => return "nothing".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    };
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

fn is_declared(integration: &Integration) -> Result<Value, AppError> {
    let declared: Result<Value, _> = serde_json::from_str(&integration.declared);
    let mut declared = declared.map_err(|e| AppError::Invalid(e.to_string()))?;
    // A file that names it makes it its own, and the plan says so.
    if let (Owner::Ui, Some(fields)) = (integration.owner, declared.as_object_mut()) {
        fields.insert("owner".to_owned(), Owner::Ui.name().into());
    }
    Ok(declared)
}

fn value(of: &impl serde::Serialize) -> Result<Value, AppError> {
    serde_json::to_value(of).map_err(|e| AppError::Invalid(e.to_string()))
}
