//! What is true at the moment of an act, read in the transaction of the act.

use std::collections::BTreeMap;

use bellhop_domain::{Facts, Person, Request, System};
use bellhop_store::integrations::{self, Integration};
use bellhop_store::{StoreError, Tx, flows, people};

use super::{App, AppError};

/// The facts about a request.
pub(crate) async fn about(app: &App, tx: &mut Tx, request: &Request) -> Result<Facts, AppError> {
    let requester = people::find(tx, request.requester).await?.ok_or_else(|| {
        AppError::NotFound(format!("the requester of {} is not known any more", request.number))
    })?;
    let approved_by = match &request.decision {
        bellhop_domain::Decision::Approved(approved) => approved.by.person(),
        bellhop_domain::Decision::Pending { .. }
        | bellhop_domain::Decision::Denied { .. }
        | bellhop_domain::Decision::Withdrawn { .. }
        | bellhop_domain::Decision::Lapsed { .. } => None,
    };
    let approver = match approved_by {
        Some(id) => people::find(tx, id).await?,
        None => None,
    };
    let names: Vec<_> = request.wanted.iter().map(|w| w.target.integration.clone()).collect();
    Ok(Facts {
        flow: flows::by_id(tx, &request.flow.id).await?,
        requester,
        approver,
        systems: systems(tx, &names).await?,
        behind: tx.behind().await?,
        unread: app.configuration.unread(),
    })
}

/// The facts about a request that `requester` is about to make.
pub(crate) async fn about_new(
    app: &App,
    tx: &mut Tx,
    requester: Person,
) -> Result<Facts, StoreError> {
    let all = integrations::all(tx).await?;
    let systems = all.into_iter().map(|found| (found.name.clone(), system(found))).collect();
    let unread = app.configuration.unread();
    let behind = tx.behind().await?;
    Ok(Facts { flow: None, requester, approver: None, systems, behind, unread })
}

async fn systems(tx: &mut Tx, names: &[String]) -> Result<BTreeMap<String, System>, StoreError> {
    let mut systems = BTreeMap::new();
    for name in names {
        if systems.contains_key(name) {
            continue;
        }
        if let Some(found) = integrations::by_name(tx, name).await? {
            systems.insert(name.clone(), system(found));
        }
    }
    Ok(systems)
}

fn system(found: Integration) -> System {
    let Integration { id, pin, status, status_why, .. } = found;
    let closed = (status != "active").then(|| format!("its status is {status}: {status_why}"));
    System { id, pin, closed }
}
