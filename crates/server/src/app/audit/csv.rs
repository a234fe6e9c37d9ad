//! Rows of the audit log as lines of a table.

use bellhop_api::AuditEntry;
use serde_json::Value;

/// The columns.
pub(super) const HEAD: &str = "seq,at,who,what,request,subject,before,after,hash\r\n";

/// Adds a row.
pub(super) fn write(text: &mut String, entry: &AuditEntry) {
    let event = &entry.event;
    let word = |place: &str| match event.pointer(place) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(word)) => word.clone(),
        Some(other) => other.to_string(),
    };
    let who = Some(word("/actor/handle")).filter(|who| !who.is_empty());
    let subject = ["/subject/target", "/subject/name"].map(word).concat();
    let cells = [
        word("/seq"),
        word("/at"),
        who.unwrap_or_else(|| "system".to_owned()),
        word("/kind"),
        word("/subject/number"),
        subject,
        word("/before"),
        word("/after"),
        entry.hash.clone(),
    ];
    let cells: Vec<_> = cells.iter().map(|cell| quoted(cell)).collect();
    text.push_str(&cells.join(","));
    text.push_str("\r\n");
}

/// A cell. What a spreadsheet would take for a formula is no text that somebody typed.
fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains(['"', ',', '\n', '\r']) {
        return format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::quoted;

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
            assert_eq!(quoted(cell), written);
        }
    }
}
