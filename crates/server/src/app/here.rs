//! Connecting with what is on the caller's own machine. A page names a context; what is in it is
//! read here, and goes to no page.

use bellhop_api::{
    ConnectHere, ConnectKubernetes, ConnectPreview, Connected, Disconnect, DisconnectHere,
    Disconnected, KubeconfigContext,
};

use super::integrations::{CONNECT, must_be_admin};
use super::{App, AppError, Caller, connecting, departure, integrations};
use crate::workstation::Workstation;

/// Longest name of a context that can be asked for, in bytes.
const LONGEST_CONTEXT: usize = 1_000;

/// What connecting would come to.
pub async fn preview(
    app: &App,
    (caller, machine): (&Caller, &dyn Workstation),
    ask: ConnectHere,
) -> Result<ConnectPreview, AppError> {
    authorised(app, caller).await?;
    let (name, ask) = resolved(machine, ask)?;
    connecting::preview(app, caller, &name, &ask).await
}

/// Connects, if everything that can be looked at before is as it has to be.
pub async fn connect(
    app: &App,
    (caller, machine): (&Caller, &dyn Workstation),
    ask: ConnectHere,
) -> Result<Connected, AppError> {
    authorised(app, caller).await?;
    let (name, ask) = resolved(machine, ask)?;
    let preview = connecting::preview(app, caller, &name, &ask).await?;
    if !preview.ready {
        let stops = preview.checks.iter().find(|check| check.failed());
        let why = stops.map_or_else(String::new, |check| {
            let parts = [&check.what, &check.why, &check.next];
            let parts: Vec<_> =
                parts.into_iter().filter(|part| !part.is_empty()).cloned().collect();
            format!(": {}", parts.join(". "))
        });
        return Err(AppError::Conflict(format!("{name} was not connected{why}")));
    }
    integrations::connect(app, caller, &name, &ask).await
}

/// Disconnects.
pub async fn disconnect(
    app: &App,
    (caller, machine): (&Caller, &dyn Workstation),
    ask: DisconnectHere,
) -> Result<Disconnected, AppError> {
    authorised(app, caller).await?;
    let DisconnectHere { name, context, forget } = ask;
    let admin = match context {
        Some(context) => way(machine, &context)?,
        None if forget => KubeconfigContext::default(),
        None => {
            let text = "name the context of somebody who may delete Bellhop's rights there";
            return Err(AppError::Invalid(text.to_owned()));
        }
    };
    departure::disconnect(app, caller, &name, &Disconnect { admin, forget }).await
}

/// Nothing of the machine is looked at for anybody else.
async fn authorised(app: &App, caller: &Caller) -> Result<(), AppError> {
    let mut tx = app.store.read().await?;
    must_be_admin(&caller.now(&mut tx).await?.person, CONNECT)
}

fn resolved(
    machine: &dyn Workstation,
    ask: ConnectHere,
) -> Result<(String, ConnectKubernetes), AppError> {
    let ConnectHere { name, context, offer, namespaces, new } = ask;
    let admin = way(machine, &context)?;
    let (direct, accept_stuck) = (false, false);
    Ok((name, ConnectKubernetes { admin, offer, namespaces, direct, accept_stuck, new }))
}

fn way(machine: &dyn Workstation, context: &str) -> Result<KubeconfigContext, AppError> {
    if !(1..=LONGEST_CONTEXT).contains(&context.len()) {
        let text = format!("a context has a name of 1 to {LONGEST_CONTEXT} bytes");
        return Err(AppError::Invalid(text));
    }
    machine.way_to(context).map_err(|error| AppError::Conflict(error.to_string()))
}
