//! Who calls, and under which identity.

use bellhop_domain::{Identity, Person};
use bellhop_store::{Tx, people};

use super::AppError;
use super::once::Once;

/// The person who calls, and the identity that a face knows them by.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who, as known when the call came in.
    pub person: Person,
    /// Under which identity.
    pub via: Identity,
    /// Set when the call may come twice and is to be carried out once.
    pub once: Option<Once>,
}

impl Caller {
    /// The caller as known in this very transaction: deactivated, linked to somebody else or
    /// changed in role since the call came in counts. Every change starts with this.
    pub async fn now(&self, tx: &mut Tx) -> Result<Self, AppError> {
        let Identity { provider, subject, .. } = &self.via;
        let now = Self::behind(tx, provider, subject).await?;
        Ok(Self { once: self.once.clone(), ..now })
    }

    /// Whoever is behind an identity in this transaction, and still here.
    pub(super) async fn behind(
        tx: &mut Tx,
        provider: &str,
        subject: &str,
    ) -> Result<Self, AppError> {
        let found = people::by_identity(tx, provider, subject).await?;
        let now =
            found.and_then(|person| Self::of(person, provider, subject)).ok_or_else(|| {
                let text = format!("the {provider} account {subject} is linked to nobody any more");
                AppError::Forbidden(text)
            })?;
        now.active()
    }

    /// The caller behind an identity of `person`.
    pub(crate) fn of(person: Person, provider: &str, subject: &str) -> Option<Self> {
        let this = |i: &&Identity| i.provider == provider && i.subject == subject;
        let via = person.identities.iter().find(this)?.clone();
        Some(Self { person, via, once: None })
    }

    /// Somebody who is still here.
    pub(crate) fn active(self) -> Result<Self, AppError> {
        if self.person.active {
            return Ok(self);
        }
        let who = &self.person.handle;
        Err(AppError::Forbidden(format!("{who} was deactivated. An admin can change that")))
    }
}

#[cfg(test)]
mod tests {
    use bellhop_domain::{PersonId, Role};
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn t05_a_caller_acts_under_the_very_identity_that_called_and_no_other_of_theirs() {
        let identity = |provider: &str, subject: &str| Identity {
            provider: provider.to_owned(),
            subject: subject.to_owned(),
            linked_at: DateTime::UNIX_EPOCH,
            linked_by: None,
        };
        let person = Person {
            id: PersonId(Uuid::nil()),
            handle: "erin".to_owned(),
            role: Role::Member,
            active: true,
            owner: None,
            identities: vec![identity("slack", "1"), identity("slack", "2"), identity("os", "2")],
        };
        let via = |provider, subject| Caller::of(person.clone(), provider, subject).map(|c| c.via);
        assert_eq!(via("slack", "2"), Some(identity("slack", "2")));
        assert_eq!(via("os", "2"), Some(identity("os", "2")));
        assert_eq!(via("os", "1"), None);
    }
}
