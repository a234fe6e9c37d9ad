//! What a closer look finds: other installations' leftovers, and plugins that are not there.

use std::os::unix::fs::PermissionsExt as _;

use super::*;
use crate::Connector as _;

/// A grant's binding with this mark and deadline, in customer1.
fn marked(name: &str, installation: &str, deadline: &str) -> Value {
    let labels = json!({ "bellhop/installation": installation, "bellhop/part": "grant" });
    let mut binding = binding(name, &labels);
    binding["metadata"]["annotations"] = json!({ "bellhop/deadline": deadline });
    binding
}

async fn looked_at(items: Vec<Value>) -> (crate::Diagnosis, Vec<Seen>) {
    let scripted = Scripted::new(move |call| match call.line().as_str() {
        "GET rolebindings" => Some(Reply::Json(200, json!({ "items": items }))),
        _ => None,
    });
    let found = scripted.kube.diagnose(installation()).await;
    (found, scripted.seen())
}

#[tokio::test]
async fn p25_what_another_installation_left_is_named_and_never_touched() {
    let ours = installation().to_string();
    let hour_ago = "2026-03-04T11:00:00Z";
    let (found, seen) = looked_at(vec![
        marked("bellhop-late", "other-1", hour_ago),
        marked("bellhop-later", "other-2", "2026-03-01T12:00:00Z"),
        marked("bellhop-ours", &ours, hour_ago),
        marked("bellhop-in-time", "other-1", "2026-03-04T13:00:00Z"),
        marked("bellhop-just-now", "other-1", "2026-03-04T11:55:00Z"),
        marked("bellhop-odd", "other-1", "tomorrow"),
        marked("a;$(reboot)\u{1b}[2J", "other-1", hour_ago),
    ])
    .await;
    assert_eq!(found.unseen, Vec::<String>::new());
    let told: Vec<_> =
        found.overdue.iter().map(|o| (o.installation.as_str(), o.what.as_str())).collect();
    assert_eq!(
        told,
        [
            ("other-2", "RoleBinding bellhop-later to edit in customer1"),
            ("other-1", "RoleBinding bellhop-late to edit in customer1"),
            ("other-1", "RoleBinding a;$(reboot) [2J to edit in customer1"),
        ]
    );
    let binding = ("customer1".to_owned(), "bellhop-later".to_owned());
    assert_eq!(found.overdue[0].binding, Some(binding));
    assert!(seen.iter().all(|call| call.method == "GET"), "{seen:?}");
}

#[tokio::test]
async fn what_cannot_be_listed_is_said_and_the_rest_is_told() {
    let scripted = Scripted::new(|call| match call.line().as_str() {
        "GET rolebindings" => Some(status(403, "Forbidden", "no", "")),
        _ => None,
    });
    let found = scripted.kube.diagnose(installation()).await;
    assert_eq!((found.overdue.len(), found.unseen.len()), (0, 1), "{found:?}");
    assert!(found.unseen[0].contains("rolebindings"), "{found:?}");
}

#[tokio::test]
async fn a_plugin_that_is_not_on_the_stored_path_is_missed() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config");
    std::fs::write(
        &config,
        "apiVersion: v1\nkind: Config\nclusters: [{name: c, cluster: {server: 'https://x:1'}}]\n\
         contexts: [{name: admin, context: {cluster: c, user: u}}]\n\
         users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1beta1, \
         command: sign-in}}}]\n",
    )
    .unwrap();
    let bin = folder.path().join("bin");
    std::fs::create_dir(&bin).unwrap();
    let shell = Shell {
        path: Some(format!("/nowhere:{}", bin.display())),
        https_proxy: Some("http://dana:secret@proxy:3128".to_owned()),
        no_proxy: Some("10.0.0.0/8".to_owned()),
    };
    let credential = Credential::Kubeconfig {
        files: vec![config],
        context: "admin".to_owned(),
        accept_stuck: true,
    };
    let settings = Settings { credential, shell: shell.clone(), ..settings() };
    let nobody = client(Arc::default(), Arc::new(|_: &Seen| None));
    let clock = Arc::new(ManualClock::at(noon()));
    let kube = Kubernetes::with_client(settings, nobody, Arc::new(Memory::default()), clock);

    let found = kube.diagnose(installation()).await;
    let plugin = found.plugin.clone().unwrap();
    assert_eq!((plugin.command.as_str(), plugin.found), ("sign-in", None));
    assert_eq!((&found.path, &found.no_proxy), (&shell.path, &shell.no_proxy));
    assert_eq!(found.https_proxy.as_deref(), Some("http://***@proxy:3128"));

    let program = bin.join("sign-in");
    std::fs::write(&program, "#!/bin/sh\n").unwrap();
    let mode = |mode| std::fs::set_permissions(&program, std::fs::Permissions::from_mode(mode));
    mode(0o600).unwrap();
    assert_eq!(kube.diagnose(installation()).await.plugin.unwrap().found, None, "no program");
    mode(0o700).unwrap();
    assert_eq!(kube.diagnose(installation()).await.plugin.unwrap().found, Some(program.clone()));
}
