//! A closer look at an integration, for whoever searches for a fault.

use bellhop_api as wire;
use bellhop_connectors::{Diagnosis, Overdue, Plugin};

use super::integrations::{find, must_be_admin};
use super::{App, AppError, Caller};

/// Looks at the connection and the system. Nothing is changed, here or there.
pub async fn of(app: &App, caller: &Caller, name: &str) -> Result<wire::Diagnosis, AppError> {
    must_be_admin(&caller.person, "look closer at an integration")?;
    let mut tx = app.store.read().await?;
    let integration = find(&mut tx, name).await?;
    drop(tx);
    let connector = app.systems.open(&integration)?;
    let found = connector.diagnose(app.store.installation()).await;
    Ok(view(integration.name, found))
}

fn view(integration: String, found: Diagnosis) -> wire::Diagnosis {
    let Diagnosis { path, https_proxy, no_proxy, proxy, plugin, overdue, unseen } = found;
    let plugin = plugin.map(|Plugin { command, found }| {
        let found = found.map(|path| path.display().to_string());
        wire::Plugin { command, found }
    });
    let overdue = overdue.into_iter().map(|Overdue { installation, what, deadline, binding }| {
        let binding = binding.map(|(namespace, name)| wire::RoleBindingName { namespace, name });
        wire::Overdue { installation, what, deadline, binding }
    });
    let overdue = overdue.collect();
    wire::Diagnosis { integration, path, https_proxy, no_proxy, proxy, plugin, overdue, unseen }
}
