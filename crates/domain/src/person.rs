//! People: one canonical id each, however many identities are linked to it.

use serde::{Deserialize, Serialize};

use crate::PersonId;

/// A human.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The canonical id; everything is compared by it.
    pub id: PersonId,
    /// The short name that people and flows use.
    pub handle: String,
    /// What the person may do beyond asking.
    pub role: Role,
}

/// What a person may do beyond asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Connects systems, edits flows, ends any access.
    Admin,
    /// Reads everything.
    Auditor,
    /// Asks, and sees what is their own.
    Member,
}

impl Role {
    /// The role's name in the store and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Auditor => "auditor",
            Self::Member => "member",
        }
    }
}

/// Who does something: always somebody named, never nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Actor {
    /// A person, as known at that moment.
    Person {
        /// Canonical id.
        id: PersonId,
        /// Short name at that moment.
        handle: String,
    },
    /// A timer or a worker of the backend.
    System,
}

impl From<&Person> for Actor {
    fn from(person: &Person) -> Self {
        Self::Person { id: person.id, handle: person.handle.clone() }
    }
}
