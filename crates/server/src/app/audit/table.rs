//! Rows of the audit log as lines of a table (RFC 4180).

use bellhop_api::AuditEntry;
use csv::{Terminator, WriterBuilder};
use serde_json::Value;

/// The columns.
pub(super) const HEAD: &str = "seq,at,who,what,request,subject,before,after,hash\r\n";

/// A row.
pub(super) fn line(entry: &AuditEntry) -> Result<String, csv::Error> {
    record(&cells(entry).map(as_text))
}

fn record(cells: &[String]) -> Result<String, csv::Error> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(cells)?;
    let bytes = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
    // Cells are text, and so is what they are written as.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn cells(entry: &AuditEntry) -> [String; 9] {
    let event = &entry.event;
    let word = |place: &str| match event.pointer(place) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(word)) => word.clone(),
        Some(other) => other.to_string(),
    };
    let who = Some(word("/actor/handle")).filter(|who| !who.is_empty());
    let subject = ["/subject/target", "/subject/name"].map(word).concat();
    [
        word("/seq"),
        word("/at"),
        who.unwrap_or_else(|| "system".to_owned()),
        word("/kind"),
        word("/subject/number"),
        subject,
        word("/before"),
        word("/after"),
        entry.hash.clone(),
    ]
}

/// What a spreadsheet would take for a formula is no text that somebody typed.
fn as_text(cell: String) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_text_and_no_formula() {
        for (cell, written) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
            ("@sum,1", "\"'@sum,1\""),
            ("a\nb", "\"a\nb\""),
            ("", ""),
        ] {
            let line = record(&[as_text(cell.to_owned()), "next".to_owned()]).expect("written");
            assert_eq!(line, format!("{written},next\r\n"));
        }
    }
}
