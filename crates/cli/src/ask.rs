//! Questions to whoever sits at the terminal.

use std::io::{BufRead, IsTerminal};

use anyhow::bail;

use crate::output;

/// Asks a question whose answer is yes or no; no is what everything but a clear yes means. `what`
/// says what nobody could agree to where there is no terminal.
pub(crate) fn agreed(question: &str, what: &str) -> anyhow::Result<()> {
    if !std::io::stdin().is_terminal() {
        bail!("nobody is there to agree to {what}. Pass --yes to do it without being asked");
    }
    output::progress(format!("{question} [y/N]"));
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    if matches!(answer.trim(), "y" | "Y" | "yes" | "Yes") {
        return Ok(());
    }
    bail!("nothing was changed")
}

/// Asks for a `yes` that is typed out, for what is much to undo.
pub(crate) fn typed_yes(question: &str, what: &str) -> anyhow::Result<()> {
    if !std::io::stdin().is_terminal() {
        bail!("nobody is there to agree to {what}. Pass --yes to do it without being asked");
    }
    output::progress(question);
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    if answer.trim() == "yes" {
        return Ok(());
    }
    bail!("nothing was changed")
}
