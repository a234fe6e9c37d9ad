//! A look before connecting: what it finds, that each failure says what to do, and that it makes and
//! tells nothing. On sample clusters, each a test's own.

#![expect(
    clippy::unwrap_used,
    clippy::unwrap_in_result,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first thing that is not as it should be"
)]

#[expect(dead_code, reason = "shared with the tests on a real cluster")]
mod real;

use bellhop_connectors::kubernetes::{AdminContext, ConnectOptions, preview};
use bellhop_connectors::{About, Finding, Flaw, Preview};
use bellhop_domain::ids::uuid_at;
use bellhop_domain::{Clock as _, InstallationId, SystemClock};
use kube::config::Kubeconfig;
use real::{Ground, World, admin_context, clock, random_bytes};
use secrecy::{ExposeSecret as _, SecretString};

fn options() -> ConnectOptions {
    let installation = InstallationId(uuid_at(SystemClock.now(), random_bytes()));
    ConnectOptions::new("k8s-new", installation)
}

async fn looked(ground: &Ground, choose: impl FnOnce(&mut ConnectOptions)) -> Preview {
    let mut options = options();
    choose(&mut options);
    preview(&options, &admin_context(&ground.file), clock().as_ref()).await
}

fn passed(preview: &Preview, about: About) -> bool {
    matches!(preview.of(about), Some(Finding::Passed(_)))
}

fn flaw(preview: &Preview, about: About) -> Flaw {
    match preview.of(about) {
        Some(Finding::Failed(flaw)) => flaw.clone(),
        other => panic!("{about:?} is {other:?} in {preview:?}"),
    }
}

/// Changes the kubeconfig of a ground.
fn rewritten(ground: &Ground, change: impl FnOnce(&mut Kubeconfig)) {
    let mut config = Kubeconfig::read_from(&ground.file).unwrap();
    change(&mut config);
    let mut json = serde_json::to_value(&config).unwrap();
    // Secrets are not written by themselves.
    for (user, kept) in json["users"].as_array_mut().unwrap().iter_mut().zip(&config.auth_infos) {
        let token = kept.auth_info.as_ref().and_then(|auth| auth.token.as_ref());
        user["user"]["token"] = token.map(|token| token.expose_secret().into()).unwrap_or_default();
    }
    std::fs::write(&ground.file, json.to_string()).unwrap();
}

fn with_token(ground: &Ground, token: &str) {
    rewritten(ground, |config| {
        let user = config.auth_infos.first_mut().unwrap().auth_info.as_mut().unwrap();
        user.token = Some(SecretString::from(token.to_owned()));
    });
}

#[tokio::test]
async fn all_is_well_and_nothing_is_made() {
    let ground = Ground::sample().await;
    let places = |o: &mut ConnectOptions| o.namespaces = Some(vec!["customer1".to_owned()]);
    for found in [looked(&ground, |_| ()).await, looked(&ground, places).await] {
        assert!(About::ALL.iter().all(|about| passed(&found, *about)), "{found:?}");
        assert!(found.pin.is_some() && found.version.is_some() && found.server.is_some());
    }
    let kube = World::connect(&ground.file, |_| ()).await;
    // Connecting made the namespace only now.
    let spaces: kube::Api<k8s_openapi::api::core::v1::ServiceAccount> =
        kube::Api::namespaced(kube.admin.clone(), "bellhop-system");
    let there = spaces.list(&kube::api::ListParams::default()).await.unwrap();
    let named = |name: &str| {
        there.items.iter().filter(|one| one.metadata.name.as_deref() == Some(name)).count()
    };
    assert_eq!(named("bellhop"), 0, "the look made no account: {there:?}");
}

#[tokio::test]
async fn a_cluster_that_is_down_is_not_reached() {
    let ground = Ground::sample().await;
    rewritten(&ground, |config| {
        let cluster = config.clusters.first_mut().unwrap().cluster.as_mut().unwrap();
        cluster.server = Some("https://127.0.0.1:9".to_owned());
    });
    let found = looked(&ground, |_| ()).await;
    let flaw = flaw(&found, About::Reach);
    assert_eq!(flaw.why, "nothing answers at https://127.0.0.1:9");
    assert!(flaw.next.contains("VPN") && flaw.command.contains(&"--context".to_owned()));
    assert_eq!(found.of(About::Rights), Some(&Finding::NotSeen));
}

#[tokio::test]
async fn an_authority_of_its_own_has_to_be_in_the_kubeconfig() {
    let ground = Ground::sample().await;
    rewritten(&ground, |config| {
        let cluster = config.clusters.first_mut().unwrap().cluster.as_mut().unwrap();
        cluster.certificate_authority_data = None;
    });
    let found = looked(&ground, |_| ()).await;
    assert!(passed(&found, About::Reach), "{found:?}");
    let flaw = flaw(&found, About::Trust);
    assert!(flaw.command.contains(&"--certificate-authority=ca.crt".to_owned()), "{flaw:?}");
    assert!(!flaw.details.is_empty());
}

#[tokio::test]
async fn a_credential_that_is_not_accepted_is_told_without_it() {
    let ground = Ground::sample().await;
    with_token(&ground, "s3cret-token");
    let found = looked(&ground, |_| ()).await;
    assert!(passed(&found, About::Trust), "{found:?}");
    let flaw = flaw(&found, About::Credential);
    assert!(flaw.why.contains("does not accept the credential"), "{flaw:?}");
    assert!(!format!("{found:?}").contains("s3cret"), "{found:?}");
}

#[tokio::test]
async fn rights_that_are_missing_are_told_by_name() {
    let ground = Ground::sample().await;
    let mut world = World::connect(&ground.file, |_| ()).await;
    let account = world.account();
    let order = world.order("customer1", "view", &account);
    let before = bellhop_connectors::Connector::prepare(&world.kube, &order).await.unwrap();
    bellhop_connectors::Connector::apply(&world.kube, &order, &before).await.unwrap();
    let minted = bellhop_connectors::Connector::mint(&world.kube, &order, order.deadline).await;
    with_token(&ground, minted.unwrap().token.expose_secret());
    let found = looked(&ground, |_| ()).await;
    assert!(passed(&found, About::Credential), "{found:?}");
    let flaw = flaw(&found, About::Rights);
    for right in ["create clusterroles", "create serviceaccounts/token bellhop in bellhop-system"] {
        assert!(flaw.missing.iter().any(|one| one == right), "{right}: {:?}", flaw.missing);
    }
    assert!(flaw.next.contains("cluster admin"));
}

#[tokio::test]
async fn what_is_not_there_is_named() {
    let ground = Ground::sample().await;
    let absent = |o: &mut ConnectOptions| {
        o.offered.push(bellhop_connectors::kubernetes::OfferedRole::cluster_role("payroll"));
        o.namespaces = Some(vec!["customer1".to_owned(), "nowhere".to_owned()]);
    };
    let found = looked(&ground, absent).await;
    assert!(flaw(&found, About::Permissions).why.contains("clusterrole payroll"), "{found:?}");
    assert!(flaw(&found, About::Places).why.contains("namespace nowhere"), "{found:?}");
    let admin = AdminContext { context: "gone".to_owned(), ..admin_context(&ground.file) };
    let found = preview(&options(), &admin, clock().as_ref()).await;
    assert!(flaw(&found, About::Context).why.contains("no such context"), "{found:?}");
}
