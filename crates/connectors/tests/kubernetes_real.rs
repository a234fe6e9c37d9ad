//! One grant from connect to gone, against a real API server and as exactly the least rights; and
//! the same against the sample cluster.
//!
//! `BELLHOP_TEST_KUBECONFIG` names an admin's kubeconfig of a real cluster with the namespaces
//! `customer1` and `customer2`. Without it the tests on that say so and pass; in CI they fail.

#![expect(
    clippy::unwrap_used,
    clippy::unwrap_in_result,
    clippy::panic,
    reason = "a test stops at the first thing that is not as it should be"
)]

#[expect(dead_code, reason = "shared with the conformance tests")]
mod real;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bellhop_connectors::kubernetes::{
    AdminContext, ConnectOptions, Kubernetes, Leftover, OfferedRole, connect, direct,
};
use bellhop_connectors::{Account, Connector as _, Fault, Leaving, Presence, Probe, Revoked};
use bellhop_domain::ids::uuid_at;
use bellhop_domain::{Clock as _, Found, InstallationId, SystemClock};
use chrono::TimeDelta;
use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, Role, RoleBinding};
use kube::api::{Api, DeleteParams, ListParams, PostParams};

use real::{
    Ground, Memory, World, admin_context, clock, leaving, may_list_pods, random_bytes, say,
};

/// Makes a test of each story on a real cluster, and one on the sample cluster.
macro_rules! stories {
    ($($story:ident)*) => {
        mod on_a_real_cluster {
            $(#[tokio::test]
            async fn $story() {
                if let Some(ground) = super::Ground::real() {
                    super::$story(&ground).await;
                }
            })*
        }

        mod on_the_sample_cluster {
            $(#[tokio::test]
            async fn $story() {
                super::$story(&super::Ground::sample().await).await;
            })*
        }
    };
}

stories! {
    a_grant_from_connect_to_gone
    t11_overlaps_end_one_by_one_and_standing_access_stays
    p25_listed_namespaces_get_rights_in_those_only
    a_kubeconfig_is_used_directly_only_by_choice
    connecting_says_what_is_wrong
    t11_two_installations_share_a_cluster_and_leave_each_other_alone
    the_way_to_usable_beside_the_bare_calls
}

async fn a_grant_from_connect_to_gone(ground: &Ground) {
    let mut world = World::connect(&ground.file, |_| {}).await;
    let health = world.kube.check().await.unwrap();
    assert_eq!(
        (health.missing_rights, health.warnings),
        (Vec::new(), Vec::new()),
        "{}",
        health.version
    );
    say(&format!("connected to {} as {:?}", health.version, world.settings.credential));

    let account = world.account();
    let order = world.order("customer1", "edit", &account);
    let began = Instant::now();
    let before = world.kube.prepare(&order).await.unwrap();
    let prepared = began.elapsed();
    world.kube.apply(&order, &before).await.unwrap();
    let applied = began.elapsed();
    world.probe_until(&order, &before, |one| matches!(one, Probe::Usable(_))).await;
    say(&format!(
        "prepare {prepared:?}, apply {:?}, usable after {:?}",
        applied.saturating_sub(prepared),
        began.elapsed()
    ));
    assert_eq!(before.found, Found::Absent);
    assert_eq!(world.kube.read(&order).await.unwrap(), Presence::Ours);
    world.kube.target(&order, &before).await.unwrap();
    // A lost reply: the same again is a success.
    assert!(world.kube.prepare(&order).await.is_ok());
    world.kube.apply(&order, &before).await.unwrap();

    let minted = world.kube.mint(&order, order.deadline).await.unwrap();
    let life = minted.expires_at - SystemClock.now();
    assert!(life > TimeDelta::minutes(58) && life <= TimeDelta::minutes(61), "{life}");
    let short = world.kube.mint(&order, SystemClock.now() + TimeDelta::minutes(1)).await.unwrap();
    assert!(short.expires_at - SystemClock.now() > TimeDelta::minutes(9));
    let grantee = world.as_bearer(&minted.token).await;
    assert!(may_list_pods(&grantee, "customer1").await);
    assert!(!may_list_pods(&grantee, "customer2").await);

    let left = world.kube.leftovers(world.installation).await.unwrap();
    assert_eq!(left.len(), 2, "{left:?}");

    let began = Instant::now();
    assert_eq!(world.kube.revoke(&order, &leaving(Account::Remove)).await.unwrap(), Revoked::Done);
    let revoked = began.elapsed();
    assert!(!may_list_pods(&grantee, "customer1").await);
    world.probe_until(&order, &before, |one| matches!(one, Probe::Refused(_))).await;
    say(&format!("revoked in {revoked:?}, shown refused after {:?}", began.elapsed()));
    assert_eq!(world.kube.read(&order).await.unwrap(), Presence::Absent);
    assert_eq!(
        world.kube.revoke(&order, &leaving(Account::Remove)).await.unwrap(),
        Revoked::AlreadyGone
    );
    assert_eq!(world.kube.leftovers(world.installation).await.unwrap(), Vec::new());

    let bindings: Api<RoleBinding> = Api::namespaced(world.admin.clone(), "customer1");
    let ours = format!("bellhop/installation={}", world.installation);
    assert_eq!(bindings.list(&ListParams::default().labels(&ours)).await.unwrap().items.len(), 0);
    let accounts: Api<ServiceAccount> = Api::namespaced(world.admin.clone(), "bellhop-system");
    assert!(accounts.get_opt(&account).await.unwrap().is_none());
    world.remove_rights().await;
}

async fn t11_overlaps_end_one_by_one_and_standing_access_stays(ground: &Ground) {
    let mut world = World::connect(&ground.file, |_| {}).await;
    let account = world.account();
    let wide = world.order("customer1", "edit", &account);
    let wide_before = world.kube.prepare(&wide).await.unwrap();
    world.kube.apply(&wide, &wide_before).await.unwrap();
    world.probe_until(&wide, &wide_before, |one| matches!(one, Probe::Usable(_))).await;

    // The same again adds nothing, and still has an object of its own.
    let same = world.order("customer1", "view", &account);
    let same_before = world.kube.prepare(&same).await.unwrap();
    world.kube.apply(&same, &same_before).await.unwrap();
    let answer = world.kube.probe(&same, &same_before).await.unwrap();
    assert!(matches!(answer, Probe::NothingToAsk(_)), "{answer:?}");

    assert_eq!(world.kube.revoke(&wide, &leaving(Account::Keep)).await.unwrap(), Revoked::Done);
    world.probe_until(&wide, &wide_before, |one| matches!(one, Probe::Refused(_))).await;
    assert_eq!(world.kube.read(&same).await.unwrap(), Presence::Ours);
    let token = world.kube.mint(&same, same.deadline).await.unwrap().token;
    assert!(may_list_pods(&world.as_bearer(&token).await, "customer1").await);

    // Somebody binds the account by hand: found after the end, removed and reported.
    let bindings: Api<RoleBinding> = Api::namespaced(world.admin.clone(), "customer1");
    let by_hand: RoleBinding = serde_json::from_value(serde_json::json!({
        "metadata": { "name": account },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "admin" },
        "subjects": [
            { "kind": "ServiceAccount", "name": account, "namespace": "bellhop-system" },
        ],
    }))
    .unwrap();
    bindings.create(&PostParams::default(), &by_hand).await.unwrap();
    let found = world.kube.revoke(&same, &leaving(Account::Remove)).await.unwrap();
    let Revoked::Others(recorded) = found else { panic!("{found:?}") };
    assert!(recorded.iter().any(|what| what.contains(&account)), "{recorded:?}");
    assert!(bindings.get_opt(&account).await.unwrap().is_some(), "it is not on record yet");
    let told = Leaving { recorded, ..leaving(Account::Remove) };
    assert_eq!(world.kube.revoke(&same, &told).await.unwrap(), Revoked::AlreadyGone);
    assert!(bindings.get_opt(&account).await.unwrap().is_none());
    assert_eq!(world.kube.leftovers(world.installation).await.unwrap(), Vec::new());
    world.remove_rights().await;
}

async fn p25_listed_namespaces_get_rights_in_those_only(ground: &Ground) {
    let choose = |options: &mut ConnectOptions| {
        options.namespaces = Some(vec!["customer1".to_owned()]);
    };
    let mut world = World::connect(&ground.file, choose).await;
    assert_eq!(world.kube.check().await.unwrap().missing_rights, Vec::<String>::new());
    let account = world.account();
    let order = world.order("customer1", "view", &account);
    let before = world.kube.prepare(&order).await.unwrap();
    world.kube.apply(&order, &before).await.unwrap();
    world.probe_until(&order, &before, |one| matches!(one, Probe::Usable(_))).await;

    let elsewhere = world.order("customer2", "view", &account);
    let fault = world.kube.prepare(&elsewhere).await.unwrap_err();
    assert!(fault.to_string().contains("without rights in customer2"), "{fault}");

    let found = world.kube.discover().await.unwrap();
    let names = found.iter().flat_map(|kind| &kind.resources).map(|one| one.name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["customer1"]);
    let left = world.kube.leftovers(world.installation).await.unwrap();
    assert_eq!(left.len(), 2, "{left:?}");
    for one in &left {
        assert_eq!(world.kube.remove(one).await.unwrap(), Revoked::Done, "{one:?}");
    }
    assert!(
        left.iter().any(|one| matches!(one, Leftover::Account { name, .. } if *name == account))
    );
    world.probe_until(&order, &before, |one| matches!(one, Probe::Refused(_))).await;

    // Without the manifest's rights every missing one is named.
    let roles: Api<Role> = Api::namespaced(world.admin.clone(), "customer1");
    let name = world.own_account().unwrap();
    roles.delete(&name, &DeleteParams::default()).await.unwrap();
    let began = Instant::now();
    loop {
        let missing = world.kube.check().await.unwrap().missing_rights;
        let all = ["create rolebindings in customer1", "bind clusterrole edit in customer1"];
        if all.iter().all(|one| missing.iter().any(|named| named == one)) {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(5), "{missing:?}");
    }
    let namespaced = |name: &str| Api::<RoleBinding>::namespaced(world.admin.clone(), name);
    namespaced("customer1").delete(&name, &DeleteParams::default()).await.unwrap();
    world.remove_rights().await;
}

async fn a_kubeconfig_is_used_directly_only_by_choice(ground: &Ground) {
    let installation = InstallationId(uuid_at(SystemClock.now(), random_bytes()));
    let mut options = ConnectOptions::new("k8s-direct", installation);
    options.offered = vec![OfferedRole::cluster_role("view")];
    let context = admin_context(&ground.file);
    let settings = direct(&options, &context, false, clock()).await.unwrap();
    let kube = Kubernetes::open(settings, Arc::new(Memory::default()), clock()).unwrap();
    assert_eq!(kube.check().await.unwrap().missing_rights, Vec::<String>::new());

    // The benchmark's other side: what the bare calls of one grant take.
    let began = Instant::now();
    let pin = kube.pin().await.unwrap();
    say(&format!("one bare read takes {:?} ({pin})", began.elapsed()));

    let missing = AdminContext { context: "nobody".to_owned(), ..context.clone() };
    let fault = direct(&options, &missing, false, clock()).await.unwrap_err();
    assert!(fault.to_string().contains(&context.context), "{fault}");
    assert_eq!(pin.len(), 36);
}

async fn connecting_says_what_is_wrong(ground: &Ground) {
    let mut world = World::connect(&ground.file, |_| {}).await;
    let account = world.account();
    let order = world.order("customer1", "view", &account);
    let before = world.kube.prepare(&order).await.unwrap();
    world.kube.apply(&order, &before).await.unwrap();
    let token = world.kube.mint(&order, order.deadline).await.unwrap().token;

    let dir = tempfile::tempdir().unwrap();
    let installation = InstallationId(uuid_at(SystemClock.now(), random_bytes()));
    let options = ConnectOptions::new("k8s-real", installation);
    let store = Memory::default();
    let ca = world.settings.ca.clone().unwrap();
    let file = dir.path().join("config");
    for (ca, words) in
        [(Some(ca), "a right is missing: get namespaces kube-system"), (None, "is not trusted")]
    {
        std::fs::write(&file, world.kubeconfig_with(ca.as_deref(), &token)).unwrap();
        let fault = connect(&options, &admin_context(&file), &store, clock()).await.unwrap_err();
        assert!(fault.to_string().contains(words), "{fault}");
    }
    assert_eq!(world.kube.revoke(&order, &leaving(Account::Remove)).await.unwrap(), Revoked::Done);
    world.remove_rights().await;
}

async fn t11_two_installations_share_a_cluster_and_leave_each_other_alone(ground: &Ground) {
    let mut one = World::connect(&ground.file, |_| {}).await;
    let mut two = World::connect(&ground.file, |_| {}).await;
    let account = one.account();
    let order = one.order("customer2", "view", &account);
    let before = one.kube.prepare(&order).await.unwrap();
    one.kube.apply(&order, &before).await.unwrap();
    one.probe_until(&order, &before, |one| matches!(one, Probe::Usable(_))).await;

    assert_eq!(two.kube.leftovers(two.installation).await.unwrap(), Vec::new());
    // Not even an account of the same name is taken over or removed.
    let same = two.order("customer2", "view", &account);
    assert!(matches!(two.kube.prepare(&same).await, Err(Fault::Impossible(_))));
    assert!(two.kube.revoke(&same, &leaving(Account::Remove)).await.is_err());
    let answer = one.kube.probe(&order, &before).await.unwrap();
    assert!(matches!(answer, Probe::Usable(_)), "{answer:?}");

    // The rights of one cannot be overwritten by connecting the other under its account's name.
    let mut options = ConnectOptions::new("k8s-real", two.installation);
    options.account = one.own_account().unwrap();
    let fault = connect(&options, &admin_context(&ground.file), &Memory::default(), clock()).await;
    let fault = fault.unwrap_err().to_string();
    assert!(fault.contains("belongs to another Bellhop"), "{fault}");

    // Connecting again with fewer namespaces takes the wide rights away.
    options.installation = one.installation;
    options.namespaces = Some(vec!["customer2".to_owned()]);
    connect(&options, &admin_context(&ground.file), &Memory::default(), clock()).await.unwrap();
    let wide: Api<ClusterRoleBinding> = Api::all(one.admin.clone());
    let role: Api<ClusterRole> = Api::all(one.admin.clone());
    let rules = role.get(&options.account).await.unwrap().rules.unwrap();
    assert!(wide.get_opt(&options.account).await.unwrap().is_some());
    assert_eq!(rules.len(), 1, "only to read the offered roles: {rules:?}");

    assert_eq!(one.kube.revoke(&order, &leaving(Account::Remove)).await.unwrap(), Revoked::Done);
    one.probe_until(&order, &before, |one| matches!(one, Probe::Refused(_))).await;
    one.remove_rights().await;
    two.remove_rights().await;
}

/// What a grant costs beside the bare calls that nobody can do without, on warm connections.
async fn the_way_to_usable_beside_the_bare_calls(ground: &Ground) {
    let mut world = World::connect(&ground.file, |_| {}).await;
    let (mut ours, mut bare, mut ends) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..20 {
        let account = world.account();
        let order = world.order("customer3", "edit", &account);
        let began = Instant::now();
        let before = world.kube.prepare(&order).await.unwrap();
        world.kube.apply(&order, &before).await.unwrap();
        world.probe_until(&order, &before, |one| matches!(one, Probe::Usable(_))).await;
        ours.push(began.elapsed());
        let began = Instant::now();
        world.kube.revoke(&order, &leaving(Account::Remove)).await.unwrap();
        world.probe_until(&order, &before, |one| matches!(one, Probe::Refused(_))).await;
        ends.push(began.elapsed());
        bare.push(world.bare_grant(&account).await);
    }
    let median = |all: &mut Vec<Duration>| {
        all.sort();
        all.get(all.len() / 2).copied().unwrap()
    };
    say(&format!(
        "median of 20: usable after {:?} (bare calls {:?}), shown refused after {:?}",
        median(&mut ours),
        median(&mut bare),
        median(&mut ends)
    ));
    world.remove_rights().await;
}
