//! People and the identities linked to them.

use bellhop_domain::{Identity, Person, PersonId, Role};
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::sql::sql;
use crate::{StoreError, Tx};

/// A person with one of their identities; with none when nothing is linked.
#[derive(FromRow)]
struct Row {
    id: Uuid,
    handle: String,
    role: String,
    active: bool,
    owner_id: Option<Uuid>,
    provider: Option<String>,
    subject: Option<String>,
    linked_at: Option<DateTime<Utc>>,
    linked_by: Option<Uuid>,
}

macro_rules! select {
    ($where:literal) => {
        concat!(
            "SELECT p.id, p.handle, p.role, p.active, p.owner_id, i.provider, i.subject, ",
            "i.linked_at, i.linked_by FROM people p LEFT JOIN identities i ON i.person_id = p.id ",
            $where,
            " ORDER BY i.provider, i.subject"
        )
    };
}

fn person(rows: Vec<Row>) -> Result<Option<Person>, StoreError> {
    let mut found: Option<Person> = None;
    for row in rows {
        let person = match &mut found {
            Some(person) => person,
            None => {
                let role = [Role::Admin, Role::Auditor, Role::Member]
                    .into_iter()
                    .find(|role| role.name() == row.role)
                    .ok_or_else(|| StoreError::inconsistent("people", row.id, "unknown role"))?;
                found.insert(Person {
                    id: PersonId(row.id),
                    handle: row.handle,
                    role,
                    active: row.active,
                    owner: row.owner_id.map(PersonId),
                    identities: Vec::new(),
                })
            }
        };
        let linked = (row.provider, row.subject, row.linked_at);
        if let (Some(provider), Some(subject), Some(linked_at)) = linked {
            let linked_by = row.linked_by.map(PersonId);
            person.identities.push(Identity { provider, subject, linked_at, linked_by });
        }
    }
    Ok(found)
}

/// The person with this canonical id.
pub async fn find(tx: &mut Tx, id: PersonId) -> Result<Option<Person>, StoreError> {
    person(sql!(tx, fetch_all::<Row>, select!("WHERE p.id = $1"), id.0)?)
}

/// The person of this handle, compared byte by byte.
pub async fn by_handle(tx: &mut Tx, handle: &str) -> Result<Option<Person>, StoreError> {
    person(sql!(tx, fetch_all::<Row>, select!("WHERE p.handle = $1"), handle)?)
}

/// Up to `most` handles of those who are here, by name: of everybody, or of the admins alone.
pub async fn handles(
    tx: &mut Tx,
    role: Option<Role>,
    most: i64,
) -> Result<Vec<String>, StoreError> {
    let rows = match role {
        Some(role) => sql!(
            tx,
            fetch_all::<(String,)>,
            "SELECT handle FROM people WHERE active AND role = $1 ORDER BY handle LIMIT $2",
            role.name(),
            most
        )?,
        None => sql!(
            tx,
            fetch_all::<(String,)>,
            "SELECT handle FROM people WHERE active ORDER BY handle LIMIT $1",
            most
        )?,
    };
    Ok(rows.into_iter().map(|(handle,)| handle).collect())
}

/// The person that an identity is linked to, compared byte by byte.
pub async fn by_identity(
    tx: &mut Tx,
    provider: &str,
    subject: &str,
) -> Result<Option<Person>, StoreError> {
    person(sql!(
        tx,
        fetch_all::<Row>,
        select!(
            "WHERE p.id = (SELECT person_id FROM identities WHERE provider = $1 AND subject = $2)"
        ),
        provider,
        subject
    )?)
}

/// Adds a person with one identity, which Bellhop links.
pub async fn add(
    tx: &mut Tx,
    handle: &str,
    role: Role,
    (provider, subject): (&str, &str),
) -> Result<Person, StoreError> {
    let (id, now) = (PersonId(tx.new_id()), tx.now());
    sql!(
        tx,
        execute,
        "INSERT INTO people (id, handle, role, active, created_at) VALUES ($1, $2, $3, TRUE, $4)",
        id.0,
        handle,
        role.name(),
        now
    )?;
    link(tx, id, (provider, subject), None).await?;
    let (provider, subject) = (provider.to_owned(), subject.to_owned());
    let identities = vec![Identity { provider, subject, linked_at: now, linked_by: None }];
    let handle = handle.to_owned();
    Ok(Person { id, handle, role, active: true, owner: None, identities })
}

/// Links an identity to a person. One that was somebody else's is theirs no more, and the link
/// counts from now.
pub async fn link(
    tx: &mut Tx,
    person: PersonId,
    (provider, subject): (&str, &str),
    by: Option<PersonId>,
) -> Result<(), StoreError> {
    sql!(
        tx,
        execute,
        "INSERT INTO identities (provider, subject, person_id, linked_at, linked_by) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (provider, subject) DO UPDATE SET \
         person_id = excluded.person_id, linked_at = excluded.linked_at, \
         linked_by = excluded.linked_by",
        provider,
        subject,
        person.0,
        tx.moment.now,
        by.map(|person| person.0)
    )?;
    Ok(())
}

/// Whether a person is here.
pub async fn set_active(tx: &mut Tx, id: PersonId, active: bool) -> Result<(), StoreError> {
    sql!(tx, execute, "UPDATE people SET active = $1 WHERE id = $2", active, id.0)?;
    Ok(())
}
