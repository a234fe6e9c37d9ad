//! The texts of the configuration in force.

use sqlx::FromRow;

use crate::sql::sql;
use crate::{StoreError, Tx};

/// Where the texts in force came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A backend's own configuration folder: it counts again at each start.
    Folder,
    /// Somebody applied them from elsewhere: they are kept here alone.
    Applied,
}

impl Origin {
    /// As it is stored and told.
    pub fn name(self) -> &'static str {
        match self {
            Self::Folder => "folder",
            Self::Applied => "applied",
        }
    }

    fn read(name: &str, row: &str) -> Result<Self, StoreError> {
        match name {
            "folder" => Ok(Self::Folder),
            "applied" => Ok(Self::Applied),
            other => Err(StoreError::Inconsistent {
                table: "configuration",
                row: row.to_owned(),
                why: format!("the origin \"{other}\" is none that this version knows"),
            }),
        }
    }
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Its name, without a folder.
    pub name: String,
    /// What it says.
    pub content: String,
}

#[derive(FromRow)]
struct TextRow {
    name: String,
    content: String,
    origin: String,
}

/// The files in force, by name, and where they came from; none while there are none.
pub async fn in_force(tx: &mut Tx) -> Result<Option<(Origin, Vec<Text>)>, StoreError> {
    let rows = sql!(
        tx,
        fetch_all::<TextRow>,
        "SELECT name, content, origin FROM configuration ORDER BY name"
    )?;
    let Some(first) = rows.first() else { return Ok(None) };
    let origin = Origin::read(&first.origin, &first.name)?;
    let texts = rows.into_iter().map(|TextRow { name, content, .. }| Text { name, content });
    Ok(Some((origin, texts.collect())))
}

/// Keeps these instead of all that were kept.
pub async fn replace(tx: &mut Tx, origin: Origin, texts: &[Text]) -> Result<(), StoreError> {
    sql!(tx, execute, "DELETE FROM configuration")?;
    for Text { name, content } in texts {
        sql!(
            tx,
            execute,
            "INSERT INTO configuration (name, content, origin) VALUES ($1, $2, $3)",
            name,
            content,
            origin.name()
        )?;
    }
    Ok(())
}
