//! Draws a menu, and says other words in one that is drawn.

use tauri::menu::{CheckMenuItem, IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::{AppHandle, Wry};

use crate::view::Item;

/// A menu that is drawn: what it says, and where to say something else.
#[derive(Default)]
pub(super) struct Drawn {
    items: Vec<Item>,
    /// The lines with words, in the order of the menu, submenus after their own line.
    lines: Vec<Line>,
}

enum Line {
    Plain(MenuItem<Wry>),
    Check(CheckMenuItem<Wry>),
    Menu(Submenu<Wry>),
}

/// Makes a menu.
pub(super) fn draw(app: &AppHandle, items: &[Item]) -> tauri::Result<(Menu<Wry>, Drawn)> {
    let menu = Menu::new(app)?;
    let mut lines = Vec::new();
    for item in items {
        menu.append(line(app, item, &mut lines)?.as_ref())?;
    }
    Ok((menu, Drawn { items: items.to_vec(), lines }))
}

fn line(
    app: &AppHandle,
    item: &Item,
    lines: &mut Vec<Line>,
) -> tauri::Result<Box<dyn IsMenuItem<Wry>>> {
    let no_key = None::<&str>;
    Ok(match item {
        Item::Separator => Box::new(PredefinedMenuItem::separator(app)?),
        Item::Note(text) => {
            let line = MenuItem::new(app, plain(text), false, no_key)?;
            lines.push(Line::Plain(line.clone()));
            Box::new(line)
        }
        Item::Button { label, action } => {
            let line = MenuItem::with_id(app, action.id(), plain(label), true, no_key)?;
            lines.push(Line::Plain(line.clone()));
            Box::new(line)
        }
        Item::Check { label, on, action } => {
            let label = plain(label);
            let line = CheckMenuItem::with_id(app, action.id(), label, true, *on, no_key)?;
            lines.push(Line::Check(line.clone()));
            Box::new(line)
        }
        Item::Menu { label, items } => {
            let menu = Submenu::new(app, plain(label), true)?;
            lines.push(Line::Menu(menu.clone()));
            for item in items {
                menu.append(line(app, item, lines)?.as_ref())?;
            }
            Box::new(menu)
        }
    })
}

impl Drawn {
    /// Says these items in the menu that is drawn; false where that takes another menu.
    pub(super) fn says(&mut self, items: &[Item]) -> tauri::Result<bool> {
        if self.lines.is_empty() || !same_shape(&self.items, items) {
            return Ok(false);
        }
        let (before, after) = (words(&self.items), words(items));
        for ((line, before), after) in self.lines.iter().zip(before).zip(after) {
            if before != after {
                line.say(after)?;
            }
        }
        self.items = items.to_vec();
        Ok(true)
    }
}

impl Line {
    fn say(&self, (text, on): (&str, bool)) -> tauri::Result<()> {
        match self {
            Self::Plain(line) => line.set_text(plain(text)),
            Self::Check(line) => line.set_text(plain(text)).and_then(|()| line.set_checked(on)),
            Self::Menu(menu) => menu.set_text(plain(text)),
        }
    }
}

/// GTK does not show what the label of a submenu is changed to (muda 0.20 puts it into a box, and
/// sets a label that the item does not have).
const MENU_LABELS_ARE_FIXED: bool = cfg!(target_os = "linux");

/// Whether two menus are the same but for words and marks that can be changed.
fn same_shape(one: &[Item], other: &[Item]) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).all(|pair| match pair {
            (Item::Note(_), Item::Note(_)) | (Item::Separator, Item::Separator) => true,
            (Item::Button { action: a, .. }, Item::Button { action: b, .. })
            | (Item::Check { action: a, .. }, Item::Check { action: b, .. }) => a == b,
            (Item::Menu { label: a, items: c }, Item::Menu { label: b, items: d }) => {
                (a == b || !MENU_LABELS_ARE_FIXED) && same_shape(c, d)
            }
            _ => false,
        })
}

/// The words and marks of all lines that have some, in order.
fn words(items: &[Item]) -> Vec<(&str, bool)> {
    let mut all = Vec::new();
    for item in items {
        match item {
            Item::Separator => {}
            Item::Note(text) => all.push((text.as_str(), false)),
            Item::Button { label, .. } => all.push((label.as_str(), false)),
            Item::Check { label, on, .. } => all.push((label.as_str(), *on)),
            Item::Menu { label, items } => {
                all.push((label.as_str(), false));
                all.extend(words(items));
            }
        }
    }
    all
}

/// A single ampersand would underline the letter after it.
fn plain(text: &str) -> String {
    text.replace('&', "&&")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::Action;

    #[test]
    fn an_ampersand_stays_an_ampersand() {
        assert_eq!(plain("R&D & more"), "R&&D && more");
    }

    #[test]
    fn other_words_are_no_other_menu_and_other_actions_are() {
        let menu = |label: &str, action: Action| {
            let button = Item::Button { label: label.to_owned(), action };
            vec![Item::Menu { label: "x".to_owned(), items: vec![Item::Separator, button] }]
        };
        let end = || Action::End("R-1".to_owned());
        assert!(same_shape(&menu("41 min left", end()), &menu("40 min left", end())));
        assert!(!same_shape(&menu("a", end()), &menu("a", Action::End("R-2".to_owned()))));
        assert!(!same_shape(&menu("a", end()), &[]));
        assert!(!same_shape(&[Item::Separator], &[Item::Note(String::new())]));
        assert_eq!(words(&menu("a", end())), [("x", false), ("a", false)]);
    }
}
