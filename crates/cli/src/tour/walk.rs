//! What the tour shows: one namespace of one cluster, granted by a flow, used, and gone.

use anyhow::Context as _;

use super::step::Step;

/// The admin's context in the tour's kubeconfig.
pub(super) const ADMIN_CONTEXT: &str = "admin@k8s-demo";

pub(super) const TITLE: &str = "\
A tour of Bellhop, on a sample cluster inside of this program. Its namespaces customer1 to customer3
have two pods each. Everything that happens is in a folder of its own, and gone at the end.";

pub(super) const LAST_WORDS: [&str; 6] = [
    "",
    "That was all: asked for, granted, used, gone, and written down. The tour's folder is removed.",
    "Your own cluster is three steps away:",
    "  1. write what you saw first into ~/.config/bellhop/bellhop.toml, with your context and names",
    "  2. bellhop connect kubernetes NAME",
    "  3. bellhop request NAME/namespace/NAMESPACE:edit --for 1h --reason WHY --wait",
];

pub(super) const WINDOW_OPEN: [&str; 4] = [
    "Bellhop is in your tray now, on a sample cluster inside of this program. Its palette is open: type",
    "\"customer1\", give a reason, and press Enter. Then look at the bell in your panel, and at its menu.",
    "Everything is in a folder of its own, and gone at the end: quit Bellhop in its menu, or press Ctrl-C",
    "here. `make run TOUR=1` or `bellhop tour` plays the same in the terminal.",
];

pub(super) const WINDOW_CLOSED: [&str; 1] =
    ["That was all. The folder with everything is removed."];

/// One cluster, and one flow for whoever takes the tour.
pub(super) fn configuration() -> anyhow::Result<String> {
    let user = nix::unistd::User::from_uid(nix::unistd::Uid::effective())?;
    let user = user.context("the system does not know your name")?.name;
    // A name of letters only is TOML as it is; any other one is quoted as JSON is.
    let user = serde_json::to_string(&user)?;
    Ok(format!(
        r#"[[integration]]
name = "k8s-demo"
kind = "kubernetes"
kubeconfig_context = "{ADMIN_CONTEXT}"

[[flow]]
id = "rnd-customer-data"
name = "RnD access to customer data"
requesters = {{ users = [{user}] }}
reason = "required"
duration = {{ default = "1h", max = "8h" }}
  [[flow.target]]
  integration = "k8s-demo"
  type = "namespace"
  resources = ["customer1", "customer2", "customer3"]
  permissions = ["edit"]
  [flow.approval]
  mode = "automatic"
"#
    ))
}

/// The steps, in order.
pub(super) fn steps() -> Vec<Step> {
    let mut steps = before();
    steps.extend(meanwhile());
    steps.extend(after());
    steps
}

fn before() -> Vec<Step> {
    vec![
        Step::works(
            "What Bellhop is told: one cluster, and one flow that says who may have what, and for how long.",
            &["cat", "bellhop/config/bellhop.toml"],
        ),
        Step::works(
            "Connecting uses your kubeconfig once, to make Bellhop an account with just the rights it needs.\n\
             This first command also starts the backend, which decides and takes access away again.",
            &["bellhop", "connect", "kubernetes", "k8s-demo", "--yes"],
        ),
        Step::works(
            "You need customer1, for an hour. The flow grants it, and it works when this command ends.",
            &[
                "bellhop",
                "request",
                "k8s-demo/namespace/customer1:edit",
                "--for",
                "1h",
                "--reason",
                "A slow query, ticket 7",
                "--wait",
            ],
        ),
    ]
}

fn meanwhile() -> Vec<Step> {
    let pods =
        |namespace| ["kubectl", "get", "pods", "-n", namespace, "--context", "bellhop-k8s-demo"];
    vec![
        Step::works(
            "Your own kubectl has a new context. It gets you into customer1 …",
            &pods("customer1"),
        ),
        Step::refused(
            "Forbidden",
            "… and not into customer2, which you did not ask for.",
            &pods("customer2"),
        ),
        Step::refused(
            "no flow",
            "What no flow offers you cannot even ask for.",
            &["bellhop", "request", "k8s-demo/namespace/kube-system:edit", "--reason", "Curious"],
        ),
        Step::works("What is open, …", &["bellhop", "list"]),
        Step::works("… all about it, …", &["bellhop", "show", "R-1001"]),
        Step::works(
            "… and what the cluster's admin sees of it: one binding, labelled, for an account of its own.",
            &[
                "kubectl",
                "get",
                "rolebindings",
                "-n",
                "customer1",
                "-o",
                "wide",
                "--context",
                ADMIN_CONTEXT,
            ],
        ),
        Step::works("Say somebody copies your kubeconfig now.", &["cp", "kubeconfig", "stolen"]),
    ]
}

fn after() -> Vec<Step> {
    let pods = ["kubectl", "get", "pods", "-n", "customer1", "--context", "bellhop-k8s-demo"];
    let stolen = [&pods[..], &["--kubeconfig", "stolen"]].concat();
    vec![
        Step::works(
            "You are done early. This command ends when the access is shown to be gone. At the deadline the\n\
             same happens by itself, with no terminal open.",
            &["bellhop", "end", "R-1001"],
        ),
        Step::refused("does not exist", "Your kubeconfig has no such context any more, …", &pods),
        Step::refused(
            "no active access",
            "… and the copy gets nothing: there was no secret in it.",
            &stolen,
        ),
        Step::refused(
            "R-1001",
            "Asking for the details again does not help.",
            &["bellhop", "access", "R-1001", "--add-context"],
        ),
        Step::works("Everything is written down …", &["bellhop", "audit", "list"]),
        Step::works(
            "… in rows that are chained: one that was changed or taken out shows.",
            &["bellhop", "audit", "verify"],
        ),
    ]
}
