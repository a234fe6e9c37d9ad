//! Where the store is kept.

use std::path::PathBuf;
use std::str::FromStr;

use secrecy::SecretString;

use crate::StoreError;

/// Where the store is kept. Shown, it does not give the password away.
#[derive(Clone, Debug)]
pub enum Place {
    /// A SQLite file of this machine, made when missing.
    File(PathBuf),
    /// The address of a PostgreSQL database, `postgres://USER:PASSWORD@HOST/DATABASE`. It is a
    /// secret because of the password.
    Postgres(SecretString),
}

impl FromStr for Place {
    type Err = StoreError;

    /// Reads `postgres://…` and `postgresql://…` as an address and everything else as a path, but
    /// refuses the addresses of other databases rather than making a file of that name.
    fn from_str(text: &str) -> Result<Self, StoreError> {
        match text.split_once("://") {
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(text.into())),
            Some((scheme, _)) => {
                Err(StoreError::BadPlace { why: format!("there is no store of the kind {scheme}") })
            }
            // Nearly an address: as a path it would show its password wherever the path is shown.
            None if text.starts_with("postgres:") || text.starts_with("postgresql:") => {
                Err(StoreError::BadPlace { why: "after the colon come two slashes".to_owned() })
            }
            None if text.contains("password=") => {
                let why = "words such as host=… password=… are not an address".to_owned();
                Err(StoreError::BadPlace { why })
            }
            None if text.is_empty() => Err(StoreError::BadPlace { why: "it is empty".to_owned() }),
            None => Ok(Self::File(text.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_from_a_path_and_keeps_its_password() {
        for text in ["postgres://bell:hop@db/access", "postgresql://bell:hop@db/access"] {
            let place: Place = text.parse().unwrap();
            assert!(matches!(place, Place::Postgres(_)), "{place:?}");
            assert!(!format!("{place:?}").contains("hop@"), "{place:?}");
        }
        let place: Place = "data/bellhop.db".parse().unwrap();
        assert!(matches!(place, Place::File(file) if *file == *"data/bellhop.db"));
    }

    #[test]
    fn an_address_of_something_else_does_not_become_a_file() {
        for text in [
            "mysql://bell:hop@db/access",
            "sqlite://bellhop.db",
            "postgres:/bell:hop@db/access",
            "host=db user=bell password=hop@",
            "",
        ] {
            let refused = text.parse::<Place>().unwrap_err().to_string();
            assert!(refused.contains("postgres://") && !refused.contains("hop@"), "{refused}");
        }
    }
}
