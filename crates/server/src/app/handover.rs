//! Giving way to a backend of a newer version.

use std::sync::OnceLock;

use bellhop_domain::{Person, Role};
use bellhop_store::jobs;
use semver::Version;
use tokio_util::sync::CancellationToken;

use super::{App, AppError};

/// Which version this backend is, and how it gives way. One that somebody started by hand never
/// does.
#[derive(Debug, Default)]
pub struct Handover {
    terms: OnceLock<Terms>,
}

#[derive(Debug)]
struct Terms {
    own: Version,
    stop: Option<CancellationToken>,
}

impl Handover {
    /// Says which version serves, and, if a newer one may take its place, how to stop it.
    pub fn introduce(&self, own: Version, stop: Option<CancellationToken>) {
        // A second time changes nothing: a process is one backend.
        self.terms.get_or_init(|| Terms { own, stop });
    }

    /// The version that serves.
    pub fn version(&self) -> String {
        match self.terms.get() {
            Some(terms) => terms.own.to_string(),
            None => bellhop_api::version().to_owned(),
        }
    }
}

/// Stops this backend so that one of the version `newer` can take its place. Access that is open
/// does not hinder it; work that is under way does, for a moment.
pub async fn to_newer(app: &App, person: &Person, newer: &str) -> Result<(), AppError> {
    if person.role != Role::Admin {
        let text = format!("only an admin may replace the backend, and {} is none", person.handle);
        return Err(AppError::Forbidden(text));
    }
    let newer: Version = newer
        .parse()
        .map_err(|why| AppError::Invalid(format!("\"{newer}\" is not a version: {why}")))?;
    let Some(Terms { own, stop: Some(stop) }) = app.handover.terms.get() else {
        return Err(AppError::Forbidden(
            "this backend was started by hand, so only whoever did that replaces it: stop it, and \
             start the newer one"
                .to_owned(),
        ));
    };
    if newer <= *own {
        return Err(AppError::Conflict(format!("this backend is {own}, and {newer} is not newer")));
    }
    // Under the writers' lock no worker takes another job meanwhile.
    let mut tx = app.store.write().await?;
    let under_way = jobs::leased(&mut tx).await?;
    if under_way > 0 {
        return Err(AppError::Conflict(format!(
            "{under_way} jobs are under way, which takes a moment. Try again"
        )));
    }
    stop.cancel();
    Ok(())
}
