//! Who is who.

use bellhop_domain::{Actor, Event, Person, Role, Subject};
use bellhop_store::{audit, people};
use serde_json::json;

use super::{App, AppError};

/// The person behind an OS user of this machine. In just-me mode the backend's own user becomes a
/// person with the admin role when first seen; nobody else's socket call gets this far.
pub async fn os_user(
    app: &App,
    uid: u32,
    handle: impl FnOnce() -> String,
) -> Result<Person, AppError> {
    let subject = uid.to_string();
    let mut tx = app.store.glance().await?;
    if let Some(person) = people::by_identity(&mut tx, "os", &subject).await? {
        return Ok(person);
    }
    drop(tx);
    let mut tx = app.store.write().await?;
    if let Some(person) = people::by_identity(&mut tx, "os", &subject).await? {
        return Ok(person);
    }
    let person = people::add(&mut tx, &handle(), Role::Admin, ("os", &subject)).await?;
    let event = Event {
        kind: "person.added".to_owned(),
        actor: Actor::System,
        subject: Subject::Setting { name: person.handle.clone() },
        before: None,
        after: json!({ "id": person.id, "role": person.role, "identity": format!("os:{subject}") }),
    };
    audit::append(&mut tx, &[event]).await?;
    app.commit(tx).await?;
    Ok(person)
}
