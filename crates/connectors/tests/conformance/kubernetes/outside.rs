//! The cluster as its admin sees it, by no code of ours.

use std::time::{Duration, Instant};

use bellhop_connectors::Order;
use k8s_openapi::api::authorization::v1::SubjectAccessReview;
use k8s_openapi::api::core::v1::{Namespace, ServiceAccount};
use k8s_openapi::api::rbac::v1::{ClusterRoleBinding, RoleBinding};
use kube::Client;
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams, PostParams};
use serde_json::{Value, json};

use crate::real::World;

const SYSTEM: &str = "bellhop-system";
const DEADLINE: &str = "bellhop/deadline";
/// A namespace takes some seconds to go.
const LIMIT: Duration = Duration::from_mins(1);

pub(super) struct Outside {
    admin: Client,
    /// Bellhop's own account.
    own: String,
}

impl Outside {
    pub(super) fn new(world: &World) -> Self {
        Self { admin: world.admin.clone(), own: world.own_account().unwrap() }
    }

    fn bindings(&self, namespace: &str) -> Api<RoleBinding> {
        Api::namespaced(self.admin.clone(), namespace)
    }

    /// A name that no other test uses.
    pub(super) fn own_namespace(&self) -> String {
        format!("brief-{}", self.own)
    }

    pub(super) fn unrelated(&self) -> String {
        format!("unrelated-{}", self.own)
    }

    pub(super) async fn bindings_of(&self, order: &Order) -> Vec<RoleBinding> {
        let all: Api<RoleBinding> = Api::all(self.admin.clone());
        let of = ListParams::default().labels(&format!("bellhop/grant={}", order.grant));
        all.list(&of).await.unwrap().items
    }

    async fn the_binding(&self, order: &Order) -> RoleBinding {
        self.bindings_of(order).await.remove(0)
    }

    async fn review(&self, spec: Value) -> bool {
        let review: SubjectAccessReview = serde_json::from_value(json!({ "spec": spec })).unwrap();
        let all: Api<SubjectAccessReview> = Api::all(self.admin.clone());
        all.create(&PostParams::default(), &review).await.unwrap().status.unwrap().allowed
    }

    fn account(name: &str, attributes: &Value) -> Value {
        let groups = [
            "system:authenticated",
            "system:serviceaccounts",
            &format!("system:serviceaccounts:{SYSTEM}"),
        ];
        let user = format!("system:serviceaccount:{SYSTEM}:{name}");
        json!({ "user": user, "groups": groups, "resourceAttributes": attributes })
    }

    /// Whether the grantee may list the pods.
    pub(super) async fn may(&self, order: &Order) -> bool {
        let pods =
            json!({ "namespace": order.target.resource, "verb": "list", "resource": "pods" });
        self.review(Self::account(&order.account, &pods)).await
    }

    pub(super) async fn has_account(&self, account: &str) -> bool {
        let accounts: Api<ServiceAccount> = Api::namespaced(self.admin.clone(), SYSTEM);
        accounts.get_opt(account).await.unwrap().is_some()
    }

    pub(super) async fn noted(&self, order: &Order) -> (String, Value) {
        let mut binding = self.the_binding(order).await;
        binding.metadata.managed_fields = None;
        binding.metadata.resource_version = None;
        let annotations = binding.metadata.annotations.as_mut().unwrap();
        let noted = annotations.remove(DEADLINE).unwrap_or_default();
        (noted, serde_json::to_value(&binding).unwrap())
    }

    pub(super) async fn delete_binding(&self, order: &Order) {
        let name = self.the_binding(order).await.metadata.name.unwrap();
        self.unbind(&order.target.resource, &name).await;
    }

    pub(super) async fn add_subject(&self, order: &Order) {
        let mut binding = self.the_binding(order).await;
        let jane =
            json!({ "kind": "User", "name": "jane", "apiGroup": "rbac.authorization.k8s.io" });
        binding.subjects.as_mut().unwrap().push(serde_json::from_value(jane).unwrap());
        let patch = Patch::Merge(json!({ "subjects": binding.subjects }));
        let name = binding.metadata.name.unwrap();
        let bindings = self.bindings(&order.target.resource);
        bindings.patch(&name, &PatchParams::default(), &patch).await.unwrap();
    }

    /// Binds somebody to `edit` by hand; once is enough.
    pub(super) async fn bind(&self, namespace: &str, name: &str, subject: &Value) {
        let group = "rbac.authorization.k8s.io";
        let binding: RoleBinding = serde_json::from_value(json!({
            "metadata": { "name": name },
            "roleRef": { "apiGroup": group, "kind": "ClusterRole", "name": "edit" },
            "subjects": [subject],
        }))
        .unwrap();
        made(self.bindings(namespace).create(&PostParams::default(), &binding).await);
    }

    pub(super) async fn is_bound(&self, namespace: &str, name: &str) -> bool {
        self.bindings(namespace).get_opt(name).await.unwrap().is_some()
    }

    pub(super) async fn unbind(&self, namespace: &str, name: &str) {
        self.bindings(namespace).delete(name, &DeleteParams::default()).await.unwrap();
    }

    pub(super) async fn make_namespace(&self, name: &str) {
        let all: Api<Namespace> = Api::all(self.admin.clone());
        let namespace = serde_json::from_value(json!({ "metadata": { "name": name } })).unwrap();
        made(all.create(&PostParams::default(), &namespace).await);
    }

    pub(super) async fn delete_namespace(&self, name: &str) {
        let all: Api<Namespace> = Api::all(self.admin.clone());
        all.delete(name, &DeleteParams::default()).await.unwrap();
        let began = Instant::now();
        while all.get_opt(name).await.unwrap().is_some() {
            assert!(began.elapsed() < LIMIT, "{name} is still there");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Binds Bellhop's own account to its roles, or to none.
    pub(super) async fn set_rights(&self, given: bool) {
        let wide: Api<ClusterRoleBinding> = Api::all(self.admin.clone());
        let (group, name) = ("rbac.authorization.k8s.io", self.own.as_str());
        let bound = |kind: &str| {
            json!({
                "metadata": { "name": name },
                "roleRef": { "apiGroup": group, "kind": kind, "name": name },
                "subjects": [{ "kind": "ServiceAccount", "name": name, "namespace": SYSTEM }],
            })
        };
        if given {
            let binding = serde_json::from_value(bound("ClusterRole")).unwrap();
            wide.create(&PostParams::default(), &binding).await.unwrap();
            let binding = serde_json::from_value(bound("Role")).unwrap();
            self.bindings(SYSTEM).create(&PostParams::default(), &binding).await.unwrap();
        } else {
            wide.delete(name, &DeleteParams::default()).await.unwrap();
            self.unbind(SYSTEM, name).await;
        }
        let bindings = json!({ "verb": "list", "group": group, "resource": "rolebindings" });
        let accounts =
            json!({ "verb": "list", "resource": "serviceaccounts", "namespace": SYSTEM });
        let began = Instant::now();
        for right in [bindings, accounts] {
            while self.review(Self::account(name, &right)).await != given {
                assert!(began.elapsed() < LIMIT, "the rights did not change");
            }
        }
    }
}

/// It is there now; it may have been before.
fn made<T>(answer: kube::Result<T>) {
    match answer {
        Ok(_) => {}
        Err(kube::Error::Api(status)) if status.code == 409 => {}
        Err(error) => panic!("{error}"),
    }
}
