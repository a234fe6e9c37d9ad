//! The caller's own machine, for pages that have no other way to it.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use bellhop_api::{Code, Contexts, Hop, Hopped, Problem, UseAccess};

use super::actor::{By, own_machine};
use super::body::Input;
use super::describe::{Change, Machine};
use super::problem::Failed;
use super::{Answer, Shared};
use crate::app::{App, access};
use crate::workstation::{HopTo, WorkstationError};

/// A folder on a network that hangs keeps no page waiting for longer.
const LONGEST_LOOK: Duration = Duration::from_secs(5);
/// Longer than kubectl's lock and our own are waited for.
const LONGEST_HOP: Duration = Duration::from_secs(30);

/// List the kubectl contexts of this machine
///
/// Only for the user whose machine the backend runs on. The contexts of all files that `KUBECONFIG`
/// names, for the backend's own environment. A file that does not read is named, and keeps no other
/// from being listed.
#[utoipa::path(get, path = "/workstation/contexts", operation_id = "list_contexts", tag = "workstation",
    responses((status = 200, description = "The contexts", body = Contexts), Machine))]
pub(super) async fn contexts(State(app): Shared, By(caller): By) -> Answer<Contexts> {
    let machine = own_machine(&app, &caller)?;
    done(&app, LONGEST_LOOK, machine.contexts()).await
}

/// Make a kubectl context current
///
/// Only for the user whose machine the backend runs on. Either the context of a name, or the one
/// that was current before the last hop. Nothing but the file's `current-context` is changed.
#[utoipa::path(post, path = "/workstation/hop", operation_id = "hop", tag = "workstation", request_body = Hop,
    responses((status = 200, description = "The context is current", body = Hopped), Machine, Change))]
pub(super) async fn hop(
    State(app): Shared,
    By(caller): By,
    Input(body): Input<Hop>,
) -> Answer<Hopped> {
    let machine = own_machine(&app, &caller)?;
    let to = HopTo::asked(body).ok_or_else(|| {
        let text = "the body is not what this call takes: it names one context of at most 1,000 \
                    bytes, or says \"back\": true";
        Failed::of(Problem::new(Code::InvalidInput, text))
    })?;
    done(&app, LONGEST_HOP, machine.hop(to)).await
}

/// Use a request's access with kubectl
///
/// Only for the user whose machine the backend runs on, for a request of theirs that is active. Adds
/// the contexts of its access and makes the first of them current; doing it again changes nothing.
#[utoipa::path(post, path = "/workstation/use", operation_id = "use_access", tag = "workstation", request_body = UseAccess,
    responses((status = 200, description = "The context is current", body = Hopped), Machine, Change))]
pub(super) async fn use_access(
    State(app): Shared,
    By(caller): By,
    Input(body): Input<UseAccess>,
) -> Answer<Hopped> {
    let machine = own_machine(&app, &caller)?;
    let mut details = access::details(&app, &caller.person, &body.request).await?;
    if let Some(namespace) = &body.namespace
        && !details.begin_in(namespace)
    {
        let text = details.elsewhere(namespace);
        return Err(Failed::of(Problem::new(Code::InvalidInput, text)));
    }
    done(&app, LONGEST_HOP, machine.use_access(details)).await
}

/// What it came to, unless it takes too long.
async fn done<T>(
    app: &App,
    limit: Duration,
    step: impl Future<Output = Result<T, WorkstationError>>,
) -> Answer<T> {
    let failed = |text: String| Failed::of(Problem::new(Code::WorkstationFailed, text));
    let done = app.within(limit, step).await.ok_or_else(|| {
        failed(format!(
            "reading this machine's files took longer than {} seconds: is one on a disk or a network \
             that hangs?",
            limit.as_secs()
        ))
    })?;
    done.map(Json).map_err(|error| failed(error.to_string()))
}
