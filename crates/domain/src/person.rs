//! People: one canonical id each, however many identities are linked to it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::PersonId;

/// A human, or a bot that one human answers for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The canonical id; everything is compared by it.
    pub id: PersonId,
    /// The short name that people and flows use.
    pub handle: String,
    /// What the person may do beyond asking.
    pub role: Role,
    /// Whether they are still here. Somebody who is not neither asks nor decides.
    pub active: bool,
    /// For a bot, the human who answers for it.
    pub owner: Option<PersonId>,
    /// Who they are elsewhere.
    pub identities: Vec<Identity>,
}

/// Who a person is in another system, linked by id and never by likeness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The system: `os`, `email`, `slack`, `teams` …
    pub provider: String,
    /// The id there, compared byte by byte.
    pub subject: String,
    /// When it was linked.
    pub linked_at: DateTime<Utc>,
    /// Who linked it; nobody when Bellhop did.
    pub linked_by: Option<PersonId>,
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

impl Person {
    /// The human behind: a bot's requests count as its owner's.
    pub fn human(&self) -> PersonId {
        self.owner.unwrap_or(self.id)
    }

    /// Whether the two may be one human. Likeness (an address in other letter case, with a `+tag`,
    /// or linked to both) is enough to refuse a decision, and never enough to identify somebody.
    pub fn may_be(&self, other: &Self) -> bool {
        if self.human() == other.human() {
            return true;
        }
        let theirs: Vec<_> = other.names().map(folded).collect();
        self.names().any(|name| theirs.contains(&folded(name)))
    }

    fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        let identities = self.identities.iter().map(|i| (i.provider.as_str(), i.subject.as_str()));
        // A handle is a name of Bellhop's own, and often an address.
        identities.chain([("handle", self.handle.as_str())])
    }
}

/// A name without what people vary it by. Addresses are alike wherever they are linked.
fn folded((provider, name): (&str, &str)) -> (String, String) {
    let name = name.trim().to_lowercase();
    match name.rsplit_once('@') {
        Some((local, host)) => {
            let local = local.split_once('+').map_or(local, |(before, _)| before);
            ("address".to_owned(), format!("{local}@{host}"))
        }
        None => (provider.to_owned(), name),
    }
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

impl Actor {
    /// The person's id; none for the system.
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person { id, .. } => Some(*id),
            Self::System => None,
        }
    }

    /// The name that people read.
    pub fn name(&self) -> &str {
        match self {
            Self::Person { handle, .. } => handle,
            Self::System => "Bellhop",
        }
    }
}

impl From<&Person> for Actor {
    fn from(person: &Person) -> Self {
        Self::Person { id: person.id, handle: person.handle.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::uuid_at;

    fn person(n: u8, handle: &str, identities: &[(&str, &str)]) -> Person {
        let linked = |(provider, subject): &(&str, &str)| Identity {
            provider: (*provider).to_owned(),
            subject: (*subject).to_owned(),
            linked_at: DateTime::UNIX_EPOCH,
            linked_by: None,
        };
        Person {
            id: PersonId(uuid_at(DateTime::UNIX_EPOCH, [n; 10])),
            handle: handle.to_owned(),
            role: Role::Member,
            active: true,
            owner: None,
            identities: identities.iter().map(linked).collect(),
        }
    }

    #[test]
    fn t05_one_human_is_recognized_under_every_name() {
        let dana = person(1, "dana", &[("email", "dana@example.com"), ("slack", "T1/U7")]);
        assert!(dana.may_be(&dana));
        for (n, handle, identity) in [
            (2, "d2", ("email", "dana@example.com")),
            (3, "d3", ("email", "Dana@Example.com")),
            (4, "d4", ("email", "dana+prod@example.com")),
            (5, "d5", ("okta", "DANA+x@example.com")),
            (6, "d6", ("slack", "t1/u7")),
            (7, "dana@example.com", ("os", "1000")),
        ] {
            let alias = person(n, handle, &[identity]);
            assert!(dana.may_be(&alias) && alias.may_be(&dana), "{alias:?}");
        }
        let mut bot = person(8, "ci", &[]);
        bot.owner = Some(dana.id);
        assert!(dana.may_be(&bot) && bot.may_be(&dana));
    }

    #[test]
    fn p14_likeness_joins_nobody_who_is_not_alike() {
        let dana = person(1, "dana", &[("email", "dana@example.com"), ("slack", "T1/U7")]);
        for (handle, identity) in [
            ("erin", ("email", "erin@example.com")),
            ("dan", ("email", "dana@example.org")),
            ("d+ana", ("teams", "T1/U7")),
            ("danа", ("email", "danа@example.com")), // a Cyrillic а
        ] {
            assert!(!dana.may_be(&person(2, handle, &[identity])), "{handle}");
        }
    }
}
