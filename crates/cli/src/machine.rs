//! This machine, as the backend shows it to pages: the backend itself touches no file of it.

use std::sync::Arc;

use anyhow::bail;
use async_trait::async_trait;
use bellhop_api::{
    AccessDetails, BrokenKubeconfig, Contexts as Listed, Hopped, KubeContext, KubeconfigContext,
    KubernetesAccess,
};
use bellhop_server::workstation::{HopTo, Workstation, WorkstationError};
use bellhop_workstation::env::Environment;
use bellhop_workstation::home::Home;
use bellhop_workstation::kubeconfig::{
    Contexts, KubeconfigFiles, Survey, Surveyed, current_context,
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::commands::connect;
use crate::contexts;

/// The machine that this process runs on.
#[derive(Debug)]
pub(crate) struct Machine {
    home: Home,
    contexts: Contexts,
    /// Chosen by the environment that this process was started with.
    environment: Environment,
    changes: watch::Sender<u64>,
}

impl Machine {
    pub(crate) fn new(home: &Home) -> Arc<Self> {
        let (changes, _) = watch::channel(0);
        let (home, environment) = (home.clone(), Environment::read());
        Arc::new(Self { contexts: Contexts::new(&home), home, environment, changes })
    }

    /// Tells of changes until `stop`, whoever makes them.
    pub(crate) async fn watch(self: Arc<Self>, stop: CancellationToken) {
        tokio::select! {
            () = stop.cancelled() => {}
            Err(error) = self.watched() => {
                // Pages look again when they are looked at.
                tracing::warn!(%error, "changes of the kubeconfig are not told to pages");
            }
        }
    }

    #[cfg(target_os = "linux")]
    async fn watched(&self) -> anyhow::Result<std::convert::Infallible> {
        use std::os::fd::AsFd as _;

        use bellhop_workstation::kubeconfig::Watch;
        use tokio::io::{Interest, unix::AsyncFd};
        /// A file is written in several steps.
        const SETTLED: std::time::Duration = std::time::Duration::from_millis(20);

        let files = KubeconfigFiles::from_environment(&self.environment)?;
        let mut watch = Watch::new(files)?;
        let news = watch.as_fd().try_clone_to_owned()?;
        #[expect(deprecated, reason = "an owned descriptor is no other one before it is dropped")]
        let news = AsyncFd::with_interest(news, Interest::READABLE)?;
        loop {
            news.readable().await?.clear_ready();
            tokio::time::sleep(SETTLED).await;
            if watch.changed()? {
                self.changes.send_modify(|count| *count += 1);
            }
        }
    }

    /// Nobody tells.
    #[cfg(not(target_os = "linux"))]
    async fn watched(&self) -> anyhow::Result<std::convert::Infallible> {
        Ok(std::future::pending().await)
    }

    /// Files and locks are waited for where nobody else waits.
    async fn blocking<T: Send + 'static>(
        &self,
        step: impl FnOnce(&Contexts, &KubeconfigFiles) -> anyhow::Result<T> + Send + 'static,
    ) -> Result<T, WorkstationError> {
        let contexts = self.contexts.clone();
        let environment = self.environment.clone();
        let done = tokio::task::spawn_blocking(move || {
            step(&contexts, &KubeconfigFiles::from_environment(&environment)?)
        });
        let done = done.await.map_err(|error| WorkstationError(error.to_string()))?;
        done.map_err(|error| WorkstationError(format!("{error:#}")))
    }
}

#[async_trait]
impl Workstation for Machine {
    async fn contexts(&self) -> Result<Listed, WorkstationError> {
        self.blocking(|contexts, files| Ok(contexts.survey(files)?)).await.map(listed)
    }

    async fn hop(&self, to: HopTo) -> Result<Hopped, WorkstationError> {
        self.blocking(move |contexts, files| {
            let context = match to {
                HopTo::Name(name) => name,
                HopTo::Back => contexts.left(files)?,
            };
            let switched = contexts.use_context(files, &context)?;
            let was = match switched {
                Some(switched) => switched.left,
                None => Some(context.clone()),
            };
            Ok(Hopped { context, was })
        })
        .await
    }

    async fn use_access(&self, access: AccessDetails) -> Result<Hopped, WorkstationError> {
        let home = self.home.clone();
        self.blocking(move |_, files| {
            let was = current_context(files)?;
            let add = |made: &KubernetesAccess, current| {
                contexts::add_to(&home, files, &access.number, made, current)
            };
            let Some((first, others)) = access.kubernetes.split_first() else {
                bail!("{} has no kubectl context. See bellhop access {0}", access.number);
            };
            for other in others {
                add(other, false)?;
            }
            Ok(Hopped { context: add(first, true)?, was })
        })
        .await
    }

    fn way_to(&self, context: &str) -> Result<KubeconfigContext, WorkstationError> {
        let way = connect::admin_context(Some(context.to_owned()));
        way.map_err(|error| WorkstationError(error.to_string()))
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}

/// What was found, as it goes over the wire.
fn listed(survey: Survey) -> Listed {
    let Survey { contexts, current, before, files, broken, left_out } = survey;
    let broken = broken.into_iter().map(|each| BrokenKubeconfig { file: each.file, why: each.why });
    Listed {
        contexts: contexts.into_iter().map(context).collect(),
        current,
        before,
        files,
        broken: broken.collect(),
        left_out,
    }
}

fn context(found: Surveyed) -> KubeContext {
    let Surveyed {
        name,
        file,
        current,
        production,
        bellhop,
        integration,
        requests,
        server,
        namespace,
    } = found;
    KubeContext {
        name,
        file,
        current,
        production,
        bellhop,
        integration,
        requests,
        server,
        namespace,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tray's window gets a survey as it is, a browser what goes over the wire.
    #[test]
    fn pages_get_the_same_from_the_tray_and_from_the_backend() {
        let survey = Survey {
            contexts: vec![Surveyed {
                name: "bellhop-k8s".to_owned(),
                file: "/k".to_owned(),
                current: true,
                production: false,
                bellhop: true,
                integration: Some("k8s".to_owned()),
                requests: vec!["R-1".to_owned()],
                server: Some("https://k8s".to_owned()),
                namespace: None,
            }],
            current: Some("bellhop-k8s".to_owned()),
            before: None,
            files: vec!["/k".to_owned(), "/broken".to_owned()],
            broken: vec![bellhop_workstation::kubeconfig::Broken {
                file: "/broken".to_owned(),
                why: "it does not read".to_owned(),
            }],
            left_out: 1,
        };
        let json = |value| serde_json::to_value(value).expect("JSON");
        assert_eq!(json(&listed(survey.clone())), serde_json::to_value(&survey).expect("JSON"));
    }
}
