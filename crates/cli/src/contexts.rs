//! kubectl contexts of an access. They are built here, from typed fields and our own path: nothing
//! that a backend sends becomes a command.

use anyhow::Context;
use bellhop_api::{AccessDetails, KubernetesAccess};
use bellhop_workstation::env::Environment;
use bellhop_workstation::home::Home;
use bellhop_workstation::kubeconfig::{
    ContextEntry, ContextName, Contexts, ExecPlugin, KubeconfigFiles, Need,
};

/// A context that was added, and the line that tries it.
pub(crate) struct Added {
    pub(crate) context: String,
    pub(crate) try_it: String,
}

/// Adds the contexts of an access to the user's kubeconfig; adding again changes nothing.
pub(crate) fn add(
    home: &Home,
    details: &AccessDetails,
    use_context: bool,
) -> anyhow::Result<Vec<Added>> {
    let files = KubeconfigFiles::from_environment(&Environment::read())?;
    let mut added = Vec::new();
    for access in &details.kubernetes {
        let context = add_to(home, &files, &details.number, access, use_context)?;
        let try_it = match access.namespaces.first() {
            Some(namespace) => format!("kubectl get pods -n {namespace} --context {context}"),
            None => format!("kubectl get pods --context {context}"),
        };
        added.push(Added { context, try_it });
    }
    Ok(added)
}

/// Adds the context of one system to these files, for a request; answers its name.
pub(crate) fn add_to(
    home: &Home,
    files: &KubeconfigFiles,
    number: &str,
    access: &KubernetesAccess,
    use_context: bool,
) -> anyhow::Result<String> {
    let entry = entry(home, access)?;
    let need = Need { integration: access.integration.clone(), request: number.to_owned() };
    Contexts::new(home).add(files, &entry, &need, use_context)?;
    Ok(entry.name().as_str().to_owned())
}

/// What the context of a system is called.
pub(crate) fn name(access: &KubernetesAccess) -> anyhow::Result<String> {
    Ok(ContextName::for_integration(&access.integration)?.as_str().to_owned())
}

fn entry(home: &Home, access: &KubernetesAccess) -> anyhow::Result<ContextEntry> {
    let own = std::env::current_exe().context("finding the path of this program")?;
    let mut args = Vec::new();
    if let Some(folder) = home.explicit() {
        let folder = std::path::absolute(folder)?;
        let folder = folder.to_str().context("the folder of --home is not UTF-8")?;
        args.extend(["--home".to_owned(), folder.to_owned()]);
    }
    args.extend(["credential", "kubernetes", "--integration"].map(str::to_owned));
    args.push(access.integration.clone());
    let name = ContextName::for_integration(&access.integration)?;
    let mut entry = ContextEntry::new(name, &access.server, ExecPlugin::new(&own, args)?)?;
    if let Some(ca) = &access.ca {
        entry = entry.with_ca(ca)?;
    }
    if let Some(name) = &access.tls_server_name {
        entry = entry.with_tls_server_name(name)?;
    }
    if let Some(namespace) = access.namespaces.first() {
        entry = entry.with_namespace(namespace)?;
    }
    Ok(entry)
}
