//! Where the backend keeps what it remembers.

use bellhop_api::StorePlace;
use bellhop_domain::{Person, Role};

use super::{App, AppError};

/// The store's file, for whoever makes backups of it.
pub fn store(app: &App, person: &Person) -> Result<StorePlace, AppError> {
    if person.role != Role::Admin {
        let text = format!("only an admin may back up the store, and {} is none", person.handle);
        return Err(AppError::Forbidden(text));
    }
    Ok(StorePlace { file: app.store.file().map(|file| file.display().to_string()) })
}
