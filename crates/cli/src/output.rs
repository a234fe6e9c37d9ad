//! The only place that prints.

use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

use bellhop_api::Request;
use chrono::{DateTime, Utc};
use comfy_table::{Table, presets};
use serde::Serialize;

use crate::args::Format;
use crate::{card, failure};

/// A line of the answer.
pub(crate) fn line(text: impl AsRef<str>) {
    answer(&format!("{}\n", text.as_ref()));
}

/// A line of an answer that whoever prints it has to clean up after, also when nobody reads on.
pub(crate) fn line_or_stop(text: &str) -> io::Result<()> {
    part(format!("{text}\n").as_bytes())?;
    complete()
}

/// Whoever reads the answer may stop at any time, as `head` does: then nothing is left to do.
fn answer(text: &str) {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => {
            progress(format!("bellhop: the answer cannot be printed: {error}"));
            std::process::exit(1);
        }
    }
}

/// A line about what is going on; never part of the answer.
pub(crate) fn progress(text: impl AsRef<str>) {
    beside(&format!("{}\n", text.as_ref()));
}

/// What nobody reads is not worth failing for: whoever prints may have to clean up after itself.
fn beside(text: &str) {
    drop(io::stderr().lock().write_all(text.as_bytes()));
}

/// A question, whose answer is typed behind it.
pub(crate) fn question(text: &str) {
    beside(&format!("{text} "));
}

/// Ends a line that somebody else began: a terminal shows `^C` wherever it was.
pub(crate) fn fresh_line() {
    if io::stderr().is_terminal() {
        beside("\n");
    }
}

/// Text that stands out, where that can be seen.
pub(crate) fn strong(text: &str) -> String {
    styled("1", text)
}

/// Text that steps back, where that can be seen.
pub(crate) fn faint(text: &str) -> String {
    styled("2", text)
}

/// A word as people type it, quoted only where a shell needs that.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

fn styled(how: &str, text: &str) -> String {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if plain || !io::stdout().is_terminal() {
        return text.to_owned();
    }
    format!("\u{1b}[{how}m{text}\u{1b}[0m")
}

/// Prints the answer if a program will read it, and tells whether it did.
pub(crate) fn for_programs(format: Format, value: &impl Serialize) -> anyhow::Result<bool> {
    match format {
        Format::Table => return Ok(false),
        Format::Json => line(serde_json::to_string_pretty(value)?),
        Format::Yaml => answer(&serde_saphyr::to_string(value)?),
    }
    Ok(true)
}

/// The same for one of many answers: each is one line of JSON, or one document of YAML.
pub(crate) fn line_for_programs(format: Format, value: &impl Serialize) -> anyhow::Result<bool> {
    match format {
        Format::Table => return Ok(false),
        Format::Json => line(serde_json::to_string(value)?),
        Format::Yaml => answer(&format!("---\n{}", serde_saphyr::to_string(value)?)),
    }
    Ok(true)
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
    line(table.trim_fmt());
}

/// One request, whole.
pub(crate) fn request(request: &Request, now: DateTime<Utc>) {
    card::lines(request, now).iter().for_each(line);
}

/// The same for somebody who is about to decide something; never part of the answer.
pub(crate) fn to_look_at(request: &Request, now: DateTime<Utc>) {
    card::lines(request, now).iter().for_each(progress);
}

/// Part of a long answer, as it comes.
pub(crate) fn part(bytes: &[u8]) -> io::Result<()> {
    io::stdout().lock().write_all(bytes)
}

/// The long answer is complete.
pub(crate) fn complete() -> io::Result<()> {
    io::stdout().lock().flush()
}

/// Says why the program failed; answers its exit code.
pub(crate) fn failed(error: &anyhow::Error) -> ExitCode {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        // Many errors tell their cause themselves.
        if !text.contains(&cause) {
            text.extend([": ", &cause]);
        }
    }
    progress(format!("bellhop: {text}"));
    failure::exit_code(error)
}
