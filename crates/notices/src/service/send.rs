//! A notice as the service takes it.

use std::collections::HashMap;

use notify_rust::{Hint, Notification};
use zbus::{Connection, Variant};

use super::{NAME, PATH, Sender};
use crate::{Choice, Notice, Urgency};

/// The bell, by its name in sound themes.
const SOUND: &str = "message-new-instant";

/// What a service can do.
#[derive(Debug)]
pub(super) struct Abilities {
    /// As the specification names them.
    capabilities: Vec<String>,
    /// It draws a button for a click on the notice, too.
    draws_default: bool,
}

impl Abilities {
    fn of(capabilities: Vec<String>, server: &str) -> Self {
        Self { capabilities, draws_default: server == "Xfce Notify Daemon" }
    }

    fn has(&self, what: &str) -> bool {
        self.capabilities.iter().any(|capability| capability == what)
    }
}

/// Asks the service what it can do, which starts it where the bus can.
pub(super) async fn abilities(bus: &Connection) -> zbus::Result<Abilities> {
    let answer = bus.call_method(Some(NAME), PATH, Some(NAME), "GetCapabilities", &()).await?;
    let capabilities: Vec<String> = answer.body().deserialize()?;
    let answer = bus.call_method(Some(NAME), PATH, Some(NAME), "GetServerInformation", &()).await?;
    let (server, ..): (String, String, String, String) = answer.body().deserialize()?;
    Ok(Abilities::of(capabilities, &server))
}

/// The notice as this service takes it.
pub(super) fn notification(sender: &Sender, notice: &Notice, can: &Abilities) -> Notification {
    let mut made = Notification::new();
    let body = if can.has("body-markup") { escaped(&notice.body) } else { disarmed(&notice.body) };
    made.appname(&sender.name)
        .icon(&sender.icon)
        .summary(&notice.title)
        .body(&body)
        .hint(Hint::DesktopEntry(sender.desktop_entry.clone()))
        .urgency(match notice.urgency {
            Urgency::Low => notify_rust::Urgency::Low,
            Urgency::Normal => notify_rust::Urgency::Normal,
            Urgency::Critical => notify_rust::Urgency::Critical,
        });
    made.hint(match (notice.sound, can.has("sound")) {
        (true, true) => Hint::SoundName(SOUND.to_owned()),
        // Where it has no sounds, it has none of its own either.
        (true, false) | (false, _) => Hint::SuppressSound(!notice.sound),
    });
    if can.has("actions") {
        made.action("default", "Open");
        let twice = |choice: &Choice| can.draws_default && *choice == Choice::Open;
        for action in notice.actions.iter().filter(|action| !twice(&action.choice)) {
            made.action(action.choice.key(), &action.label);
        }
    }
    made.finalize()
}

/// Sends it, in the place of the one with the number `replaces`. Answers its own number.
pub(super) async fn notify(
    bus: &Connection,
    made: &Notification,
    replaces: Option<u32>,
) -> zbus::Result<u32> {
    let hints: HashMap<_, _> = made.hints.iter().filter_map(written).collect();
    let body = (
        made.appname.as_str(),
        replaces.unwrap_or_default(),
        made.icon.as_str(),
        made.summary.as_str(),
        made.body.as_str(),
        &made.actions,
        hints,
        i32::from(made.timeout),
    );
    bus.call_method(Some(NAME), PATH, Some(NAME), "Notify", &body).await?.body().deserialize()
}

/// A hint by its name in the specification; those that [`notification`] gives.
fn written(hint: &Hint) -> Option<(&'static str, Variant<'_>)> {
    if let Hint::DesktopEntry(name) = hint {
        Some(("desktop-entry", Variant::from(name.as_str())))
    } else if let Hint::SoundName(name) = hint {
        Some(("sound-name", Variant::from(name.as_str())))
    } else if let Hint::SuppressSound(quiet) = hint {
        Some(("suppress-sound", Variant::from(*quiet)))
    } else if let Hint::Urgency(urgency) = hint {
        Some(("urgency", Variant::from(*urgency as u8)))
    } else {
        None
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// For services that do not say that they read markup: some do (dunst as it comes), and others
/// would show what escapes it.
fn disarmed(text: &str) -> String {
    text.replace('<', "‹").replace('>', "›")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::About;

    fn sent(capabilities: &[&str], server: &str) -> Notification {
        let capabilities: Vec<_> = capabilities.iter().map(|&what| what.to_owned()).collect();
        let sender = Sender {
            name: "Bellhop".to_owned(),
            desktop_entry: "bellhop-desktop".to_owned(),
            icon: "bellhop".to_owned(),
        };
        let body = "“<b>R&D</b>”".to_owned();
        let notice = Notice::new(About::Request("R-1".to_owned()), "a < b".to_owned(), body)
            .offering([("Open", Choice::Open), ("Request again", Choice::RequestAgain)])
            .aloud();
        notification(&sender, &notice, &Abilities::of(capabilities, server))
    }

    #[test]
    fn what_people_wrote_is_never_markup() {
        assert_eq!(sent(&["body"], "x").body, "“‹b›R&D‹/b›”");
        assert_eq!(sent(&["body", "body-markup"], "x").body, "“&lt;b&gt;R&amp;D&lt;/b&gt;”");
        assert_eq!(sent(&["body-markup"], "x").summary, "a < b");
    }

    #[test]
    fn buttons_and_sounds_are_for_services_that_have_them() {
        let plain = sent(&[], "x");
        assert!(plain.actions.is_empty());
        assert!(!plain.hints.iter().any(|hint| matches!(hint, Hint::SoundName(_))));
        let able = sent(&["actions", "sound"], "x");
        let buttons = ["default", "Open", "open", "Open", "request-again", "Request again"];
        assert_eq!(able.actions, buttons);
        assert!(able.hints.contains(&Hint::SoundName(SOUND.to_owned())));
        assert_eq!(sent(&["actions"], "Xfce Notify Daemon").actions.len(), 4);
        // Each hint has its name.
        for made in [plain, able] {
            assert_eq!(made.hints.iter().filter_map(written).count(), 3, "{:?}", made.hints);
        }
    }
}
