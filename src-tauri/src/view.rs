//! What the tray shows, as plain data: no Tauri types, no clock, no files.

/// What the tray shows at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tray {
    /// The icon in the panel.
    pub icon: Icon,
    /// The menu, from top to bottom.
    pub items: Vec<Item>,
}

/// The tray icon, one for each state that can be told apart at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Nothing is active.
    Idle,
    /// Some access is active.
    Active,
    /// Something needs the person at this computer.
    Attention,
    /// The backend cannot be reached.
    Offline,
}

/// One line of the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// Grey text that cannot be chosen.
    Note(String),
    /// A line between groups.
    Separator,
    /// Text that does something when it is chosen.
    Button {
        /// The text.
        label: String,
        /// What choosing it does.
        action: Action,
    },
}

/// What choosing an item does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Ends the tray app. The backend goes on.
    Quit,
}

impl Action {
    /// The name under which the menu carries this action.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Quit => "quit",
        }
    }

    /// The action that the menu carries under `id`.
    pub fn from_id(id: &str) -> Option<Self> {
        match id {
            "quit" => Some(Self::Quit),
            _ => None,
        }
    }
}

/// The tray of the app at `version`.
pub fn tray(version: &str) -> Tray {
    Tray {
        icon: Icon::Idle,
        items: vec![
            Item::Note(format!("Bellhop {version}")),
            Item::Separator,
            Item::Button {
                label: "Quit Bellhop (access still ends on time)".to_owned(),
                action: Action::Quit,
            },
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_version_and_a_way_out() {
        let tray = tray("1.2.3");

        assert_eq!(tray.icon, Icon::Idle);
        assert_eq!(
            tray.items,
            [
                Item::Note("Bellhop 1.2.3".to_owned()),
                Item::Separator,
                Item::Button {
                    label: "Quit Bellhop (access still ends on time)".to_owned(),
                    action: Action::Quit,
                },
            ]
        );
    }

    #[test]
    fn an_action_comes_back_from_its_id() {
        assert_eq!(Action::from_id(Action::Quit.id()), Some(Action::Quit));
    }

    #[test]
    fn an_unknown_id_is_no_action() {
        assert_eq!(Action::from_id("approve"), None);
        assert_eq!(Action::from_id(""), None);
    }
}
