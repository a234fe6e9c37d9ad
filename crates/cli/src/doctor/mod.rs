//! `bellhop doctor`: looks at everything that a new user gets wrong, and says what to do. It changes
//! nothing, and starts nothing.

mod backend;
mod kubectl;
mod place;
mod systems;

use bellhop_workstation::home::Home;
use serde::Serialize;

use crate::args::Format;
use crate::output;

/// One thing that was looked at.
#[derive(Debug, Serialize)]
pub(crate) struct Finding {
    about: &'static str,
    state: State,
    what: String,
    /// What to do; empty where there is nothing to do.
    #[serde(skip_serializing_if = "String::is_empty")]
    next: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Good,
    /// Worth knowing.
    Note,
    /// Something does not work, or will not.
    Bad,
}

impl Finding {
    fn good(about: &'static str, what: impl Into<String>) -> Self {
        Self { about, state: State::Good, what: what.into(), next: String::new() }
    }

    fn note(about: &'static str, what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { about, state: State::Note, what: what.into(), next: next.into() }
    }

    fn bad(about: &'static str, what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { about, state: State::Bad, what: what.into(), next: next.into() }
    }
}

/// Looks, prints what was found, and fails when something is bad.
pub(crate) async fn run(home: &Home, format: Format) -> anyhow::Result<()> {
    let mut found = place::look(home, &backend::made_by_hand(home).await);
    found.extend(backend::look(home).await);
    found.extend(kubectl::look(home));
    let bad = found.iter().filter(|one| one.state == State::Bad).count();
    if !output::for_programs(format, &found)? {
        for one in &found {
            let mark = match one.state {
                State::Good => "ok  ",
                State::Note => "note",
                State::Bad => "BAD ",
            };
            let what = one.what.replace('\n', &format!("\n{:18}", ""));
            output::line(format!("{mark}  {:<12}{what}", one.about));
            if !one.next.is_empty() {
                let next = one.next.replace('\n', &format!("\n{:18}", ""));
                output::line(format!("{:18}{next}", ""));
            }
        }
    }
    match bad {
        0 => Ok(()),
        1 => anyhow::bail!("one thing is not as it should be"),
        _ => anyhow::bail!("{bad} things are not as they should be"),
    }
}
