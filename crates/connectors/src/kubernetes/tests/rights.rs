use super::super::manifest::documents;
use super::super::{ConnectOptions, manifest};
use super::*;
use crate::Connector as _;

fn options() -> ConnectOptions {
    ConnectOptions::new("k8s-demo", installation())
}

#[tokio::test]
async fn missing_rights_are_named() {
    let world = Scripted::new(|call| {
        let asked = &call.body["spec"]["resourceAttributes"];
        let missing =
            [("create", "rolebindings"), ("bind", "clusterroles"), ("list", "serviceaccounts")];
        match call.line().as_str() {
            "POST selfsubjectaccessreviews" => {
                let is = |(verb, resource): &(&str, &str)| {
                    asked["verb"] == *verb && asked["resource"] == *resource
                };
                Some(allowed(!missing.iter().any(is)))
            }
            line if line.ends_with("version") => {
                Some(Reply::Json(200, json!({ "gitVersion": "v1.20.2" })))
            }
            _ => None,
        }
    });
    assert_eq!(
        world.kube.check().await.unwrap().missing_rights,
        [
            "create rolebindings in every namespace",
            "bind clusterrole view",
            "bind clusterrole edit",
            "list serviceaccounts in bellhop-system",
        ]
    );
}

#[test]
fn the_manifest_gives_what_the_design_lists_and_no_more() {
    let yaml = manifest(&options());
    let rules: Vec<&str> = yaml
        .lines()
        .map(str::trim)
        .filter(|line| {
            ["- apiGroups", "resources:", "verbs:", "resourceNames:"]
                .iter()
                .any(|key| line.starts_with(key))
        })
        .collect();
    assert_eq!(
        rules,
        [
            "- apiGroups: [\"\"]",
            "resources: [\"namespaces\"]",
            "verbs: [\"get\", \"list\", \"watch\"]",
            "- apiGroups: [\"rbac.authorization.k8s.io\"]",
            "resources: [\"roles\", \"clusterroles\"]",
            "verbs: [\"get\", \"list\", \"watch\"]",
            "- apiGroups: [\"rbac.authorization.k8s.io\"]",
            "resources: [\"rolebindings\"]",
            "verbs: [\"get\", \"list\", \"watch\", \"create\", \"patch\", \"delete\"]",
            "- apiGroups: [\"rbac.authorization.k8s.io\"]",
            "resources: [\"clusterroles\"]",
            "verbs: [\"bind\"]",
            "resourceNames: [\"view\", \"edit\"]",
            "- apiGroups: [\"\"]",
            "resources: [\"serviceaccounts\"]",
            "verbs: [\"get\", \"list\", \"create\", \"delete\"]",
            "- apiGroups: [\"\"]",
            "resources: [\"serviceaccounts/token\"]",
            "verbs: [\"create\"]",
        ]
    );
    assert_eq!(yaml.matches("\n  # ").count(), 6, "every rule says why");
}

#[test]
fn with_listed_namespaces_no_right_reaches_beyond_them() {
    let mut options = options();
    options.namespaces = Some(vec!["customer1".to_owned(), "customer2".to_owned()]);
    options
        .offered
        .push(OfferedRole::Role { namespace: "customer2".to_owned(), name: "deployer".to_owned() });
    options.validate().unwrap();
    let all = documents(&options);
    let cluster: Vec<_> =
        all.iter().filter(|one| one.yaml.contains("kind: ClusterRole\nmetadata")).collect();
    let [only] = cluster.as_slice() else { panic!("{cluster:?}") };
    assert!(only.yaml.contains("resources: [\"clusterroles\"]\n    verbs: [\"get\"]\n    resourceNames: [\"view\", \"edit\"]"));
    assert_eq!(only.yaml.matches("apiGroups").count(), 1);
    let places: Vec<_> = all.iter().filter_map(|one| one.namespace.as_deref()).collect();
    assert_eq!(places.len(), 9, "{places:?}");
    let deployer: Vec<_> = all
        .iter()
        .filter(|one| one.yaml.contains("deployer"))
        .map(|one| one.namespace.as_deref())
        .collect();
    assert_eq!(deployer, [Some("customer2")]);
}

#[test]
fn names_that_could_say_something_else_in_yaml_or_an_address_are_refused() {
    let change: [fn(&mut ConnectOptions); 7] = [
        |o| o.account = "Bell hop".to_owned(),
        |o| o.account = "default".to_owned(),
        |o| o.offered = Vec::new(),
        |o| o.offered = vec![OfferedRole::cluster_role("a/b")],
        |o| {
            o.offered = vec![
                OfferedRole::cluster_role("x"),
                OfferedRole::Role { namespace: "n".to_owned(), name: "x".to_owned() },
            ];
        },
        |o| o.namespaces = Some(vec!["a\"]".to_owned()]),
        |o| o.namespaces = Some(vec!["bellhop-system".to_owned()]),
    ];
    for change in change {
        let mut options = options();
        change(&mut options);
        assert!(matches!(options.validate(), Err(Fault::Impossible(_))), "{options:?}");
    }
}
