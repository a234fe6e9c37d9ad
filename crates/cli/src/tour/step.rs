//! One step of the walk: a sentence, a command, and how it has to end.

use std::process::Stdio;

use anyhow::{Context as _, bail};

use super::stage::Stage;
use crate::output;

/// Whether somebody is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// Until they press Enter, before each command.
    WaitForEnter,
    /// Nobody watches, or they want it all at once.
    GoOn,
}

/// How a command has to end: the walk shows what is true, or stops.
#[derive(Clone, Debug)]
pub(super) enum Ends {
    /// With exit code 0.
    Well,
    /// With another one, and these words in what it says.
    Refused(&'static str),
}

/// See above.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) tells: &'static str,
    pub(super) command: Vec<String>,
    pub(super) ends: Ends,
}

impl Step {
    /// A command, as people type it, that works.
    pub(super) fn works(tells: &'static str, command: &[&str]) -> Self {
        let command = command.iter().map(|&word| word.to_owned()).collect();
        Self { tells, command, ends: Ends::Well }
    }

    /// One that is refused in these words.
    pub(super) fn refused(words: &'static str, tells: &'static str, command: &[&str]) -> Self {
        Self { ends: Ends::Refused(words), ..Self::works(tells, command) }
    }

    /// Tells, shows, waits and runs.
    pub(super) async fn play(&self, stage: &Stage, pace: Pace) -> anyhow::Result<()> {
        output::line_or_stop(&format!("\n{}", output::strong(self.tells)))?;
        output::line_or_stop(&output::faint(&format!("$ {}", self.typed())))?;
        if pace == Pace::WaitForEnter {
            enter().await?;
        }
        let (first, rest) = self.command.split_first().context("a step has a command")?;
        let mut command = stage.command(first, rest);
        match self.ends {
            Ends::Well => {
                let status = command.stdin(Stdio::null()).status().await;
                let status = status.with_context(|| first.clone())?;
                if !status.success() {
                    bail!("this was to work, and ended with {status}: {}", self.typed());
                }
            }
            Ends::Refused(words) => {
                let ran = command.stdin(Stdio::null()).output().await;
                let ran = ran.with_context(|| first.clone())?;
                let said = [ran.stdout, ran.stderr].concat();
                let said = String::from_utf8_lossy(&said);
                output::line_or_stop(said.trim_end())?;
                if ran.status.success() || !said.contains(words) {
                    bail!("this was to be refused ({words}): {}", self.typed());
                }
            }
        }
        Ok(())
    }

    fn typed(&self) -> String {
        let words = self.command.iter().map(|word| output::quoted(word));
        words.collect::<Vec<_>>().join(" ")
    }
}

/// Waits in a thread of its own, which Ctrl-C need not wait for.
async fn enter() -> anyhow::Result<()> {
    let (pressed, waits) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        // Nobody hears it where the tour was cut short meanwhile.
        drop(pressed.send(std::io::stdin().read_line(&mut line)));
    });
    if waits.await?? == 0 {
        bail!(
            "nobody is at this terminal any more. Without waiting for Enter: bellhop tour --auto"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_it_can_be_typed() {
        let step = Step::works("", &["bellhop", "request", "a/b/c:d", "--reason", "a slow query"]);
        assert_eq!(step.typed(), "bellhop request a/b/c:d --reason 'a slow query'");
    }
}
