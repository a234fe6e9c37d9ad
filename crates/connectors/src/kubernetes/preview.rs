//! What connecting a cluster would come to. Asks, and changes nothing.

use bellhop_domain::Clock;
use serde::Deserialize;

use super::answer::{Failed, Place, Silence};
use super::call::{Call, Kind};
use super::client;
use super::desk::{AdminContext, Desk};
use super::kubeconfig::Context;
use super::settings::ConnectOptions;
use super::wire::{self, Access, Ignored, LIMIT};
use crate::{About, Fault, Finding, Flaw, Preview};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    git_version: String,
}

/// Looks at everything that connecting with these options needs, as far as it gets. Nothing is made
/// or changed, in the cluster or here.
pub async fn preview(options: &ConnectOptions, admin: &AdminContext, clock: &dyn Clock) -> Preview {
    let mut walk = Walk { options, admin, found: Preview::default() };
    if let Err(fault) = options.validate() {
        let why = walk.unprefixed(&fault);
        walk.fail(About::Permissions, Flaw { why, ..Flaw::default() });
    }
    // Where it stopped is among what was found.
    walk.on(clock).await;
    walk.found.completed()
}

/// The checks, one after the other.
struct Walk<'a> {
    options: &'a ConnectOptions,
    admin: &'a AdminContext,
    found: Preview,
}

impl Walk<'_> {
    /// Ends where nothing behind it can be looked at.
    async fn on(&mut self, clock: &dyn Clock) -> Option<()> {
        let context = self.context()?;
        self.found.server = Some(context.reach.server.clone());
        self.reach(&context).await?;
        let desk = self.credential(context, clock).await?;
        self.system(&desk).await;
        self.rights(&desk).await;
        self.offered(&desk).await;
        self.places(&desk).await;
        Some(())
    }

    fn context(&mut self) -> Option<Context> {
        match self.admin.read(&self.options.integration) {
            Ok(context) => {
                self.pass(About::Context, context.cluster.clone());
                Some(context)
            }
            Err(fault) => {
                let why = self.unprefixed(&fault);
                let next = "Choose another context, or correct the kubeconfig".to_owned();
                let command = words(["kubectl", "config", "get-contexts"]);
                self.fail(About::Context, Flaw { why, next, command, ..Flaw::default() });
                None
            }
        }
    }

    /// Whether somebody answers there and shows to be that server, asked without a credential.
    async fn reach(&mut self, context: &Context) -> Option<()> {
        let place = Place {
            integration: self.options.integration.clone(),
            server: context.reach.server.clone(),
            who: "Bellhop".to_owned(),
            remedy: String::new(),
        };
        let asked = match client::build(&context.reach, kube::config::AuthInfo::default()) {
            Ok(client) => {
                let access = Access { client, token: None };
                wire::send::<Version>(&place, LIMIT, &access, Call::version()).await
            }
            Err(fault) => Err(fault.into()),
        };
        let version = asked.as_ref().ok().map(|version| version.git_version.clone());
        match asked {
            // Whoever refuses in a cluster's own words is there.
            Ok(_) | Err(Failed { status: Some(_), .. }) => {}
            Err(Failed { silence: Some(Silence::Untrusted), fault, .. }) => {
                self.pass(About::Reach, String::new());
                self.fail(About::Trust, untrusted(context, self.unprefixed(&fault)));
                return None;
            }
            Err(Failed { silence, fault, .. }) => {
                let flaw = self.silent(context, silence, self.unprefixed(&fault));
                self.fail(About::Reach, flaw);
                return None;
            }
        }
        self.pass(
            About::Reach,
            version.as_ref().map(|v| format!("Kubernetes {v}")).unwrap_or_default(),
        );
        self.pass(About::Trust, String::new());
        self.found.version = version;
        Some(())
    }

    fn silent(&self, context: &Context, silence: Option<Silence>, details: String) -> Flaw {
        let server = &context.reach.server;
        let (why, next) = match silence {
            Some(Silence::Unresolved) => (
                format!("the name in {server} leads nowhere"),
                "Check the address in the kubeconfig, and whether you need a VPN",
            ),
            Some(Silence::Proxy) => (
                format!("the proxy on the way to {server} refused"),
                "Check HTTPS_PROXY and NO_PROXY where Bellhop's backend was started, and proxy-url in the kubeconfig",
            ),
            Some(Silence::Unreachable | Silence::Untrusted) => (
                format!("nothing answers at {server}"),
                "Check that the cluster runs, and whether you need a VPN",
            ),
            None => (details.clone(), "Check the address in the kubeconfig, and the proxy"),
        };
        let mut command = self.kubectl(["get", "--raw"]);
        command.push("/version".to_owned());
        Flaw { why, next: next.to_owned(), command, details, ..Flaw::default() }
    }

    /// The admin's way in, if the cluster takes the credential.
    async fn credential(&mut self, context: Context, clock: &dyn Clock) -> Option<Desk> {
        let refused = |walk: &mut Self, why: String, next: &str, details: String| {
            let command = walk.kubectl(["get", "namespaces"]);
            let next = next.to_owned();
            walk.fail(About::Credential, Flaw { why, next, command, details, ..Flaw::default() });
        };
        let desk = match Desk::enter(&context, clock).await {
            Ok(desk) => desk,
            Err(fault) => {
                let why = self.unprefixed(&fault);
                let next =
                    "Run this once in a terminal: where a plugin signs you in, it can ask there";
                refused(self, why, next, String::new());
                return None;
            }
        };
        match desk.pin().await {
            Ok(pin) => self.found.pin = Some(pin),
            Err(failed) if failed.is(403) => {}
            Err(failed) if failed.is(401) => {
                let ends = desk.ends().map(|end| format!(": {end}")).unwrap_or_default();
                let why =
                    format!("the API server does not accept the credential of this context{ends}");
                let next = "Sign in again, or put a new token or certificate into the kubeconfig";
                refused(self, why, next, self.unprefixed(&failed.fault));
                return None;
            }
            Err(failed) => {
                let why = self.unprefixed(&failed.fault);
                refused(self, why, "Check the cluster, then check again", String::new());
                return None;
            }
        }
        if self.found.version.is_none() {
            // Not every account may ask that, and nothing depends on it.
            let version = desk.send::<Version>(Call::version()).await.ok();
            self.found.version = version.map(|version| version.git_version);
        }
        let ends = desk.ends().map(|end| format!("It ends by itself: {end}")).unwrap_or_default();
        self.pass(About::Credential, ends);
        Some(desk)
    }

    async fn system(&mut self, desk: &Desk) {
        if self.found.pin.is_none() {
            return;
        }
        match desk.refuse_another(self.options).await {
            Err(fault @ Fault::Impossible(_)) => {
                let why = self.unprefixed(&fault);
                self.fail(About::System, Flaw { why, ..Flaw::default() });
            }
            Ok(()) => self.pass(About::System, String::new()),
            // Not seen. A right that is missing for this look is told with the others.
            Err(_) => {}
        }
    }

    async fn rights(&mut self, desk: &Desk) {
        let next = "Choose the context of a cluster admin. It is used once and not kept".to_owned();
        match desk.lacks(self.options).await {
            Ok(missing) if missing.is_empty() => self.pass(About::Rights, String::new()),
            Ok(missing) => {
                let why = match missing.len() {
                    1 => "a right is missing that connecting needs".to_owned(),
                    many => format!("{many} rights are missing that connecting needs"),
                };
                self.fail(About::Rights, Flaw { why, next, missing, ..Flaw::default() });
            }
            Err(failed) => {
                let why = self.unprefixed(&failed.fault);
                self.fail(About::Rights, Flaw { why, next, ..Flaw::default() });
            }
        }
    }

    async fn offered(&mut self, desk: &Desk) {
        let mut asked = Vec::new();
        for role in &self.options.offered {
            let kind = role.namespace().map_or(Kind::ClusterRole, |_| Kind::Role);
            asked.push((role.describe(), Call::get(kind, role.namespace(), role.name())));
        }
        self.exist(desk, About::Permissions, asked, ["get", "clusterroles"]).await;
    }

    async fn places(&mut self, desk: &Desk) {
        let listed = self.options.namespaces.iter().flatten();
        let asked = listed
            .map(|name| (format!("namespace {name}"), Call::get(Kind::Namespace, None, name)));
        self.exist(desk, About::Places, asked.collect(), ["get", "namespaces"]).await;
    }

    /// Whether each of these is there.
    async fn exist(
        &mut self,
        desk: &Desk,
        about: About,
        asked: Vec<(String, Call)>,
        listing: [&str; 2],
    ) {
        let mut absent = Vec::new();
        for (what, call) in asked {
            match desk.send::<Ignored>(call).await {
                Ok(_) => {}
                Err(failed) if failed.is(404) => absent.push(what),
                // Not seen is not absent.
                Err(_) => return,
            }
        }
        if absent.is_empty() {
            return self.pass(about, String::new());
        }
        let why = format!("there is no {}", absent.join(", no "));
        let next = "Leave it out, or make it first".to_owned();
        let command = self.kubectl(listing);
        self.fail(about, Flaw { why, next, command, ..Flaw::default() });
    }

    fn pass(&mut self, about: About, more: String) {
        self.found.note(about, Finding::Passed(more));
    }

    fn fail(&mut self, about: About, flaw: Flaw) {
        self.found.note(about, Finding::Failed(flaw));
    }

    fn kubectl(&self, rest: [&str; 2]) -> Vec<String> {
        let [first, second] = rest;
        words(["kubectl", "--context", &self.admin.context, first, second])
    }

    /// Messages begin with the integration's name, which whoever connects it knows.
    fn unprefixed(&self, fault: &Fault) -> String {
        let text = fault.to_string();
        let prefix = format!("{}: ", self.options.integration);
        text.strip_prefix(&prefix).map_or(text.clone(), str::to_owned)
    }
}

fn untrusted(context: &Context, details: String) -> Flaw {
    let server = &context.reach.server;
    Flaw {
        why: format!(
            "what answers at {server} shows a certificate that nobody trusted here has signed, or that \
             is for another name"
        ),
        next: "Put the cluster's own certificate authority into the kubeconfig, then check again"
            .to_owned(),
        command: words([
            "kubectl",
            "config",
            "set-cluster",
            &context.cluster,
            "--certificate-authority=ca.crt",
            "--embed-certs",
        ]),
        details,
        ..Flaw::default()
    }
}

fn words<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}
