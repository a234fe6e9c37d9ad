//! Where the backend remembers: a file of the home, or what `--database` says.

use anyhow::{Context as _, bail};
use bellhop_server::Place;
use bellhop_workstation::home::Home;
use secrecy::ExposeSecret;

use crate::args::Database;
use crate::output;

/// The place that was named, or the usual one.
pub(crate) fn chosen(home: &Home, ask: &Database) -> anyhow::Result<Place> {
    let Some(place) = named(ask)? else { return Ok(Place::File(home.store_file())) };
    if let Place::Postgres(address) = &place
        && has_password(address.expose_secret())
        && std::env::args_os().any(|word| word.to_string_lossy().starts_with("--database"))
    {
        output::progress(
            "bellhop: whoever lists the processes of this machine can read the password in \
             --database. Set BELLHOP_DATABASE instead",
        );
    }
    Ok(place)
}

/// Notes for commands that would start a backend whether it remembers in the usual file. One that
/// they start there would know nothing of the grants in the database.
pub(crate) fn note(home: &Home, place: &Place) -> anyhow::Result<()> {
    let note = home.elsewhere_file();
    let done = match place {
        Place::Postgres(_) => std::fs::write(&note, "Set BELLHOP_DATABASE to start the backend.\n"),
        Place::File(_) => match std::fs::remove_file(&note) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            done => done,
        },
    };
    done.with_context(|| note.display().to_string())
}

/// Refuses to start a backend on the usual file where the last one remembered elsewhere.
pub(crate) fn refuse_another(home: &Home) -> anyhow::Result<()> {
    let named = std::env::var_os("BELLHOP_DATABASE").is_some_and(|value| !value.is_empty());
    if named || !home.elsewhere_file().exists() {
        return Ok(());
    }
    bail!(
        "no backend runs, and this one remembers in a PostgreSQL database. Start it where \
         BELLHOP_DATABASE names that database: bellhop serve"
    )
}

/// The place that was named, if one was.
pub(crate) fn named(ask: &Database) -> anyhow::Result<Option<Place>> {
    let text = ask.database.as_ref().map(ExposeSecret::expose_secret).unwrap_or_default();
    // A variable that is set to nothing is as good as not set.
    if text.is_empty() { Ok(None) } else { Ok(Some(text.parse()?)) }
}

fn has_password(address: &str) -> bool {
    let user = address.split_once("://").and_then(|(_, rest)| rest.rsplit_once('@'));
    user.is_some_and(|(user, _)| user.contains(':')) || address.contains("password=")
}
