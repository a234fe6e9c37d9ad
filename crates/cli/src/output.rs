//! The only place that prints.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is the place that prints")]

use std::collections::BTreeSet;
use std::process::ExitCode;

use bellhop_api::Request;
use chrono::{DateTime, TimeDelta, Utc};
use comfy_table::{Table, presets};
use serde::Serialize;

use crate::failure;

/// A line of the answer.
pub(crate) fn line(text: impl AsRef<str>) {
    println!("{}", text.as_ref());
}

/// A line about what is going on; never part of the answer.
pub(crate) fn progress(text: impl AsRef<str>) {
    eprintln!("{}", text.as_ref());
}

/// The answer as JSON.
pub(crate) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}

/// A table without lines.
pub(crate) fn table<const N: usize>(header: [&str; N], rows: Vec<[String; N]>) {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(header);
    for row in rows {
        table.add_row(row);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    println!("{}", table.trim_fmt());
}

/// One request, whole.
pub(crate) fn request(request: &Request, now: DateTime<Utc>) {
    println!("{}  {}", request.number, request.label);
    println!("  requester  {}", request.requester);
    if !request.reason.is_empty() {
        println!("  reason     {}", request.reason);
    }
    println!("  flow       {}", request.flow);
    println!("  until      {}", until(request, now));
    for grant in &request.grants {
        println!("  target     {}  {}", grant.target, grant.label);
        if let Some(note) = &grant.note {
            println!("             {note}");
        }
    }
    if !request.is_over() {
        println!("  {}", request.ends_alone);
    }
    remains(request);
}

/// What the end does not end: said before it, and still after it.
fn remains(request: &Request) {
    let texts: BTreeSet<&String> = request.grants.iter().flat_map(|g| &g.remains).collect();
    if !texts.is_empty() {
        println!("  What can outlive the end:");
    }
    for text in texts {
        println!("  - {text}");
    }
}

/// The deadline, and how far off it is while it matters.
pub(crate) fn until(request: &Request, now: DateTime<Utc>) -> String {
    let Some(deadline) = request.deadline else { return "not approved".to_owned() };
    let at = deadline.format("%Y-%m-%d %H:%M:%S UTC");
    if request.is_over() {
        return at.to_string();
    }
    let left = deadline - now;
    if left <= TimeDelta::zero() {
        format!("{at} (now)")
    } else {
        format!("{at} (in {})", short(left))
    }
}

fn short(left: TimeDelta) -> String {
    let seconds = left.num_seconds();
    match seconds {
        ..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds.div_euclid(60)),
        _ => format!("{}h{:02}m", seconds.div_euclid(3_600), seconds.rem_euclid(3_600) / 60),
    }
}

/// Says why the program failed; answers its exit code.
pub(crate) fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("bellhop: {error:#}");
    failure::exit_code(error)
}
