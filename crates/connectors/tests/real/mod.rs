//! A connected cluster, an admin beside it, and names that no other test uses.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bellhop_connectors::kubernetes::{
    AdminContext, ConnectOptions, Credential, CredentialStore, Kubernetes, Settings, connect,
};
use bellhop_connectors::{Account, Connector, Fault, Leaving, Order, Probe};
use bellhop_domain::ids::uuid_at;
use bellhop_domain::{Before, Clock, GrantId, InstallationId, SystemClock};
use bellhop_sample_cluster::{Options, SampleCluster};
use chrono::TimeDelta;
use k8s_openapi::api::authentication::v1::TokenRequest;
use k8s_openapi::api::core::v1::{Pod, ServiceAccount};
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, RoleBinding};
use kube::api::{Api, DeleteParams, ListParams, PostParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

#[derive(Default)]
pub(crate) struct Memory(Mutex<Option<SecretString>>);

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

/// A cluster to test on: the admin's kubeconfig, and what serves it if we do.
pub(crate) struct Ground {
    pub(crate) file: PathBuf,
    _sample: Option<(SampleCluster, tempfile::TempDir)>,
}

impl Ground {
    /// The real one that the environment names, if it does.
    pub(crate) fn real() -> Option<Self> {
        Some(Self { file: kubeconfig()?, _sample: None })
    }

    /// A sample cluster of this test's own, which is always to be had.
    pub(crate) async fn sample() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let sample = SampleCluster::start(Options::default()).await.unwrap();
        let file = dir.path().join("kubeconfig");
        std::fs::write(&file, sample.kubeconfig()).unwrap();
        Self { file, _sample: Some((sample, dir)) }
    }
}

/// See above.
pub(crate) struct World {
    pub(crate) installation: InstallationId,
    pub(crate) kube: Kubernetes,
    pub(crate) settings: Settings,
    pub(crate) store: Arc<Memory>,
    pub(crate) admin: Client,
    pub(crate) random: u8,
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
pub(crate) fn say(text: &str) {
    eprintln!("kubernetes_real: {text}");
}

/// Kubernetes has nothing to count, so nothing is said but what becomes of the account.
pub(crate) fn leaving(account: Account) -> Leaving {
    Leaving { account, owners: Vec::new(), before: None, recorded: BTreeSet::new() }
}

pub(crate) fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

pub(crate) fn random_bytes() -> [u8; 10] {
    use std::hash::{BuildHasher as _, RandomState};
    let bits = RandomState::new().hash_one(0).to_le_bytes();
    std::array::from_fn(|at| *bits.get(at % 8).unwrap())
}

pub(crate) fn admin_context(file: &Path) -> AdminContext {
    let config = Kubeconfig::read_from(file).unwrap();
    let context = config.current_context.unwrap();
    AdminContext { files: vec![file.to_owned()], context, ..AdminContext::default() }
}

impl World {
    pub(crate) async fn connect(file: &Path, choose: impl FnOnce(&mut ConnectOptions)) -> Self {
        let now = SystemClock.now();
        let installation = InstallationId(uuid_at(now, random_bytes()));
        let mut options = ConnectOptions::new("k8s-real", installation);
        options.account = format!("bellhop-{}", &installation.0.simple().to_string()[20..]);
        choose(&mut options);
        let store = Arc::new(Memory::default());
        let context = admin_context(file);
        let settings = connect(&options, &context, store.as_ref(), clock()).await.unwrap();
        let kube = Kubernetes::open(settings.clone(), Arc::clone(&store) as _, clock()).unwrap();
        let config = Kubeconfig::read_from(file).unwrap();
        let config =
            Config::from_custom_kubeconfig(config, &KubeConfigOptions::default()).await.unwrap();
        let admin = Client::try_from(config).unwrap();
        Self { installation, kube, settings, store, admin, random: 0 }
    }

    pub(crate) fn order(&mut self, namespace: &str, permission: &str, account: &str) -> Order {
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

    pub(crate) fn account(&self) -> String {
        let tail = &self.installation.0.simple().to_string()[20..];
        format!("p-{tail}-{}", u64::from_le_bytes(random_bytes()[..8].try_into().unwrap()))
    }

    pub(crate) async fn as_bearer(&self, token: &SecretString) -> Client {
        let text = self.kubeconfig_with(self.settings.ca.as_deref(), token);
        let kubeconfig = Kubeconfig::from_yaml(&text).unwrap();
        let read = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await;
        Client::try_from(read.unwrap()).unwrap()
    }

    /// A kubeconfig with one context, in JSON, which is YAML too.
    pub(crate) fn kubeconfig_with(&self, ca: Option<&str>, token: &SecretString) -> String {
        let server = &self.settings.server;
        let cluster = match ca {
            Some(ca) => json!({ "server": server, "certificate-authority-data": ca }),
            None => json!({ "server": server }),
        };
        json!({
            "clusters": [{ "name": "c", "cluster": cluster }],
            "users": [{ "name": "u", "user": { "token": token.expose_secret() } }],
            "contexts": [{ "name": "c", "context": { "cluster": "c", "user": "u" } }],
            "current-context": "c",
        })
        .to_string()
    }

    /// Account, binding, token and a question with it, and nothing else; then all of it removed.
    pub(crate) async fn bare_grant(&self, account: &str) -> Duration {
        let labels = json!({ "test": "bare" });
        let named: ServiceAccount =
            serde_json::from_value(json!({ "metadata": { "name": account, "labels": labels } }))
                .unwrap();
        let binding: RoleBinding = serde_json::from_value(json!({
            "metadata": { "name": account },
            "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "edit" },
            "subjects": [
                { "kind": "ServiceAccount", "name": account, "namespace": "bellhop-system" },
            ],
        }))
        .unwrap();
        let accounts: Api<ServiceAccount> = Api::namespaced(self.admin.clone(), "bellhop-system");
        let bindings: Api<RoleBinding> = Api::namespaced(self.admin.clone(), "customer3");
        let began = Instant::now();
        accounts.create(&PostParams::default(), &named).await.unwrap();
        bindings.create(&PostParams::default(), &binding).await.unwrap();
        let request = TokenRequest::default();
        let made =
            accounts.create_token_request(account, &PostParams::default(), &request).await.unwrap();
        let grantee =
            self.as_bearer(&SecretString::from(made.status.unwrap().token.unwrap())).await;
        while !may_list_pods(&grantee, "customer3").await {}
        let took = began.elapsed();
        bindings.delete(account, &DeleteParams::default()).await.unwrap();
        accounts.delete(account, &DeleteParams::default()).await.unwrap();
        took
    }

    /// Asks until the answer is as wished, as the engine does; at most for a while.
    pub(crate) async fn probe_until(
        &self,
        order: &Order,
        before: &Before,
        wished: fn(&Probe) -> bool,
    ) -> Probe {
        let began = Instant::now();
        loop {
            let answer = self.kube.probe(order, before).await.unwrap();
            if wished(&answer) {
                return answer;
            }
            assert!(began.elapsed() < Duration::from_secs(5), "still {answer:?}");
        }
    }

    /// Bellhop's own account, made for this test alone.
    pub(crate) fn own_account(&self) -> Option<String> {
        match &self.settings.credential {
            Credential::ServiceAccount { name, .. } => Some(name.clone()),
            Credential::Kubeconfig { .. } => None,
        }
    }

    pub(crate) async fn remove_rights(&self) {
        let Some(name) = self.own_account() else { return };
        let roles: Api<ClusterRole> = Api::all(self.admin.clone());
        let bindings: Api<ClusterRoleBinding> = Api::all(self.admin.clone());
        let accounts: Api<ServiceAccount> = Api::namespaced(self.admin.clone(), "bellhop-system");
        roles.delete(&name, &DeleteParams::default()).await.ok();
        bindings.delete(&name, &DeleteParams::default()).await.ok();
        accounts.delete(&name, &DeleteParams::default()).await.ok();
    }
}

pub(crate) async fn may_list_pods(client: &Client, namespace: &str) -> bool {
    let pods: Api<Pod> = Api::namespaced(client.clone(), namespace);
    match pods.list(&ListParams::default().limit(5)).await {
        Ok(_) => true,
        // 401 where the server has noticed already that the account is gone.
        Err(kube::Error::Api(status)) if [401, 403].contains(&status.code) => false,
        Err(error) => panic!("neither listed nor refused: {error}"),
    }
}
