//! People and the identities linked to them.

use bellhop_domain::{Person, PersonId, Role};
use sqlx::FromRow;
use uuid::Uuid;

use crate::sql::sql;
use crate::{StoreError, Tx};

#[derive(FromRow)]
struct PersonRow {
    id: Uuid,
    handle: String,
    role: String,
}

impl TryFrom<PersonRow> for Person {
    type Error = StoreError;

    fn try_from(row: PersonRow) -> Result<Self, StoreError> {
        let role = [Role::Admin, Role::Auditor, Role::Member]
            .into_iter()
            .find(|role| role.name() == row.role)
            .ok_or_else(|| StoreError::inconsistent("people", row.id, "unknown role"))?;
        Ok(Self { id: PersonId(row.id), handle: row.handle, role })
    }
}

/// The person with this canonical id.
pub async fn find(tx: &mut Tx, id: PersonId) -> Result<Option<Person>, StoreError> {
    let row = sql!(
        tx,
        fetch_optional::<PersonRow>,
        "SELECT id, handle, role FROM people WHERE id = $1",
        id.0
    )?;
    row.map(Person::try_from).transpose()
}

/// The person that an identity is linked to, compared byte by byte.
pub async fn by_identity(
    tx: &mut Tx,
    provider: &str,
    subject: &str,
) -> Result<Option<Person>, StoreError> {
    let row = sql!(
        tx,
        fetch_optional::<PersonRow>,
        "SELECT p.id, p.handle, p.role FROM people p JOIN identities i ON i.person_id = p.id \
         WHERE i.provider = $1 AND i.subject = $2",
        provider,
        subject
    )?;
    row.map(Person::try_from).transpose()
}

/// Adds a person with one identity.
pub async fn add(
    tx: &mut Tx,
    handle: &str,
    role: Role,
    identity: (&str, &str),
) -> Result<Person, StoreError> {
    let person = Person { id: PersonId(tx.new_id()), handle: handle.to_owned(), role };
    sql!(
        tx,
        execute,
        "INSERT INTO people (id, handle, role, active, created_at) VALUES ($1, $2, $3, TRUE, $4)",
        person.id.0,
        handle,
        role.name(),
        tx.moment.now
    )?;
    sql!(
        tx,
        execute,
        "INSERT INTO identities (provider, subject, person_id, linked_at) VALUES ($1, $2, $3, $4)",
        identity.0,
        identity.1,
        person.id.0,
        tx.moment.now
    )?;
    Ok(person)
}
