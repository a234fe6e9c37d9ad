//! One grant from connect to gone, against a real API server and as exactly the least rights.
//!
//! `BELLHOP_TEST_KUBECONFIG` names an admin's kubeconfig of a cluster with the namespaces
//! `customer1` and `customer2`. Without it the test says so and passes; in CI it fails.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bellhop_connectors::kubernetes::{
    AdminContext, ConnectOptions, CredentialStore, Kubernetes, Leftover, OfferedRole, Settings,
    connect, direct,
};
use bellhop_connectors::{Account, Connector, Fault, Order, Presence, Probe, Revoked};
use bellhop_domain::ids::uuid_at;
use bellhop_domain::{Before, Clock, Found, GrantId, InstallationId, SystemClock};
use chrono::TimeDelta;
use k8s_openapi::api::core::v1::{Pod, ServiceAccount};
use k8s_openapi::api::rbac::v1::RoleBinding;
use kube::api::{Api, DeleteParams, ListParams, PostParams};
use kube::config::{AuthInfo, KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use secrecy::{ExposeSecret, SecretString};

#[derive(Default)]
struct Memory(Mutex<Option<SecretString>>);

impl CredentialStore for Memory {
    fn load(&self) -> Result<SecretString, Fault> {
        let kept = self.0.lock().unwrap().clone();
        kept.ok_or_else(|| Fault::NotAllowed("nothing was saved".to_owned()))
    }

    fn save(&self, secret: &SecretString) -> Result<(), Fault> {
        *self.0.lock().unwrap() = Some(secret.clone());
        Ok(())
    }
}

/// A connected cluster, an admin beside it, and names that no other test uses.
struct World {
    installation: InstallationId,
    kube: Kubernetes,
    settings: Settings,
    admin: Client,
    random: u8,
}

#[expect(clippy::disallowed_methods, reason = "a test reads which cluster it may use")]
fn kubeconfig() -> Option<PathBuf> {
    let file = std::env::var("BELLHOP_TEST_KUBECONFIG").ok().filter(|file| !file.is_empty());
    if file.is_none() {
        assert!(std::env::var("CI").is_err(), "CI has to set BELLHOP_TEST_KUBECONFIG");
        say("not run: set BELLHOP_TEST_KUBECONFIG to an admin's kubeconfig");
    }
    file.map(PathBuf::from)
}

#[expect(clippy::print_stderr, reason = "a test says what it did not run and how long it took")]
fn say(text: &str) {
    eprintln!("kubernetes_real: {text}");
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

fn random_bytes() -> [u8; 10] {
    use std::hash::{BuildHasher as _, RandomState};
    let bits = RandomState::new().hash_one(0).to_le_bytes();
    std::array::from_fn(|at| *bits.get(at % 8).unwrap())
}

fn admin_context(file: &Path) -> AdminContext {
    let config = Kubeconfig::read_from(file).unwrap();
    let context = config.current_context.unwrap();
    AdminContext { files: vec![file.to_owned()], context, ..AdminContext::default() }
}

impl World {
    async fn connect(file: &Path, choose: impl FnOnce(&mut ConnectOptions)) -> Self {
        let now = SystemClock.now();
        let installation = InstallationId(uuid_at(now, random_bytes()));
        let mut options = ConnectOptions::new("k8s-real", installation);
        options.account = format!("bellhop-{}", &installation.0.simple().to_string()[20..]);
        choose(&mut options);
        let store = Arc::new(Memory::default());
        let context = admin_context(file);
        let settings = connect(&options, &context, store.as_ref(), clock()).await.unwrap();
        let kube = Kubernetes::open(settings.clone(), store, clock()).unwrap();
        let config = Kubeconfig::read_from(file).unwrap();
        let config = Config::from_custom_kubeconfig(config, &KubeConfigOptions::default()).await.unwrap();
        let admin = Client::try_from(config).unwrap();
        Self { installation, kube, settings, admin, random: 0 }
    }

    fn order(&mut self, namespace: &str, permission: &str, account: &str) -> Order {
        self.random += 1;
        let now = SystemClock.now();
        let mut bytes = random_bytes();
        bytes[0] = self.random;
        Order {
            installation: self.installation,
            grant: GrantId(uuid_at(now, bytes)),
            target: format!("k8s-real/namespace/{namespace}:{permission}").parse().unwrap(),
            account: account.to_owned(),
            deadline: now + TimeDelta::hours(1),
        }
    }

    fn account(&self) -> String {
        let tail = &self.installation.0.simple().to_string()[20..];
        format!("p-{tail}-{}", u64::from_le_bytes(random_bytes()[..8].try_into().unwrap()))
    }

    async fn as_bearer(&self, token: &SecretString) -> Client {
        let mut config = Config::new(self.settings.server.parse().unwrap());
        let kubeconfig = format!(
            "{{\"clusters\":[{{\"name\":\"c\",\"cluster\":{{\"server\":\"{}\",\"certificate-authority-data\":\"{}\"}}}}],\
             \"contexts\":[{{\"name\":\"c\",\"context\":{{\"cluster\":\"c\"}}}}],\"current-context\":\"c\"}}",
            self.settings.server,
            self.settings.ca.clone().unwrap()
        );
        let kubeconfig = Kubeconfig::from_yaml(&kubeconfig).unwrap();
        let read = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await;
        config.root_cert = read.unwrap().root_cert;
        config.auth_info = AuthInfo { token: Some(token.clone()), ..AuthInfo::default() };
        Client::try_from(config).unwrap()
    }

    /// Asks until the answer is as wished, as the engine does; at most for a while.
    async fn probe_until(&self, order: &Order, before: &Before, wished: fn(&Probe) -> bool) -> Probe {
        let began = Instant::now();
        loop {
            let answer = self.kube.probe(order, before).await.unwrap();
            if wished(&answer) {
                return answer;
            }
            assert!(began.elapsed() < Duration::from_secs(5), "still {answer:?}");
        }
    }

    async fn remove_rights(&self) {
        // What connect made for this test alone.
        let name = match &self.settings.credential {
            bellhop_connectors::kubernetes::Credential::ServiceAccount { name } => name.clone(),
            bellhop_connectors::kubernetes::Credential::Kubeconfig { .. } => return,
        };
        let roles: Api<k8s_openapi::api::rbac::v1::ClusterRole> = Api::all(self.admin.clone());
        let bindings: Api<k8s_openapi::api::rbac::v1::ClusterRoleBinding> = Api::all(self.admin.clone());
        let accounts: Api<ServiceAccount> = Api::namespaced(self.admin.clone(), "bellhop-system");
        roles.delete(&name, &DeleteParams::default()).await.ok();
        bindings.delete(&name, &DeleteParams::default()).await.ok();
        accounts.delete(&name, &DeleteParams::default()).await.ok();
    }
}

async fn may_list_pods(client: &Client, namespace: &str) -> bool {
    let pods: Api<Pod> = Api::namespaced(client.clone(), namespace);
    match pods.list(&ListParams::default().limit(5)).await {
        Ok(_) => true,
        Err(kube::Error::Api(status)) if status.code == 403 => false,
        Err(error) => panic!("neither listed nor refused: {error}"),
    }
}

#[tokio::test]
async fn a_grant_from_connect_to_gone() {
    let Some(file) = kubeconfig() else { return };
    let mut world = World::connect(&file, |_| {}).await;
    let health = world.kube.check().await.unwrap();
    assert_eq!((health.missing_rights, health.warnings), (Vec::new(), Vec::new()), "{}", health.version);
    say(&format!("connected to {} as {:?}", health.version, world.settings.credential));

    let account = world.account();
    let order = world.order("customer1", "edit", &account);
    let began = Instant::now();
    let before = world.kube.prepare(&order).await.unwrap();
    let prepared = began.elapsed();
    world.kube.apply(&order, &before).await.unwrap();
    let applied = began.elapsed();
    world.probe_until(&order, &before, |one| matches!(one, Probe::Usable(_))).await;
    say(&format!("prepare {prepared:?}, apply {:?}, usable after {:?}", applied - prepared, began.elapsed()));
    assert_eq!(before.found, Found::Absent);
    assert_eq!(world.kube.read(&order).await.unwrap(), Presence::Ours);
    world.kube.target(&order, &before).await.unwrap();
    // A lost reply: the same again is a success.
    assert_eq!(world.kube.prepare(&order).await.is_ok(), true);
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
    assert_eq!(world.kube.revoke(&order, Account::Remove).await.unwrap(), Revoked::Done);
    let revoked = began.elapsed();
    assert!(!may_list_pods(&grantee, "customer1").await);
    world.probe_until(&order, &before, |one| matches!(one, Probe::Refused(_))).await;
    say(&format!("revoked in {revoked:?}, shown refused after {:?}", began.elapsed()));
    assert_eq!(world.kube.read(&order).await.unwrap(), Presence::Absent);
    assert_eq!(world.kube.revoke(&order, Account::Remove).await.unwrap(), Revoked::AlreadyGone);
    assert_eq!(world.kube.leftovers(world.installation).await.unwrap(), Vec::new());

    let bindings: Api<RoleBinding> = Api::namespaced(world.admin.clone(), "customer1");
    let ours = format!("bellhop/installation={}", world.installation);
    assert_eq!(bindings.list(&ListParams::default().labels(&ours)).await.unwrap().items.len(), 0);
    let accounts: Api<ServiceAccount> = Api::namespaced(world.admin.clone(), "bellhop-system");
    assert!(accounts.get_opt(&account).await.unwrap().is_none());
    world.remove_rights().await;
}

#[tokio::test]
async fn t11_overlaps_end_one_by_one_and_standing_access_stays() {
    let Some(file) = kubeconfig() else { return };
    let mut world = World::connect(&file, |_| {}).await;
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

    assert_eq!(world.kube.revoke(&wide, Account::Keep).await.unwrap(), Revoked::Done);
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
    let done = world.kube.revoke(&same, Account::Remove).await.unwrap();
    assert!(matches!(&done, Revoked::DoneWithOthers(all) if all[0].contains(&account)), "{done:?}");
    assert!(bindings.get_opt(&account).await.unwrap().is_none());
    assert_eq!(world.kube.leftovers(world.installation).await.unwrap(), Vec::new());
    world.remove_rights().await;
}

#[tokio::test]
async fn p25_listed_namespaces_get_rights_in_those_only() {
    let Some(file) = kubeconfig() else { return };
    let choose = |options: &mut ConnectOptions| {
        options.namespaces = Some(vec!["customer1".to_owned()]);
    };
    let mut world = World::connect(&file, choose).await;
    assert_eq!(world.kube.check().await.unwrap().missing_rights, Vec::<String>::new());
    let account = world.account();
    let order = world.order("customer1", "view", &account);
    let before = world.kube.prepare(&order).await.unwrap();
    world.kube.apply(&order, &before).await.unwrap();
    world.probe_until(&order, &before, |one| matches!(one, Probe::Usable(_))).await;

    let elsewhere = world.order("customer2", "view", &account);
    let fault = world.kube.prepare(&elsewhere).await.unwrap_err();
    assert!(fault.to_string().contains("without rights in customer2"), "{fault}");

    let found: BTreeMap<String, String> =
        world.kube.namespaces().await.unwrap().into_iter().map(|one| (one.name, one.uid)).collect();
    assert_eq!(found.keys().collect::<Vec<_>>(), ["customer1"]);
    let left = world.kube.leftovers(world.installation).await.unwrap();
    assert_eq!(left.len(), 2, "{left:?}");
    for one in &left {
        assert_eq!(world.kube.remove(one).await.unwrap(), Revoked::Done, "{one:?}");
    }
    assert!(left.iter().any(|one| matches!(one, Leftover::Account { name, .. } if *name == account)));
    world.probe_until(&order, &before, |one| matches!(one, Probe::Refused(_))).await;

    // Without the manifest's rights every missing one is named.
    let roles: Api<k8s_openapi::api::rbac::v1::Role> = Api::namespaced(world.admin.clone(), "customer1");
    let name = match &world.settings.credential {
        bellhop_connectors::kubernetes::Credential::ServiceAccount { name } => name.clone(),
        other => panic!("{other:?}"),
    };
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

#[tokio::test]
async fn a_kubeconfig_is_used_directly_only_by_choice() {
    let Some(file) = kubeconfig() else { return };
    let installation = InstallationId(uuid_at(SystemClock.now(), random_bytes()));
    let mut options = ConnectOptions::new("k8s-direct", installation);
    options.offered = vec![OfferedRole::cluster_role("view")];
    let context = admin_context(&file);
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
    assert_eq!(SecretString::from("x").expose_secret(), "x");
}
