//! `bellhop plan`, `bellhop apply` and `bellhop export`: flows and integrations as files.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use bellhop_api::{
    ApplyFlows, ClientError, Code, ConfigurationFile, ExportedFlows, FlowPlan, PlanFlows,
    PlannedChange,
};
use bellhop_server::config;
use bellhop_workstation::home::Home;

use crate::args::{self, Format};
use crate::{ask, folder, output, session};

/// Says what the files of a folder would change.
pub(crate) async fn plan(home: &Home, format: Format, ask: args::Plan) -> anyhow::Result<()> {
    let (folder, files) = read(home, ask.folder)?;
    let empties = files.is_empty();
    let client = session::client(home).await?;
    let plan = answered(home, &folder, client.plan_flows(&PlanFlows { files }).await)?;
    if !output::for_programs(format, &plan)? {
        lines(&plan).iter().for_each(output::line);
        if empties && !plan.changes.is_empty() {
            output::line(removes_everything(&folder));
        }
        if let Some(blocked) = &plan.blocked {
            output::line(format!("It cannot be applied as things are: {blocked}"));
        }
    }
    Ok(())
}

/// Shows what the files of a folder would change, asks, and applies exactly that.
pub(crate) async fn apply(home: &Home, format: Format, ask: args::Apply) -> anyhow::Result<()> {
    let (folder, files) = read(home, ask.folder)?;
    let client = session::client(home).await?;
    let body = PlanFlows { files: files.clone() };
    let plan = answered(home, &folder, client.plan_flows(&body).await)?;
    lines(&plan).iter().for_each(output::progress);
    if let Some(blocked) = plan.blocked {
        bail!("nothing was applied: {blocked}");
    }
    if !ask.yes && !plan.changes.is_empty() {
        ask::typed_yes(&question(&folder, &files), "this plan")?;
    }
    let body = ApplyFlows { files, plan: plan.hash };
    let applied = match client.apply_flows(&body).await {
        Err(ClientError::Refused(problem)) if problem.plan.is_some() => {
            let now = problem.plan.as_ref().context("there is a new plan")?;
            output::progress("It changed meanwhile. This is the plan now:");
            lines(now).iter().for_each(output::progress);
            return Err(ClientError::Refused(problem).into());
        }
        answer => answered(home, &folder, answer)?,
    };
    if !output::for_programs(format, &applied)? {
        if applied.changes.is_empty() {
            output::line("These files say what is in force");
            return Ok(());
        }
        output::line(format!(
            "Applied: {} added, {} changed, {} removed",
            applied.add, applied.change, applied.remove
        ));
    }
    Ok(())
}

/// Prints the files in force, or writes them into a folder.
pub(crate) async fn export(home: &Home, format: Format, ask: args::Export) -> anyhow::Result<()> {
    let client = session::client(home).await?;
    let exported = session::reached(home, client.export_flows().await)?;
    if let Some(folder) = &ask.folder {
        write(folder, &exported)?;
    }
    if output::for_programs(format, &exported)? {
        return Ok(());
    }
    for file in &exported.files {
        match &ask.folder {
            Some(folder) => output::line(folder.join(&file.name).display().to_string()),
            None => output::line(format!("# {}\n{}", file.name, file.text.trim_end())),
        }
    }
    if exported.files.is_empty() {
        output::progress("No configuration is in force. Write one, then: bellhop apply DIR");
    }
    Ok(())
}

fn read(home: &Home, folder: Option<PathBuf>) -> anyhow::Result<(PathBuf, Vec<ConfigurationFile>)> {
    let folder = match folder {
        // A misspelt folder is not an empty one.
        Some(folder) if !folder.is_dir() => {
            bail!("{} is no folder. Name the one that holds the TOML files", folder.display())
        }
        Some(folder) => std::path::absolute(folder)?,
        None => home.config_dir().to_owned(),
    };
    let file = |config::Source { name, text }| ConfigurationFile { name, text };
    let files = config::texts(&folder)?.into_iter().map(file).collect();
    Ok((folder, files))
}

/// What the backend says about a file, with the folder that it is in.
fn answered<T>(home: &Home, folder: &Path, answer: Result<T, ClientError>) -> anyhow::Result<T> {
    let unread = matches!(&answer, Err(ClientError::Refused(p)) if p.code == Code::InvalidInput);
    let answer = session::reached(home, answer);
    if unread {
        return answer.with_context(|| format!("in {}", folder.display()));
    }
    answer
}

fn question(folder: &Path, files: &[ConfigurationFile]) -> String {
    if files.is_empty() {
        return format!("{}\nType yes to remove everything:", removes_everything(folder));
    }
    "Type yes to apply this:".to_owned()
}

fn removes_everything(folder: &Path) -> String {
    format!(
        "{} has no *.toml file, so this removes everything, and nobody can ask for anything \
         afterwards. If that is not meant, name the folder that has them",
        folder.display()
    )
}

/// A plan as people read it.
fn lines(plan: &FlowPlan) -> Vec<String> {
    if plan.changes.is_empty() {
        return vec!["No changes.".to_owned()];
    }
    let mut lines: Vec<_> = plan.changes.iter().flat_map(about).collect();
    let same = match plan.unchanged {
        0 => String::new(),
        1 => " 1 stays as it is.".to_owned(),
        more => format!(" {more} stay as they are."),
    };
    let FlowPlan { add, change, remove, .. } = plan;
    lines.push(format!("Plan: {add} to add, {change} to change, {remove} to remove.{same}"));
    lines
}

fn about(change: &PlannedChange) -> Vec<String> {
    let mark = match change.deed.as_str() {
        "add" => '+',
        "remove" => '-',
        _ => '~',
    };
    let PlannedChange { what, name, live_grants, pending_requests, .. } = change;
    let mut lines = vec![format!("{mark} {what} {name}")];
    let mut tell = |text: String| lines.push(format!("    {text}"));
    for field in &change.fields {
        tell(format!("{}: {} -> {}", field.field, field.before, field.after));
    }
    match live_grants {
        0 => {}
        1 => tell("1 live grant stays until its end".to_owned()),
        more => tell(format!("{more} live grants stay until their end")),
    }
    match (pending_requests, mark) {
        (0, _) => {}
        (count, '-') => tell(format!("pending requests that nobody can approve then: {count}")),
        (count, _) => tell(format!("pending requests that are asked again: {count}")),
    }
    if !change.held_by.is_empty() {
        let held = change.held_by.join(", ");
        tell(format!("cannot be removed: access is open there, or ended a moment ago ({held})"));
    } else if change.connected {
        tell(format!(
            "is connected: what Bellhop made there stays, unless you first run: bellhop disconnect \
             {name}"
        ));
    }
    lines
}

/// All or none: a name that is taken is found before anything is written.
fn write(folder: &Path, exported: &ExportedFlows) -> anyhow::Result<()> {
    let paths: Vec<_> = exported.files.iter().map(|file| folder.join(&file.name)).collect();
    if let Some(taken) = paths.iter().find(|path| path.symlink_metadata().is_ok()) {
        bail!(
            "{} is there already, and nothing is overwritten. Nothing was written: name another \
               folder",
            taken.display()
        );
    }
    folder::make(folder)?;
    for (path, file) in paths.iter().zip(&exported.files) {
        let written = OpenOptions::new().write(true).create_new(true).open(path);
        written
            .and_then(|mut written| written.write_all(file.text.as_bytes()))
            .with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}
