//! Disconnecting takes away what connecting and granting made, and what nobody else needs. On
//! sample clusters, each a test's own: a real one is shared by tests that run beside this.

#![expect(
    clippy::unwrap_used,
    clippy::unwrap_in_result,
    clippy::panic,
    reason = "a test stops at the first thing that is not as it should be"
)]

#[expect(dead_code, reason = "shared with the tests on a real cluster")]
mod real;

use bellhop_connectors::kubernetes::{ConnectOptions, Departure, disconnect};
use bellhop_connectors::{Connector as _, Fault};
use k8s_openapi::api::core::v1::{Namespace, ServiceAccount};
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, Role, RoleBinding};
use kube::api::{Api, ListParams};
use kube::{Client, Resource};
use real::{Ground, World, admin_context, clock};

async fn names<K>(client: &Client, selector: &str) -> Vec<String>
where
    K: Resource<DynamicType = ()> + Clone + std::fmt::Debug + serde::de::DeserializeOwned,
{
    let found: Api<K> = Api::all(client.clone());
    let found = found.list(&ListParams::default().labels(selector)).await.unwrap();
    found.items.into_iter().filter_map(|one| one.meta().name.clone()).collect()
}

/// Everything that carries Bellhop's mark, or an installation's.
async fn marked(client: &Client, selector: &str) -> Vec<String> {
    [
        names::<ServiceAccount>(client, selector).await,
        names::<Role>(client, selector).await,
        names::<RoleBinding>(client, selector).await,
        names::<ClusterRole>(client, selector).await,
        names::<ClusterRoleBinding>(client, selector).await,
        names::<Namespace>(client, selector).await,
    ]
    .concat()
}

async fn granted(world: &mut World) {
    let account = world.account();
    let order = world.order("customer1", "edit", &account);
    let before = world.kube.prepare(&order).await.unwrap();
    world.kube.apply(&order, &before).await.unwrap();
}

fn of(world: &World) -> Departure {
    Departure {
        integration: "k8s-real".to_owned(),
        installation: world.installation,
        pin: world.settings.pin.clone(),
    }
}

async fn left(ground: &Ground, leaving: &Departure) -> Result<Vec<String>, Fault> {
    disconnect(leaving, &admin_context(&ground.file), clock().as_ref()).await
}

#[tokio::test]
async fn whoever_leaves_last_leaves_nothing() {
    for namespaces in [None, Some(vec!["customer1".to_owned(), "customer2".to_owned()])] {
        let ground = Ground::sample().await;
        let choose = |options: &mut ConnectOptions| options.namespaces = namespaces;
        let mut world = World::connect(&ground.file, choose).await;
        granted(&mut world).await;
        let removed = left(&ground, &of(&world)).await.unwrap();
        assert!(removed.iter().any(|what| what == "namespaces bellhop-system"), "{removed:?}");
        let mark = "app.kubernetes.io/managed-by=bellhop";
        assert_eq!(marked(&world.admin, mark).await, Vec::<String>::new());
        assert_eq!(left(&ground, &of(&world)).await.unwrap(), Vec::<String>::new(), "again");
    }
}

#[tokio::test]
async fn p25_another_installation_keeps_what_is_its_own() {
    let ground = Ground::sample().await;
    let mut stays = World::connect(&ground.file, |_| {}).await;
    granted(&mut stays).await;
    let of_stays = format!("bellhop/installation={}", stays.installation);
    let before = marked(&stays.admin, &of_stays).await;
    let mut leaves = World::connect(&ground.file, |_| {}).await;
    granted(&mut leaves).await;
    left(&ground, &of(&leaves)).await.unwrap();
    assert_eq!(marked(&stays.admin, &of_stays).await, before);
    assert_eq!(stays.kube.check().await.unwrap().missing_rights, Vec::<String>::new());
    let of_leaves = format!("bellhop/installation={}", leaves.installation);
    assert_eq!(marked(&stays.admin, &of_leaves).await, Vec::<String>::new());
}

#[tokio::test]
async fn p25_another_cluster_is_left_alone() {
    let (ground, other) = (Ground::sample().await, Ground::sample().await);
    let world = World::connect(&ground.file, |_| {}).await;
    let beside = World::connect(&other.file, |_| {}).await;
    let refused = left(&other, &of(&world)).await.unwrap_err();
    let Fault::WrongSystem(said) = &refused else { panic!("{refused:?}") };
    assert!(said.contains(&world.settings.pin), "{said}");
    assert_eq!(beside.kube.check().await.unwrap().missing_rights, Vec::<String>::new());
}
