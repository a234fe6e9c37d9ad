//! A combination of keys, as people write it: `Ctrl+Alt+B`.

use serde::{Deserialize, Serialize};

/// What is held down, in the order in which it is written.
const HELD: [&str; 4] = ["Ctrl", "Alt", "Shift", "Super"];

/// One or more of Ctrl, Alt, Shift and Super, and a letter, a digit, Space or F1 to F12. Shift alone
/// will not do: it only makes another letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Shortcut(String);

impl Shortcut {
    /// As it is written: `Ctrl+Alt+B`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Shortcut {
    fn default() -> Self {
        Self("Ctrl+Alt+B".to_owned())
    }
}

impl From<Shortcut> for String {
    fn from(shortcut: Shortcut) -> Self {
        shortcut.0
    }
}

impl TryFrom<String> for Shortcut {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || {
            let shown: String = text.chars().take(40).collect();
            format!(
                "{shown:?} is no shortcut: hold Ctrl, Alt or Super, and press a letter, a digit, \
                 Space or F1 to F12, as in Ctrl+Alt+B"
            )
        };
        let mut words: Vec<_> = text.split('+').map(str::trim).collect();
        let key = words.pop().and_then(key).ok_or_else(wrong)?;
        let is = |name: &str, word: &str| name.eq_ignore_ascii_case(word);
        let all_known = words.iter().all(|word| HELD.iter().any(|name| is(name, word)));
        let held: Vec<_> =
            HELD.into_iter().filter(|name| words.iter().any(|word| is(name, word))).collect();
        if !all_known || held.len() != words.len() || held.iter().all(|name| *name == "Shift") {
            return Err(wrong());
        }
        Ok(Self([held.join("+"), key].join("+")))
    }
}

fn key(word: &str) -> Option<String> {
    let upper = word.to_ascii_uppercase();
    let mut letters = upper.chars();
    match (letters.next(), letters.as_str()) {
        (Some(one), "") if one.is_ascii_alphanumeric() => Some(upper),
        (Some('F'), number) => {
            let known = (1..=12).any(|each: u8| number == each.to_string());
            known.then_some(upper)
        }
        _ => upper.eq("SPACE").then(|| "Space".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_one_way() {
        for (typed, written) in [
            ("Ctrl+Alt+B", "Ctrl+Alt+B"),
            ("alt + ctrl + b", "Ctrl+Alt+B"),
            ("super+space", "Super+Space"),
            ("Shift+Ctrl+F12", "Ctrl+Shift+F12"),
            ("Alt+7", "Alt+7"),
        ] {
            let read = Shortcut::try_from(typed.to_owned()).unwrap();
            assert_eq!(read.as_str(), written);
        }
    }

    #[test]
    fn what_would_take_a_key_from_everything_else_is_refused() {
        for typed in [
            "",
            "B",
            "Shift+B",
            "Ctrl",
            "Ctrl+",
            "+B",
            "Ctrl+Ctrl+B",
            "Ctrl+F13",
            "Ctrl+F0",
            "Ctrl+F01",
            "Ctrl+ß",
            "Ctrl+Bee",
            "Hyper+B",
            "Ctrl+Alt+B\u{202e}",
            "Ctrl+A+B",
        ] {
            let why = Shortcut::try_from(typed.to_owned()).unwrap_err();
            assert!(why.contains("as in Ctrl+Alt+B"), "{typed:?}: {why}");
        }
        let long = Shortcut::try_from("x".repeat(10_000)).unwrap_err();
        assert!(long.len() < 300, "{long}");
    }
}
