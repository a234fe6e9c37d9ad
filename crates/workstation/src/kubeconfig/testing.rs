//! What holds of every edit, whatever is in the file: for tests and for the fuzz target.

use std::path::Path;

use super::document::Edit;
use super::entry::{ContextEntry, ContextName, ExecPlugin};
use super::keys::{self, Previous};
use super::plan::{self, FileBefore, Overview};
use super::quick::{self, Switch};

const OURS: &str = "bellhop-prod";

/// Adds, removes and switches in this text, and tells what did not hold.
pub fn check(text: &str) -> Result<(), String> {
    let entry = entry().map_err(|error| error.to_string())?;
    let Ok(before) = plan::overview(text) else {
        let refused = plan::add(Some(text), &entry).is_err()
            && !matches!(plan::switch(text, "a"), Ok(Some(_)));
        return holds(refused, "what does not read is not edited");
    };
    added_and_removed(text, &before, &entry)?;
    removed(text, &before)?;
    let (first, last) = (before.contexts.first(), before.contexts.last());
    let named = first.into_iter().chain(last).map(|(name, _)| name.as_str());
    for name in named.chain(["b c", "null", "-", ""]) {
        compare_quick(text, name)?;
        switched(text, &before, name)?;
    }
    Ok(())
}

fn added_and_removed(text: &str, before: &Overview, entry: &ContextEntry) -> Result<(), String> {
    // An edit that would not be exact is refused.
    let Ok(addition) = plan::add(Some(text), entry) else { return Ok(()) };
    let new = addition.text.as_deref().unwrap_or(text);
    let after = plan::overview(new)?;
    holds(after.contexts.contains(&(OURS.to_owned(), true)), "ours is there")?;
    holds(others(&after) == others(before), "adding leaves the others")?;
    holds(after.current == before.current, "adding leaves the current context")?;
    if !addition.known {
        let removal = plan::remove(new, OURS, &addition.before, None)?;
        holds(removal.text == text, "what was added and removed leaves no trace")?;
    }
    Ok(())
}

/// Also where the ledger is wrong about the file.
fn removed(text: &str, before: &Overview) -> Result<(), String> {
    let raw = Previous::Text { raw: "x".to_owned(), name: "x".to_owned() };
    for previous in [None, Some(Previous::Missing), Some(Previous::Blank), Some(raw)] {
        let file = FileBefore { created: true, skeleton: true, ..FileBefore::default() };
        for file in [FileBefore::default(), file] {
            let Ok(removal) = plan::remove(text, OURS, &file, previous.as_ref()) else { continue };
            let after = plan::overview(&removal.text)?;
            holds(others(&after) == others(before), "removing leaves the others")?;
        }
    }
    Ok(())
}

fn switched(text: &str, before: &Overview, name: &str) -> Result<(), String> {
    let Ok(Some((new, previous))) = plan::switch(text, name) else { return Ok(()) };
    let after = plan::overview(&new)?;
    let current = Some(name).filter(|name| !name.is_empty());
    holds(after.current.as_deref() == current, "what was switched to is current")?;
    holds(after.contexts == before.contexts, "switching leaves the contexts")?;
    let undone = keys::restore_current(&new, &previous)?;
    holds(undone == text, "a switch that is undone leaves no trace")
}

/// Where one pass over the lines gives an answer, parsing must give the same.
pub(super) fn compare_quick(text: &str, name: &str) -> Edit<()> {
    let Some(quick) = quick::read(text) else { return Ok(()) };
    let parsed = plan::overview(text)?;
    let names: Vec<_> = parsed.contexts.iter().map(|(name, _)| name.as_str()).collect();
    holds(quick.names == names, "one pass finds the same names")?;
    holds(quick.current() == parsed.current.as_deref(), "one pass finds the same current context")?;
    let Some(switch) = quick::switch(text, name) else { return Ok(()) };
    let quick = match switch {
        Switch::Already => None,
        Switch::To { new, raw, name } => {
            Some((new, Previous::Text { raw: raw.to_owned(), name: name.to_owned() }))
        }
    };
    holds(quick == plan::switch_parsed(text, name)?, "one pass switches in the same way")
}

fn others(seen: &Overview) -> Vec<&(String, bool)> {
    seen.contexts.iter().filter(|(name, ours)| !ours || name != OURS).collect()
}

fn holds(it: bool, what: &str) -> Result<(), String> {
    if it { Ok(()) } else { Err(format!("this does not hold: {what}")) }
}

fn entry() -> super::operations::Result<ContextEntry> {
    let name = ContextName::parse(OURS)?;
    let exec = ExecPlugin::new(Path::new("/bell hop"), vec!["--x=\"é\"".to_owned()])?;
    ContextEntry::new(name, "https://k8s.example.com:6443", exec)?.with_namespace("customer1")
}
