//! What was typed and cannot be meant: says so in clap's words, and adds what to do next where those
//! leave it open.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory, Error};

use crate::args::Args;
use crate::output;

/// Says what is wrong with `words`, or prints the help that they ask for; answers the exit code.
pub(crate) fn told(error: Error, words: &[OsString]) -> ExitCode {
    let words: Vec<_> = words.iter().map(|word| word.to_string_lossy().into()).collect();
    let (command, path) = meant(&words);
    if error.kind() == ErrorKind::MissingSubcommand {
        output::progress(command.clone().render_help().to_string().trim_end());
        return ExitCode::from(2);
    }
    let asked_for_help = !error.use_stderr();
    let error = match next(&error, &command, &path) {
        Some(next) => with_tip(error, next),
        None => error,
    };
    let printed = error.print();
    // Whoever reads help may stop at any time, as `head` does.
    ExitCode::from(if asked_for_help && printed.is_ok() { 0 } else { 2 })
}

/// The command that the words name, as far as they name one, and its name.
fn meant(words: &[String]) -> (Command, String) {
    let mut command = Args::command();
    command.build();
    for word in words {
        if let Some(named) = command.find_subcommand(word) {
            command = named.clone();
        }
    }
    let path = command.get_bin_name().unwrap_or("bellhop").to_owned();
    (command, path)
}

/// What to do, where clap does not say it.
fn next(error: &Error, command: &Command, path: &str) -> Option<String> {
    let (kind, rendered) = (error.kind(), error.to_string());
    if kind == ErrorKind::MissingRequiredArgument {
        return missing(&rendered, path);
    }
    if kind == ErrorKind::UnknownArgument && path == "bellhop run" {
        let text = "the command comes behind two dashes: bellhop run TARGET -- kubectl get pods";
        return Some(text.to_owned());
    }
    if kind == ErrorKind::InvalidSubcommand && !rendered.contains("tip:") {
        let named = command.get_subcommands().filter(|one| !one.is_hide_set());
        let named: Vec<_> = named.map(Command::get_name).filter(|one| *one != "help").collect();
        return Some(format!("there are {}", named.join(", ")));
    }
    if kind == ErrorKind::ArgumentConflict {
        return Some("leave one of the two out".to_owned());
    }
    let digits = kind == ErrorKind::ValueValidation && rendered.contains("invalid digit");
    digits.then(|| "give a whole number, such as 100".to_owned())
}

/// Where to find what has to be named, and how that looks.
fn missing(rendered: &str, path: &str) -> Option<String> {
    let is_missing = |name: &str| rendered.contains(&format!("  {name}"));
    let known = [
        ("<CMD>", "the command comes behind two dashes", "customer1 -- kubectl get pods"),
        ("<TARGET>", "`bellhop search` shows what you may request", "customer1:edit"),
        ("<NUMBER>", "`bellhop list` shows the requests with their numbers", "R-1042"),
        ("<CONTEXT>", "`bellhop contexts` shows them all", "bellhop-k8s-prod"),
        ("<NAME>", "`bellhop integrations` shows them all", "k8s-prod"),
    ];
    let (_, next, typed) = known.into_iter().find(|(name, ..)| is_missing(name))?;
    Some(format!("{next}, as in: {path} {typed}"))
}

fn with_tip(mut error: Error, tip: String) -> Error {
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    error
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    fn said(words: &str) -> String {
        let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
        let error = Args::try_parse_from(&words).expect_err("it is wrong");
        let (command, path) = meant(&words);
        match next(&error, &command, &path) {
            Some(next) => with_tip(error, next).to_string(),
            None => error.to_string(),
        }
    }

    #[test]
    fn what_is_missing_is_said_with_where_to_find_it() {
        for (words, told) in [
            (
                "bellhop show",
                "tip: `bellhop list` shows the requests with their numbers, as in: bellhop show R-1042",
            ),
            ("bellhop approve", "as in: bellhop approve R-1042"),
            (
                "bellhop explain",
                "`bellhop search` shows what you may request, as in: bellhop explain customer1:edit",
            ),
            ("bellhop run", "as in: bellhop run customer1 -- kubectl get pods"),
            (
                "bellhop run customer1",
                "behind two dashes, as in: bellhop run customer1 -- kubectl get pods",
            ),
            ("bellhop run customer1 kubectl get pods", "behind two dashes: bellhop run TARGET --"),
            (
                "bellhop use",
                "`bellhop contexts` shows them all, as in: bellhop use bellhop-k8s-prod",
            ),
            ("bellhop integrations sync", "as in: bellhop integrations sync k8s-prod"),
            (
                "bellhop disconnect",
                "`bellhop integrations` shows them all, as in: bellhop disconnect k8s-prod",
            ),
            ("bellhop connect kubernetes", "as in: bellhop connect kubernetes k8s-prod"),
            ("bellhop integrations nosuch", "tip: there are show, sync, check"),
            ("bellhop service begin", "tip: there are install, start, remove, stop"),
            ("bellhop reqest", "a similar subcommand exists: 'request'"),
            ("bellhop request a --preview --wait", "tip: leave one of the two out"),
            ("bellhop logs -n x", "tip: give a whole number, such as 100"),
            ("bellhop audit export --after -1", "-1 is not in 0.."),
        ] {
            let said = said(words);
            assert!(said.contains(told), "{words}: {told:?} is not in {said}");
        }
    }
}
