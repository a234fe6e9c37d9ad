//! Questions to whoever sits at the terminal.

use std::io::{BufRead, IsTerminal};

use anyhow::bail;

use crate::output;

/// Asks a question whose answer is yes or no; no is what everything but a clear yes means. `what`
/// says what nobody could agree to where there is no terminal.
pub(crate) fn agreed(question: &str, what: &str) -> anyhow::Result<()> {
    match answer(&format!("{question} [y/N]"), what)?.as_str() {
        "y" | "Y" | "yes" | "Yes" => Ok(()),
        _ => bail!("nothing was changed"),
    }
}

/// Asks for a `yes` that is typed out, for what is much to undo.
pub(crate) fn typed_yes(question: &str, what: &str) -> anyhow::Result<()> {
    match answer(question, what)?.as_str() {
        "yes" => Ok(()),
        "y" | "Y" | "Yes" | "YES" => bail!("nothing was changed: only the whole word yes counts"),
        _ => bail!("nothing was changed"),
    }
}

fn answer(question: &str, what: &str) -> anyhow::Result<String> {
    if !std::io::stdin().is_terminal() {
        bail!("nobody is there to agree to {what}. Pass --yes to do it without being asked");
    }
    output::question(question);
    let mut answer = String::new();
    if std::io::stdin().lock().read_line(&mut answer)? == 0 {
        // Ctrl-D ends no line.
        output::fresh_line();
    }
    Ok(answer.trim().to_owned())
}
