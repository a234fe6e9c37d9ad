//! A real Kubernetes control plane on this machine: etcd, kube-apiserver, kube-controller-manager.
//!
//! There are no nodes, so pods stay Pending; everything about identity and access is real. A
//! start takes about 5 s and a stop one or two, so tests share one where they can
//! ([`crate::shared`]) with namespaces of their own. How the servers are kept from outliving the
//! tests is told in [`crate::process`].

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;

use crate::certs::{Certs, write_private};
use crate::flags::{Place, minor_version};
use crate::kubectl::Kubectl;
use crate::process::Process;
use crate::{counterparties, ports, wait};

const START_LIMIT: Duration = Duration::from_secs(90);
const STOP_LIMIT: Duration = Duration::from_secs(10);
const ADMIN: &str = "admin";

/// What may differ between clusters.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The kubectl that the harness itself uses; without it, [`counterparties::kubectl`].
    pub kubectl: Option<PathBuf>,
    /// Names of users besides the admin. They may do nothing until a test binds them a role.
    pub users: Vec<String>,
}

/// A running control plane. It is stopped on `Drop`.
#[derive(Debug)]
pub struct Cluster {
    place: Place,
    certs: Certs,
    url: String,
    tokens: BTreeMap<String, String>,
    kubectl: PathBuf,
    etcd: Option<Process>,
    apiserver: Option<Process>,
    controller_manager: Option<Process>,
    /// Held so that no other cluster takes the folder.
    _lock: File,
}

impl Cluster {
    /// Starts an empty cluster with the programs in `assets` and its files in `dir`, and waits
    /// until it serves and its roles have rules. What an earlier cluster left in `dir` is removed.
    pub fn start(assets: &Path, dir: &Path, options: &Options) -> Result<Self> {
        let mut cluster = Self::prepare(assets, dir, options)?;
        cluster.start_etcd()?;
        cluster.start_apiserver()?;
        Ok(cluster)
    }

    fn prepare(assets: &Path, dir: &Path, options: &Options) -> Result<Self> {
        fs::create_dir_all(dir)?;
        let dir = dir.canonicalize()?;
        let lock = File::create(dir.join("cluster.lock"))?;
        lock.try_lock().with_context(|| format!("a cluster is running in {}", dir.display()))?;
        let place = Place {
            assets: assets.canonicalize()?,
            etcd_port: ports::free()?,
            port: ports::free()?,
            minor: minor_version(assets)?,
            dir,
        };
        clear(&place)?;
        let certs = Certs::create(&place.dir.join("pki"))?;
        let url = format!("https://127.0.0.1:{}", place.port);
        let tokens = tokens(&options.users);
        write_private(&place.tokens(), &tokens_csv(&tokens))?;
        let kubectl = match &options.kubectl {
            Some(kubectl) => kubectl.clone(),
            None => counterparties::kubectl()?,
        };
        let cluster = Self {
            place,
            certs,
            url,
            tokens,
            kubectl,
            etcd: None,
            apiserver: None,
            controller_manager: None,
            _lock: lock,
        };
        let kubeconfig = cluster.kubeconfig(ADMIN, cluster.admin_token());
        write_private(&cluster.admin_kubeconfig(), &kubeconfig)?;
        Ok(cluster)
    }

    /// The address of the API server, `https://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The certificate of the authority that signed the server's, PEM.
    pub fn ca_pem(&self) -> &str {
        &self.certs.ca_pem
    }

    /// The bearer token of a user in `system:masters`.
    pub fn admin_token(&self) -> &str {
        self.token(ADMIN).unwrap_or_default()
    }

    /// The bearer token of a user named in [`Options::users`].
    pub fn token(&self, user: &str) -> Option<&str> {
        self.tokens.get(user).map(String::as_str)
    }

    /// The minor version of the servers: 20 for Kubernetes 1.20.
    pub fn minor_version(&self) -> u32 {
        self.place.minor
    }

    /// The folder with everything the cluster writes.
    pub fn dir(&self) -> &Path {
        &self.place.dir
    }

    /// A kubeconfig file of the admin. Its context is `admin@real`; only its owner can read it.
    pub fn admin_kubeconfig(&self) -> PathBuf {
        self.place.kubeconfig()
    }

    /// The text of a kubeconfig whose one context is `USER@real`.
    pub fn kubeconfig(&self, user: &str, token: &str) -> String {
        let (url, ca) = (&self.url, BASE64.encode(self.ca_pem()));
        format!(
            "apiVersion: v1\n\
             kind: Config\n\
             clusters:\n\
             - name: real\n  \
               cluster:\n    \
                 server: {url}\n    \
                 certificate-authority-data: {ca}\n\
             users:\n\
             - name: {user}\n  \
               user:\n    \
                 token: {token}\n\
             contexts:\n\
             - name: {user}@real\n  \
               context:\n    \
                 cluster: real\n    \
                 user: {user}\n\
             current-context: {user}@real\n"
        )
    }

    /// A kubectl that acts as the admin.
    pub fn admin(&self) -> Kubectl {
        let home: (OsString, OsString) = ("HOME".into(), self.place.dir.join("home").into());
        Kubectl::new(&self.kubectl, self.admin_kubeconfig(), [home])
    }

    /// Starts a node of this name: `program` is the kubelet of [`counterparties::kubelet`].
    pub fn start_node(&self, program: &Path, name: &str) -> Result<Process> {
        let address = format!("127.0.0.1:{}", ports::free()?);
        let args = Place::kubelet(&self.certs, &address);
        let mut kubelet = Process::start(program, &args, &self.place.dir)?;
        kubelet
            .until("the kubelet listens", START_LIMIT, || Ok(TcpStream::connect(&address).ok()))?;
        let port = address.rsplit(':').next().unwrap_or_default();
        self.create(&format!(
            r#"{{"apiVersion":"v1","kind":"Node","metadata":{{"name":"{name}"}},"status":{{
               "addresses":[{{"type":"InternalIP","address":"127.0.0.1"}}],
               "daemonEndpoints":{{"kubeletEndpoint":{{"Port":{port}}}}}}}}}"#
        ))?;
        Ok(kubelet)
    }

    /// Makes a pod with one container, on a node or on none.
    pub fn make_pod(&self, namespace: &str, name: &str, node: Option<&str>) -> Result<()> {
        let node = node.map_or(String::new(), |node| format!(r#""nodeName":"{node}","#));
        self.create(&format!(
            r#"{{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"{name}","namespace":"{namespace}"}},
               "spec":{{{node}"automountServiceAccountToken":false,
               "containers":[{{"name":"it","image":"it"}}]}}}}"#
        ))
    }

    fn create(&self, object: &str) -> Result<()> {
        let file = tempfile::NamedTempFile::new_in(&self.place.dir)?;
        fs::write(file.path(), object)?;
        self.admin().get(["create".as_ref(), "-f".as_ref(), file.path().as_os_str()]).map(drop)
    }

    /// Every request that the API server has answered, oldest first, as it wrote them down. The
    /// server writes just after it answers, so ask again for one that was made just now.
    pub fn audit_log(&self) -> Result<Vec<Value>> {
        let text = match fs::read_to_string(self.place.audit_log()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            text => text?,
        };
        let whole_lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        let events = whole_lines.map(|line| Ok(serde_json::from_str(line)?));
        events.collect()
    }

    /// Makes the namespaces `customer1` to `customer3`, each with the pods `mongodb` and `nodejs`.
    /// Doing it again changes nothing.
    pub fn seed_customers(&self) -> Result<[String; 3]> {
        self.seed("customer")
    }

    /// The same with another word for `customer`, for tests that share a cluster.
    pub fn seed(&self, name: &str) -> Result<[String; 3]> {
        let manifest = fs::read_to_string(counterparties::folder().join("customers.yaml"))?;
        let path = self.place.dir.join(format!("{name}s.yaml"));
        fs::write(&path, manifest.replace(": customer", &format!(": {name}")))?;
        // A pod is refused until a controller has made its namespace's service account.
        let mut complaint = String::new();
        wait::until("seeding the cluster", START_LIMIT, || {
            let output = self.admin().run(["apply".as_ref(), "-f".as_ref(), path.as_os_str()])?;
            complaint = output.stderr;
            Ok(output.status.success().then_some(()))
        })
        .with_context(|| complaint)?;
        Ok([1, 2, 3].map(|number| format!("{name}{number}")))
    }

    /// Stops the API server as a maintenance would: it drains, and then nobody answers. The
    /// controllers go first, as it would wait for their watches; it waits some seconds for any
    /// other open watch.
    pub fn stop_apiserver(&mut self) -> Result<()> {
        stop(&mut self.controller_manager)?;
        stop(&mut self.apiserver)
    }

    /// Ends the API server at once, as a crash would.
    pub fn kill_apiserver(&mut self) -> Result<()> {
        self.apiserver.take().map_or(Ok(()), |mut it| it.kill())
    }

    /// Starts the API server, at first or again, on the same port with the same data and keys,
    /// and then the controllers; waits until it serves and its roles have rules.
    pub fn start_apiserver(&mut self) -> Result<()> {
        self.stop_apiserver()?;
        let started = self.run("kube-apiserver", &self.place.apiserver(&self.certs))?;
        let kubectl = self.admin();
        self.apiserver.insert(started).until("kube-apiserver is ready", START_LIMIT, || {
            let ready = kubectl.run(["get", "--raw=/readyz", "--request-timeout=5s"])?;
            Ok((ready.stdout.trim() == "ok").then_some(()))
        })?;
        self.start_controller_manager()
    }

    /// Stops everything, in the order that leaves nobody waiting for another.
    pub fn stop(mut self) -> Result<()> {
        self.stop_all()
    }

    fn stop_all(&mut self) -> Result<()> {
        let apiserver = self.stop_apiserver();
        stop(&mut self.etcd).and(apiserver)
    }

    fn start_etcd(&mut self) -> Result<()> {
        let started = self.run("etcd", &self.place.etcd())?;
        let port = self.place.etcd_port;
        self.etcd
            .insert(started)
            .until("etcd listens", START_LIMIT, || {
                Ok(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok())
            })
            .map(drop)
    }

    fn start_controller_manager(&mut self) -> Result<()> {
        let args = self.place.controller_manager(&self.certs);
        let started = self.run("kube-controller-manager", &args)?;
        let kubectl = self.admin();
        self.controller_manager.insert(started).until("the roles have rules", START_LIMIT, || {
            let roles = kubectl.get(["get", "clusterroles", "edit", "admin", "-o", "json"])?;
            Ok(aggregated(&serde_json::from_str(&roles)?).then_some(()))
        })
    }

    fn run(&self, program: &str, args: &[String]) -> Result<Process> {
        Process::start(&self.place.assets.join(program), args, &self.place.dir)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // What could not be stopped is killed when its `Process` is dropped.
        self.stop_all().ok();
    }
}

fn stop(process: &mut Option<Process>) -> Result<()> {
    match process.take() {
        Some(mut process) => process.stop(STOP_LIMIT).map(drop),
        None => Ok(()),
    }
}

/// Removes what an earlier cluster wrote, and nothing else: the folder may be anybody's.
fn clear(place: &Place) -> Result<()> {
    let gone = |result: io::Result<()>| match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    };
    gone(fs::remove_dir_all(place.etcd_data()))?;
    gone(fs::remove_file(place.audit_log()))?;
    for program in ["etcd", "kube-apiserver", "kube-controller-manager"] {
        gone(fs::remove_file(place.dir.join(format!("{program}.log"))))?;
    }
    Ok(())
}

fn tokens(users: &[String]) -> BTreeMap<String, String> {
    let users = users.iter().map(String::as_str).chain([ADMIN]);
    let with_token = |user: &str| (user.to_owned(), format!("{:032x}", rand::random::<u128>()));
    users.map(with_token).collect()
}

fn tokens_csv(tokens: &BTreeMap<String, String>) -> String {
    let line = |(user, token): (&String, &String)| {
        let group = if user == ADMIN { "system:masters" } else { "e2e" };
        format!("{token},{user},{user},\"{group}\"\n")
    };
    tokens.iter().map(line).collect()
}

/// Whether the roles have all their rules: `edit` has reading of pods only from `view`, and
/// `admin` only from `edit`, so with that rule the whole chain has run.
fn aggregated(roles: &Value) -> bool {
    let elements = |list: &Value| list.as_array().cloned().unwrap_or_default();
    let has = |list: &Value, word: &str| elements(list).iter().any(|it| it == word);
    let reads_pods = |rule: &Value| has(&rule["resources"], "pods") && has(&rule["verbs"], "get");
    let roles = elements(&roles["items"]);
    !roles.is_empty() && roles.iter().all(|role| elements(&role["rules"]).iter().any(reads_pods))
}
