//! Who is who.

use bellhop_domain::{Actor, Command, Event, Identity, Role, Subject, decide};
use bellhop_store::{Tx, access, audit, list, people};
use serde_json::json;

use super::{App, AppError, Caller};

/// The provider of identities that are users of this machine.
pub(crate) const OS: &str = "os";

/// The caller behind an OS user of this machine. In just-me mode the backend's own user becomes a
/// person with the admin role when first seen; nobody else's socket call gets this far.
pub async fn os_user(
    app: &App,
    uid: u32,
    handle: impl FnOnce() -> String,
) -> Result<Caller, AppError> {
    let subject = uid.to_string();
    let mut tx = app.store.glance().await?;
    if let Some(caller) = known(&mut tx, &subject).await? {
        return caller.active();
    }
    drop(tx);
    let mut tx = app.store.write().await?;
    if let Some(caller) = known(&mut tx, &subject).await? {
        return caller.active();
    }
    let handle = free_handle(&mut tx, handle(), uid).await?;
    let person = people::add(&mut tx, &handle, Role::Admin, (OS, &subject)).await?;
    let event = Event {
        kind: "person.added".to_owned(),
        actor: Actor::System,
        subject: Subject::Setting { name: person.handle.clone() },
        before: None,
        after: json!({ "id": person.id, "role": person.role, "identity": format!("os:{subject}") }),
    };
    audit::append(&mut tx, &[event]).await?;
    app.commit(tx).await?;
    let missing = || AppError::NotFound("the new person has no identity".to_owned());
    Caller::of(person, OS, &subject).ok_or_else(missing)
}

/// What to call a new user of this machine. The name may be that of somebody else by now: of a user of
/// the machine that this store came from, for example. Who has it keeps it, and all that it allows.
async fn free_handle(tx: &mut Tx, name: String, uid: u32) -> Result<String, AppError> {
    Ok(match people::by_handle(tx, &name).await? {
        None => name,
        Some(_) => format!("{name}-{uid}"),
    })
}

/// The caller behind an identity that a face has made sure of.
pub async fn signed_in(app: &App, identity: &Identity) -> Result<Caller, AppError> {
    let mut tx = app.store.glance().await?;
    Caller::behind(&mut tx, &identity.provider, &identity.subject).await
}

async fn known(tx: &mut Tx, subject: &str) -> Result<Option<Caller>, AppError> {
    let person = people::by_identity(tx, OS, subject).await?;
    Ok(person.and_then(|person| Caller::of(person, OS, subject)))
}

/// Deactivates a person: from now on they neither ask nor decide, what they hold is taken away and
/// what they asked for is closed, all in one transaction.
pub async fn deactivate(app: &App, caller: &Caller, handle: &str) -> Result<(), AppError> {
    let mut tx = app.store.write().await?;
    let by = caller.now(&mut tx).await?.person;
    if by.role != Role::Admin {
        let text = format!("only an admin may deactivate a person, and {} is none", by.handle);
        return Err(AppError::Forbidden(text));
    }
    let found = people::by_handle(&mut tx, handle).await?;
    let person = found.ok_or_else(|| {
        let handle: String = handle.chars().take(80).collect();
        AppError::NotFound(format!("there is no person \"{handle}\""))
    })?;
    if !person.active {
        return Ok(());
    }
    people::set_active(&mut tx, person.id, false).await?;
    let event = Event {
        kind: "person.deactivated".to_owned(),
        actor: Actor::from(&by),
        subject: Subject::Setting { name: person.handle.clone() },
        before: Some(json!({ "id": person.id, "active": true })),
        after: json!({ "id": person.id, "active": false }),
    };
    audit::append(&mut tx, &[event]).await?;
    for access in list::open_of(&mut tx, person.id).await? {
        let left = Command::RequesterLeft { by: Actor::from(&by) };
        let step = decide(&access, left, tx.now())?;
        access::write(&mut tx, &access, &step).await?;
    }
    Ok(app.commit(tx).await?)
}
