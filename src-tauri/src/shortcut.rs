//! The one global shortcut: which one is held, and how another takes its place.

use std::sync::{Mutex, PoisonError};

use bellhop_workstation::settings::Shortcut;

/// What gives out key combinations: the desktop.
pub trait Keyboard {
    /// Has this combination come to us alone; what the system said where it does not.
    fn take(&self, keys: &Shortcut) -> Result<(), String>;
    /// Lets others have it.
    fn give_back(&self, keys: &Shortcut);
}

/// The combination that is ours now.
#[derive(Debug, Default)]
pub struct Held(Mutex<Option<Shortcut>>);

impl Held {
    /// Takes this combination in the place of the one that is held, which stays where this one
    /// cannot be had. An error is a sentence.
    pub fn take(&self, keyboard: &impl Keyboard, wanted: &Shortcut) -> Result<(), String> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.as_ref() == Some(wanted) {
            return Ok(());
        }
        keyboard.take(wanted).map_err(|why| refused(wanted, held.as_ref(), &why))?;
        if let Some(old) = held.replace(wanted.clone()) {
            keyboard.give_back(&old);
        }
        Ok(())
    }

    /// The combination that is ours, if one could be had.
    pub fn now(&self) -> Option<Shortcut> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn refused(wanted: &Shortcut, held: Option<&Shortcut>, why: &str) -> String {
    let stays = match held {
        Some(held) => format!("{} stays the shortcut", held.as_str()),
        None => "there is none now".to_owned(),
    };
    let wanted = wanted.as_str();
    format!(
        "{wanted} cannot be had: another program or the desktop has it ({why}). So {stays}; choose another one"
    )
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    /// A desktop on which somebody else has some combinations.
    struct Desk(RefCell<Vec<String>>);

    impl Keyboard for Desk {
        fn take(&self, keys: &Shortcut) -> Result<(), String> {
            let mut taken = self.0.borrow_mut();
            if taken.iter().any(|one| one == keys.as_str()) {
                return Err("it is registered".to_owned());
            }
            taken.push(keys.as_str().to_owned());
            Ok(())
        }
        fn give_back(&self, keys: &Shortcut) {
            self.0.borrow_mut().retain(|one| one != keys.as_str());
        }
    }

    fn keys(text: &str) -> Shortcut {
        Shortcut::try_from(text.to_owned()).expect("a shortcut")
    }

    #[test]
    fn another_one_takes_its_place() {
        let (desk, held) = (Desk(RefCell::new(Vec::new())), Held::default());
        held.take(&desk, &keys("Ctrl+Alt+B")).expect("it is free");
        held.take(&desk, &keys("Ctrl+Alt+B")).expect("it is ours");
        held.take(&desk, &keys("Super+K")).expect("it is free");
        assert_eq!(*desk.0.borrow(), ["Super+K"]);
        assert_eq!(held.now(), Some(keys("Super+K")));
    }

    #[test]
    fn where_another_one_cannot_be_had_the_old_one_stays() {
        let (desk, held) = (Desk(RefCell::new(vec!["Alt+F4".to_owned()])), Held::default());
        let why = held.take(&desk, &keys("Alt+F4")).expect_err("it is taken");
        assert!(why.contains("there is none now"), "{why}");
        held.take(&desk, &keys("Super+K")).expect("it is free");
        let why = held.take(&desk, &keys("Alt+F4")).expect_err("it is taken");
        assert!(why.starts_with("Alt+F4 cannot be had") && why.contains("Super+K stays"), "{why}");
        assert_eq!(held.now(), Some(keys("Super+K")));
        assert_eq!(*desk.0.borrow(), ["Alt+F4", "Super+K"]);
    }
}
