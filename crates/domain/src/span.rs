//! How long access lasts: `10m`, `1h30m`, `8h`.

use std::fmt;
use std::str::FromStr;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// Seconds in a year, the longest that anything here may last.
const LONGEST: u32 = 365 * 24 * 3600;

/// A length of time in whole seconds, between one second and a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Span(u32);

impl Span {
    /// A span of `seconds`; none when that is not between one second and a year.
    pub fn from_seconds(seconds: u64) -> Option<Self> {
        let seconds = u32::try_from(seconds).ok()?;
        (1..=LONGEST).contains(&seconds).then_some(Self(seconds))
    }

    /// Its length in seconds.
    pub fn seconds(self) -> u32 {
        self.0
    }

    /// The same as a difference of times.
    pub fn delta(self) -> TimeDelta {
        TimeDelta::seconds(i64::from(self.0))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        for (unit, size) in [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)] {
            let count = rest / size;
            rest %= size;
            if count > 0 {
                write!(f, "{count}{unit}")?;
            }
        }
        Ok(())
    }
}

impl FromStr for Span {
    type Err = BadSpan;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || BadSpan(text.chars().take(40).collect());
        let mut total: u64 = 0;
        let mut digits = String::new();
        let mut last_size = u64::MAX;
        for c in text.chars() {
            if c.is_ascii_digit() && digits.len() < 9 {
                digits.push(c);
                continue;
            }
            let size = match c {
                'd' => 86_400,
                'h' => 3_600,
                'm' => 60,
                's' => 1,
                _ => return Err(bad()),
            };
            let count: u64 = digits.parse().map_err(|_| bad())?;
            if size >= last_size {
                return Err(bad());
            }
            last_size = size;
            total += count * size;
            digits.clear();
        }
        if !digits.is_empty() {
            return Err(bad());
        }
        Self::from_seconds(total).ok_or_else(bad)
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}

impl TryFrom<String> for Span {
    type Error = BadSpan;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// Text that is no length of time.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a duration between 1s and 365d. Durations look like 30m, 1h or 1h30m")]
pub struct BadSpan(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_reads_back_as_written() {
        for text in ["1s", "10m", "1h30m", "8h", "2d", "365d", "1d1h1m1s"] {
            assert_eq!(text.parse::<Span>().map(|s| s.to_string()), Ok(text.to_owned()));
        }
        assert_eq!("90m".parse::<Span>().map(|s| s.to_string()), Ok("1h30m".to_owned()));
    }

    #[test]
    fn anything_else_is_no_span() {
        for text in
            ["", "0", "0s", "10", "-1h", "99999d", "366d", "1h1h", "1m1h", "h", "1.5h", "1w", "１h"]
        {
            assert!(text.parse::<Span>().is_err(), "{text:?}");
        }
    }
}
