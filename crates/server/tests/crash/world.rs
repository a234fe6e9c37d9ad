//! A backend on a folder: as it is at a start, and again after a kill.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bellhop_api::{ConnectKubernetes, Request};
use bellhop_domain::ManualClock;
use bellhop_server::app::{App, AppError, Caller, integrations, people};
use bellhop_server::timer::Timer;
use bellhop_server::{config, work};
use bellhop_store::{Place, Store};
use chrono::TimeDelta;
use tokio_util::task::TaskTracker;

use crate::family;
use crate::outside::Outside;
use crate::systems::{Both, GROUPS, OBJECTS};

/// The configuration at first.
pub(crate) const CONFIG: &str = r#"
[[integration]]
name = "objects"
kind = "kubernetes"

[[integration]]
name = "groups"
kind = "kubernetes"

[[flow]]
id = "own"
name = "What needs nobody"
requesters = { users = ["dana"] }
duration = { default = "1h", max = "3h" }
extend = { times = 2, by = "30m" }
  [[flow.target]]
  integration = "objects"
  type = "namespace"
  resources = ["own*", "broken", "sticky"]
  permissions = ["edit"]
  [[flow.target]]
  integration = "groups"
  type = "group"
  resources = ["*"]
  permissions = ["member"]
  [flow.approval]
  mode = "automatic"

[[flow]]
id = "asked"
name = "What somebody approves"
requesters = { users = ["dana"] }
duration = { default = "1h", max = "3h" }
  [[flow.target]]
  integration = "objects"
  type = "namespace"
  resources = ["asked*"]
  permissions = ["edit"]
  [flow.approval]
  steps = [{ any = { users = ["erin"] } }]
  lapse_after = "2h"
"#;

/// Nothing takes too long where time moves by hand.
pub(crate) struct Patient;

#[async_trait]
impl Timer for Patient {
    async fn sleep(&self, _: Duration) {
        std::future::pending::<()>().await;
    }
}

/// A backend, and who uses it.
pub(crate) struct World {
    pub(crate) app: Arc<App>,
    pub(crate) worker: work::Worker,
    /// The jobs under way.
    pub(crate) work: TaskTracker,
    pub(crate) outside: Outside,
    pub(crate) dana: Caller,
    pub(crate) erin: Caller,
    pub(crate) folder: PathBuf,
    clock: ManualClock,
    /// Where the time is kept for whoever comes next; on PostgreSQL that is the audit log.
    kept: Option<PathBuf>,
}

impl World {
    /// Starts a backend in the order in which the program does: what was left open is ended first.
    pub(crate) async fn start(
        folder: &Path,
        place: &Place,
        timer: Arc<dyn Timer>,
    ) -> Result<Self, AppError> {
        let clock = family::clock();
        let kept = matches!(place, Place::File(_)).then(|| folder.join("clock"));
        clock.advance(TimeDelta::seconds(elapsed(kept.as_deref())));
        let store = Store::open(place, Arc::new(clock.clone())).await?;
        let outside = Outside::of(folder);
        let systems = Arc::new(Both(outside.clone()));
        let app = App::new(store, (Arc::new(clock.clone()), timer), systems);
        let work = TaskTracker::new();
        let worker = work::Worker::new(Arc::clone(&app), work.clone());
        worker.recover().await?;
        configure(&app, folder).await?;
        let dana = people::os_user(&app, 4242, || "dana".to_owned()).await?;
        let erin = people::os_user(&app, 4243, || "erin".to_owned()).await?;
        connect(&app, &dana).await?;
        let folder = folder.to_owned();
        Ok(Self { app, worker, work, outside, dana, erin, folder, clock, kept })
    }

    /// Time goes by; a process that comes after this one goes on from there.
    pub(crate) fn pass(&self, seconds: i64) {
        if let Some(file) = &self.kept {
            let passed = (elapsed(Some(file)) + seconds).to_string();
            fs::write(file.with_extension("new"), passed).expect("written");
            fs::rename(file.with_extension("new"), file).expect("renamed");
        }
        self.clock.advance(TimeDelta::seconds(seconds));
    }

    /// Does all due work, one job after the other.
    pub(crate) async fn work(&self) -> Result<(), AppError> {
        self.worker.run_due().await.map(drop)
    }

    /// Notes what the API answered, once it was answered.
    pub(crate) fn answered(&self, request: &Request) {
        let Request { number, status, .. } = request;
        Outside::answers(&self.folder).note(&format!("{number} {status}"));
    }

    /// Puts another configuration in force.
    pub(crate) async fn reconfigure(&self, text: &str) -> Result<(), AppError> {
        let file = self.folder.join("config/a.toml");
        fs::write(&file, text).expect("written");
        configure(&self.app, &self.folder).await
    }
}

fn elapsed(kept: Option<&Path>) -> i64 {
    let text = kept.and_then(|file| fs::read_to_string(file).ok());
    text.and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// A folder as somebody who installs a backend leaves it.
pub(crate) fn set_up(folder: &Path) {
    fs::create_dir(folder.join("config")).expect("made");
    fs::write(folder.join("config/a.toml"), CONFIG).expect("written");
}

async fn configure(app: &App, folder: &Path) -> Result<(), AppError> {
    let read = config::read(&folder.join("config"), &[]).expect("reads");
    config::put_in_force(app, &read).await
}

async fn connect(app: &App, dana: &Caller) -> Result<(), AppError> {
    let known = integrations::list(app).await?.items;
    for name in [OBJECTS, GROUPS] {
        if known.iter().any(|one| one.name == name && one.status == "active") {
            continue;
        }
        let ask = ConnectKubernetes::default();
        integrations::connect(app, dana, name, &ask).await?;
    }
    Ok(())
}
