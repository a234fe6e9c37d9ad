//! Listens to the notification service, and to nobody else.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::sync::Arc;

use futures::StreamExt as _;
use tokio_util::task::TaskTracker;
use zbus::message::{Message, Type};
use zbus::names::{InterfaceName, MemberName, UniqueName};
use zbus::{MatchRule, MessageStream, ObjectPath, OwnedVariant, fdo};

use super::book::Signal;
use super::{Event, NAME, PATH, Shared};

const BUS: &str = "org.freedesktop.DBus";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// Subscribes, and learns who the service is.
pub(super) async fn begin(
    shared: &Arc<Shared>,
    tasks: &TaskTracker,
) -> zbus::Result<MessageStream> {
    let signals = MessageStream::from(&shared.bus);
    let bus = fdo::DBusProxy::new(&shared.bus).await?;
    let signal = || MatchRule::builder().msg_type(Type::Signal);
    // The bus drops what others broadcast. What they send to us alone it does not; see `sender`.
    for rule in [
        signal().sender(NAME).path(PATH).interface(NAME),
        signal().sender(NAME).path(PATH).interface(PROPERTIES).member("PropertiesChanged"),
        signal().sender(BUS).interface(BUS).member("NameOwnerChanged").add_arg(NAME),
    ] {
        bus.add_match_rule(rule.build()?).await?;
    }
    match bus.get_name_owner(NAME.try_into()?).await {
        Ok(owner) => owned_by(shared, Some(owner.to_string()), tasks),
        Err(fdo::Error::NameHasNoOwner(_)) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(signals)
}

/// Reads signals until the bus is gone.
pub(super) async fn run(shared: Arc<Shared>, mut signals: MessageStream, tasks: TaskTracker) {
    while let Some(message) = signals.next().await {
        match message {
            Ok(message) => heard(&shared, &message, &tasks),
            Err(error) => tracing::warn!(%error, "a message of the session bus does not read"),
        }
    }
    if shared.book().is_newly_absent() {
        shared.tell(Event::Absent);
    }
}

fn heard(shared: &Arc<Shared>, message: &Message, tasks: &TaskTracker) {
    if message.message_type() != Type::Signal {
        return;
    }
    let header = message.header();
    let sender = header.sender().map(UniqueName::as_str);
    let interface = header.interface().map(InterfaceName::as_str);
    let member = header.member().map(MemberName::as_str);
    // The bus itself says who the sender is: nobody can send under its name, or another's.
    if sender == Some(BUS) {
        if (interface, member) == (Some(BUS), Some("NameOwnerChanged"))
            && let Ok((name, _, new)) = message.body().deserialize::<(String, String, String)>()
            && name == NAME
        {
            owned_by(shared, Some(new).filter(|new| !new.is_empty()), tasks);
        }
        return;
    }
    let known = sender.is_some() && sender == shared.book().owner();
    if !known || header.path().map(ObjectPath::as_str) != Some(PATH) {
        if interface == Some(NAME) {
            tracing::warn!(?sender, ?member, "a signal that is not the notification service's");
        }
        return;
    }
    if interface == Some(PROPERTIES) {
        if let Some(inhibited) = inhibited_in(message) {
            shared.tell(Event::Inhibited(inhibited));
        }
    } else if interface == Some(NAME)
        && let Some((id, signal)) = signal(member, message)
    {
        let answer = shared.book().signal(id, signal);
        if let Some(answer) = answer {
            shared.tell(Event::Answer(answer));
        }
    }
}

fn signal(member: Option<&str>, message: &Message) -> Option<(u32, Signal)> {
    let body = message.body();
    match member? {
        "ActionInvoked" => body.deserialize().ok().map(|(id, key)| (id, Signal::Invoked(key))),
        "ActivationToken" => body.deserialize().ok().map(|(id, token)| (id, Signal::Token(token))),
        "NotificationClosed" => {
            body.deserialize::<(u32, u32)>().ok().map(|(id, _)| (id, Signal::Closed))
        }
        _ => None,
    }
}

/// Another service came, or the one there was is gone.
fn owned_by(shared: &Arc<Shared>, owner: Option<String>, tasks: &TaskTracker) {
    if shared.book().owned_by(owner.clone()) {
        shared.tell(Event::Present);
    }
    match owner {
        // It asked not to disturb, and cannot say any more that it does not.
        None => shared.tell(Event::Inhibited(false)),
        Some(owner) => {
            let shared = Arc::clone(shared);
            tasks.spawn(async move { ask_inhibited(&shared, &owner).await });
        }
    }
}

/// Whether it asks not to disturb; most services have no such property.
async fn ask_inhibited(shared: &Shared, owner: &str) {
    let asked = (NAME, "Inhibited");
    let answer = shared.bus.call_method(Some(owner), PATH, Some(PROPERTIES), "Get", &asked).await;
    let value = answer.and_then(|answer| answer.body().deserialize::<OwnedVariant>());
    if let Ok(inhibited) = value.and_then(bool::try_from)
        && shared.book().owner() == Some(owner)
    {
        shared.tell(Event::Inhibited(inhibited));
    }
}

fn inhibited_in(message: &Message) -> Option<bool> {
    type Changed = (String, HashMap<String, OwnedVariant>, Vec<String>);
    let (interface, mut changed, _) = message.body().deserialize::<Changed>().ok()?;
    let value = changed.remove("Inhibited").filter(|_| interface == NAME)?;
    bool::try_from(value).ok()
}

/// Whether an error says that nobody shows notices here.
pub(super) fn is_absent(error: &zbus::Error) -> bool {
    if let zbus::Error::InputOutput(error) = error {
        // The bus is gone. One that takes its time is there, and may show it yet.
        return error.kind() != ErrorKind::TimedOut;
    }
    let zbus::Error::FDO(error) = error else { return false };
    let name = zbus::DBusError::name(error.as_ref());
    let name = name.as_str().strip_prefix("org.freedesktop.DBus.Error.").unwrap_or_default();
    // The last: the bus could not start the one that is installed.
    matches!(name, "ServiceUnknown" | "NameHasNoOwner" | "Disconnected")
        || name.starts_with("Spawn.")
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn a_service_that_takes_its_time_is_not_absent() {
        let fdo = |error: fdo::Error| zbus::Error::FDO(Box::new(error));
        let bus = |kind: ErrorKind| zbus::Error::from(io::Error::from(kind));
        for (error, absent) in [
            (fdo(fdo::Error::ServiceUnknown(String::new())), true),
            (fdo(fdo::Error::NameHasNoOwner(String::new())), true),
            (fdo(fdo::Error::SpawnChildExited(String::new())), true),
            (bus(ErrorKind::BrokenPipe), true),
            (bus(ErrorKind::TimedOut), false),
            (fdo(fdo::Error::NoReply(String::new())), false),
            (fdo(fdo::Error::LimitsExceeded(String::new())), false),
        ] {
            assert_eq!(is_absent(&error), absent, "{error}");
        }
    }
}
