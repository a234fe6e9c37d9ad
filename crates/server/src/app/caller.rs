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
        let found = people::by_identity(tx, provider, subject).await?;
        let now =
            found.and_then(|person| Self::of(person, provider, subject)).ok_or_else(|| {
                let text = format!("the {provider} account {subject} is linked to nobody any more");
                AppError::Forbidden(text)
            })?;
        Self { once: self.once.clone(), ..now }.active()
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
