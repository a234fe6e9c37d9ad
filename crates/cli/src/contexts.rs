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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::isolated;

    fn honest() -> KubernetesAccess {
        KubernetesAccess {
            integration: "k8s".to_owned(),
            server: "https://k8s.example.com:6443".to_owned(),
            ca: None,
            tls_server_name: None,
            namespaces: vec!["customer1".to_owned()],
        }
    }

    /// Whatever a backend answers is an address, a certificate and a namespace, or nothing at all.
    #[test]
    fn p26_hostile_access_details_are_refused_before_anything_is_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::resolve(Some(folder.path().join("home"))).expect("a home");
        home.prepare().expect("folders");
        let file = folder.path().join("config");
        let files = KubeconfigFiles::new(vec![file.clone()]).expect("files");
        let own = || std::fs::read_dir(home.isolated_dir()).map_or(0, Iterator::count);
        let injected = "x\n    exec:\n      command: /bin/sh";
        let hostile: [fn(&mut KubernetesAccess, &str); 5] = [
            |access, text| text.clone_into(&mut access.integration),
            |access, text| access.server = format!("https://k8s.example.com/{text}"),
            |access, text| access.ca = Some(text.to_owned()),
            |access, text| access.tls_server_name = Some(text.to_owned()),
            |access, text| access.namespaces = vec![text.to_owned()],
        ];
        let texts =
            [injected, "a\"b", "a b", "a'b", "$(id)", "a\u{1b}[2J", "a\u{2028}b", "é", ";id"];
        for (field, spoil) in hostile.iter().enumerate() {
            for text in texts {
                let mut access = honest();
                spoil(&mut access, text);
                add_to(&home, &files, "R-1", &access, true).expect_err(text);
                isolated::make(&home, "R-1", &access, str::to_owned).expect_err(text);
                assert!(!file.exists() && own() == 0, "{field} {text:?}");
            }
        }
        // A name that leads out of the folder, or another proxy than the user's own.
        for integration in ["../k8s", "a/../../b", "..", "", "K8S", "-"] {
            let access = KubernetesAccess { integration: integration.to_owned(), ..honest() };
            isolated::make(&home, "R-1", &access, str::to_owned).expect_err(integration);
        }
        let extra = r#"{"integration":"k8s","server":"https://k","ca":null,"tls_server_name":null,
            "namespaces":[],"proxy_url":"http://evil","exec":{"command":"/bin/sh"}}"#;
        let access = serde_json::from_str(extra).expect("unknown fields are nothing to us");
        let made = isolated::make(&home, "R-1", &access, str::to_owned).expect("it is honest");
        let text = std::fs::read_to_string(made.path).expect("a file");
        assert!(!text.contains("proxy") && !text.contains("/bin/sh"), "{text}");
        assert!(text.contains("current-context: bellhop-k8s\n"), "{text}");
        isolated::make(&home, "R-1", &honest(), str::to_owned).expect("it is honest");
        assert_eq!(own(), 1);
    }
}
