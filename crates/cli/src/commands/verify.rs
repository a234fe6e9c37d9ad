//! `bellhop audit verify`

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::{Context, bail};
use bellhop_api::{AuditVerdict, Client, Export, ExportQuery, ExportedRow};
use bellhop_server::Walk;
use bellhop_workstation::home::Home;
use serde_json::json;

use crate::args::Format;
use crate::{output, session};

/// No row is nearly as long. What is longer is no export, and is not read into memory.
const LONGEST_LINE: u64 = 16 * 1024 * 1024;

/// An exported file, of which every row fits the one before it.
struct Exported {
    first: i64,
    last: i64,
    head: String,
}

/// Walks the backend's chain.
pub(crate) async fn backend(home: &Home, format: Format) -> anyhow::Result<()> {
    let client = session::client(home).await?;
    let verdict = session::reached(home, client.verify_audit().await)?;
    output::for_programs(format, &verdict)?;
    intact(&verdict)?;
    if format == Format::Table {
        let head = verdict.head.unwrap_or_default();
        output::line(format!(
            "{} rows, every one fits the one before it. Head {head}",
            verdict.seq
        ));
    }
    Ok(())
}

/// Walks the chain of an exported file.
pub(crate) fn offline(format: Format, file: &Path) -> anyhow::Result<()> {
    let Exported { first, last, head } = walk(file)?;
    if output::for_programs(
        format,
        &json!({ "intact": true, "first": first, "seq": last, "head": head }),
    )? {
        return Ok(());
    }
    output::line(format!("Rows {first} to {last}, every one fits the one before it. Head {head}"));
    if first > 1 {
        output::line(format!("Whether row {first} fits row {}, this file cannot show", first - 1));
    }
    Ok(())
}

/// Compares an exported file with the backend's chain.
pub(crate) async fn against(home: &Home, format: Format, file: &Path) -> anyhow::Result<()> {
    let exported = walk(file)?;
    let client = session::client(home).await?;
    let verdict = session::reached(home, client.verify_audit().await)?;
    intact(&verdict)?;
    compare(&client, file, &exported).await?;
    if output::for_programs(format, &verdict)? {
        return Ok(());
    }
    output::line(format!(
        "Rows {} to {} of the log are those of {}; in all there are {}, and every one fits the one \
         before it. Head {}",
        exported.first,
        exported.last,
        file.display(),
        verdict.seq,
        verdict.head.unwrap_or_default()
    ));
    Ok(())
}

fn intact(verdict: &AuditVerdict) -> anyhow::Result<()> {
    if verdict.intact {
        return Ok(());
    }
    let why = verdict.why.as_deref().unwrap_or_default();
    bail!("the audit log does not verify: row {}: {why}", verdict.seq)
}

/// Row by row, so that the first difference is found and named.
async fn compare(client: &Client, file: &Path, exported: &Exported) -> anyhow::Result<()> {
    let mut lines = Lines::open(file)?;
    let query = ExportQuery { after: Some(exported.first - 1), ..ExportQuery::default() };
    let mut there =
        Arriving { export: client.export_audit(&query).await?, part: Vec::new(), at: 0 };
    let mut seq = exported.first;
    while let Some(expected) = lines.next()? {
        let file = file.display();
        match there.next().await? {
            None => bail!(
                "the log was cut: {file} has rows up to {}, and the backend's log ends with row {}",
                exported.last,
                seq - 1
            ),
            Some(line) if line != expected.as_bytes() => {
                bail!(
                    "the log was rewritten: row {seq} is not what it was when {file} was exported"
                )
            }
            Some(_) => seq += 1,
        }
    }
    Ok(())
}

/// The lines of an export as they arrive.
struct Arriving {
    export: Export,
    part: Vec<u8>,
    /// Up to where the lines of `part` were taken.
    at: usize,
}

impl Arriving {
    async fn next(&mut self) -> anyhow::Result<Option<&[u8]>> {
        loop {
            let rest = self.part.get(self.at..).unwrap_or_default();
            if let Some(length) = rest.iter().position(|byte| *byte == b'\n') {
                let begin = self.at;
                self.at += length + 1;
                return Ok(self.part.get(begin..begin + length));
            }
            self.part.drain(..self.at);
            self.at = 0;
            match self.export.next().await? {
                Some(more) => self.part.extend_from_slice(&more),
                None => return Ok(None),
            }
        }
    }
}

fn walk(file: &Path) -> anyhow::Result<Exported> {
    let mut lines = Lines::open(file)?;
    let mut walk = Walk::from_anywhere();
    let (mut number, mut first) = (0_u64, None);
    while let Some(line) = lines.next()? {
        number += 1;
        let at = || format!("{} does not verify: line {number}", file.display());
        let Some(row) = ExportedRow::read(&line) else {
            bail!("{}: it is no exported row. Name a file that bellhop audit export wrote", at())
        };
        if let Err(why) = walk.step(row.event, row.hash) {
            bail!("{}: {why}", at());
        }
        first = first.or(walk.last().map(|head| head.seq));
    }
    let (Some(first), Some(last)) = (first, walk.last()) else {
        bail!("{} has no rows. Export them with: bellhop audit export", file.display());
    };
    Ok(Exported { first, last: last.seq, head: last.hash.clone() })
}

/// The lines of a file, one at a time.
struct Lines<'a> {
    file: &'a Path,
    reader: BufReader<File>,
}

impl<'a> Lines<'a> {
    fn open(file: &'a Path) -> anyhow::Result<Self> {
        let opened = File::open(file).with_context(|| {
            format!("reading {}, which is to be what bellhop audit export wrote", file.display())
        })?;
        Ok(Self { file, reader: BufReader::new(opened) })
    }

    fn next(&mut self) -> anyhow::Result<Option<String>> {
        let mut line = Vec::new();
        let mut some = Read::by_ref(&mut self.reader).take(LONGEST_LINE);
        let read = some.read_until(b'\n', &mut line);
        read.with_context(|| format!("reading {}", self.file.display()))?;
        if line.is_empty() {
            return Ok(None);
        }
        let text = String::from_utf8(line).ok().filter(|text| text.ends_with('\n'));
        let Some(text) = text else {
            bail!(
                "{} is cut or no export: a line does not end, or is no text",
                self.file.display()
            );
        };
        Ok(Some(text.trim_end().to_owned()))
    }
}
