//! Typed ids. Every id is a `UUIDv7` made from an injected time and injected random bytes, so tests
//! can repeat them and ids sort by the moment they were made.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Makes a `UUIDv7` for `now`; `random` fills the bits that time does not.
pub fn uuid_at(now: DateTime<Utc>, random: [u8; 10]) -> Uuid {
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

macro_rules! typed_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

typed_id! {
    /// One person, however many identities are linked to them.
    PersonId,
    /// One request for access.
    RequestId,
    /// One target of one request: the unit that is applied and revoked.
    GrantId,
    /// One row of work.
    JobId,
    /// One connected system.
    IntegrationId,
    /// One Bellhop store. Every object made outside carries it, so that two installations on one
    /// system leave each other alone.
    InstallationId,
}

/// The number people say: `R-1042`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct RequestNumber(pub i64);

impl fmt::Display for RequestNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "R-{}", self.0)
    }
}

impl From<RequestNumber> for String {
    fn from(number: RequestNumber) -> Self {
        number.to_string()
    }
}

impl FromStr for RequestNumber {
    type Err = BadRequestNumber;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix("R-").or_else(|| text.strip_prefix("r-")).unwrap_or(text);
        let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        match digits.parse::<i64>() {
            Ok(number) if plain && number > 0 => Ok(Self(number)),
            _ => Err(BadRequestNumber(text.chars().take(40).collect())),
        }
    }
}

impl TryFrom<String> for RequestNumber {
    type Error = BadRequestNumber;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// Text that is no request number.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a request number; they look like R-1042 (see `bellhop list`)")]
pub struct BadRequestNumber(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_number_reads_back_as_written() {
        assert_eq!("R-1042".parse(), Ok(RequestNumber(1042)));
        assert_eq!("1042".parse(), Ok(RequestNumber(1042)));
        assert_eq!(RequestNumber(7).to_string(), "R-7");
    }

    #[test]
    fn anything_else_is_no_request_number() {
        for text in ["", "R-", "R--1", "R-0", "R-+5", "X-1", "R-99999999999999999999"] {
            assert!(text.parse::<RequestNumber>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn ids_sort_by_the_time_they_were_made() {
        let early = DateTime::from_timestamp_millis(1_000).expect("in range");
        let late = DateTime::from_timestamp_millis(1_001).expect("in range");
        assert!(uuid_at(early, [255; 10]) < uuid_at(late, [0; 10]));
    }
}
