//! Where the backend remembers: a file of the home, or what `--database` says.

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
