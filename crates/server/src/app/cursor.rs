//! Where a list goes on, as clients carry it: opaque, and good for that list alone.
//!
//! A cursor names a place in an order that rows keep, so rows that are added move no page. It gives
//! no right: what may be seen is asked anew with each page.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::AppError;

/// The cursors of one list, with what it leaves out.
pub(super) struct Cursor {
    list: String,
}

impl Cursor {
    /// Those of a list of this name. Another filter is another name.
    pub(super) fn of(list: &str) -> Self {
        Self { list: list.to_owned() }
    }

    /// The cursor that goes on after `place`.
    pub(super) fn write(&self, place: i64) -> String {
        URL_SAFE_NO_PAD.encode(format!("{} {place}", self.list))
    }

    /// The place that a client's cursor goes on after.
    pub(super) fn read(&self, cursor: &str) -> Result<i64, AppError> {
        let text = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|t| String::from_utf8(t).ok());
        let Some((list, place)) = text.as_deref().and_then(|text| text.rsplit_once(' ')) else {
            let text = "this is no cursor: they come as `next` with each page but the last";
            return Err(AppError::BadCursor(text.to_owned()));
        };
        if list != self.list {
            let text = "this cursor is of another list, or of this one with other parameters";
            return Err(AppError::BadCursor(text.to_owned()));
        }
        let bad = |_| AppError::BadCursor("this cursor names no place".to_owned());
        place.parse().map_err(bad)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_in_its_own_list_and_nowhere_else() {
        let (some, others) = (Cursor::of("audit older R-1001"), Cursor::of("audit older all"));
        let cursor = some.write(42);
        assert_eq!(some.read(&cursor).ok(), Some(42));
        assert!(cursor.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        assert!(others.read(&cursor).is_err());
        let garbled = URL_SAFE_NO_PAD.encode("audit older R-1001 x");
        for bad in ["", " ", "42", "%", "äöü", &cursor[1..], &"A".repeat(9_000), &garbled] {
            assert!(some.read(bad).is_err(), "{bad}");
        }
    }
}
