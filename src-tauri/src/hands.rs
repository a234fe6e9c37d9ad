//! Does what the controller orders, and tells how it went.

use std::sync::Arc;
use std::time::Duration;

use bellhop_api::{Again, Client, ClientError, End};
use bellhop_workstation::env::Environment;
use bellhop_workstation::home::Home;
use bellhop_workstation::kubeconfig::{
    Contexts, KubeconfigError, KubeconfigFiles, Survey, list_contexts,
};
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio_util::task::TaskTracker;

use crate::controller::{Event, Work};
use crate::manners::Manners;
use crate::program::Program;
use crate::ringer::Order;
use crate::state::Context;

/// What is needed to do it.
#[derive(Clone)]
pub struct Hands {
    /// Where the backend of this user is.
    pub home: Home,
    /// What writes contexts.
    pub program: Program,
    /// Where to tell how it went.
    pub events: UnboundedSender<Event>,
    /// Tells the watch to look now.
    pub at_once: Arc<Notify>,
    /// What tells the desktop, and is gone once the other end is closed.
    pub ringer: UnboundedSender<Order>,
}

/// How often a call is made again whose answer was lost.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_millis(300);
/// A notification service that hangs does not keep the app from ending.
const PATIENCE: Duration = Duration::from_secs(2);

impl Hands {
    /// Does everything that is ordered, each on its own: one that waits keeps no other waiting.
    pub async fn run(self, mut orders: UnboundedReceiver<Work>) {
        let tasks = TaskTracker::new();
        while let Some(work) = orders.recv().await {
            let hands = self.clone();
            tasks.spawn(async move {
                let done = hands.does(&work).await;
                // Nobody listens only when the app ends.
                hands.events.send(Event::Done(work, done)).ok();
            });
        }
    }

    async fn does(&self, work: &Work) -> Result<(), String> {
        match work {
            Work::Reach => {
                self.at_once.notify_one();
                Ok(())
            }
            Work::ReadContexts => self.read_contexts().await,
            Work::ReadManners => {
                let home = self.home.clone();
                let manners = tokio::task::spawn_blocking(move || Manners::read(&home)).await;
                self.events.send(Event::Manners(manners.map_err(|error| error.to_string())?)).ok();
                Ok(())
            }
            Work::AddContext { number, current } => {
                let mut words = vec!["access", number, "--add-context"];
                words.extend(current.then_some("--use"));
                self.program.run(&words).await
            }
            Work::Pause(until) => self.order(Order::Pause(*until)),
            Work::Resume => self.order(Order::Resume),
            Work::Quit | Work::Restart => {
                self.order(Order::Stop).ok();
                // Notices that stayed could not be answered any more.
                tokio::time::timeout(PATIENCE, self.ringer.closed()).await.ok();
                Ok(())
            }
            Work::Hop(name) => hop(&self.home, Some(name.clone())).await.map(drop),
            Work::HopBack => hop(&self.home, None).await.map(drop),
            Work::Extend(number) => {
                self.ask(|client| async move { client.extend(number).await }).await.map(drop)
            }
            Work::End(number) => {
                let end = |client: Client| async move {
                    client.end_request(number, &End::default()).await
                };
                self.ask(end).await.map(drop)
            }
            Work::Withdraw(number) => {
                self.ask(|client| async move { client.withdraw(number).await }).await.map(drop)
            }
            Work::Again(number) => {
                let again =
                    |client: Client| async move { client.again(number, &Again::default()).await };
                self.ask(again).await.map(drop)
            }
        }
    }

    fn order(&self, order: Order) -> Result<(), String> {
        self.ringer.send(order).map_err(|_| "nothing tells the desktop any more".to_owned())
    }

    /// Makes a call, and makes it again when its answer was lost. It has one key: what was done is
    /// not done twice.
    async fn ask<T, F>(&self, call: impl Fn(Client) -> F) -> Result<T, String>
    where
        F: Future<Output = Result<T, ClientError>>,
    {
        let client = Client::on_socket(&self.home.socket()).map_err(|error| error.to_string())?;
        let client = client.once(uuid::Uuid::new_v4().to_string());
        for _ in 1..TRIES {
            match call(client.clone()).await {
                Err(ClientError::Unreachable(_)) => tokio::time::sleep(PAUSE).await,
                done => return done.map_err(|error| error.to_string()),
            }
        }
        call(client).await.map_err(|error| error.to_string())
    }

    async fn read_contexts(&self) -> Result<(), String> {
        let listed = blocking(|| {
            let files = KubeconfigFiles::from_environment(&Environment::read())?;
            list_contexts(&files)
        });
        let contexts = listed.await?.into_iter().map(|listed| Context {
            name: listed.name,
            current: listed.current,
            ours: listed.ours,
        });
        self.events.send(Event::Contexts(contexts.collect())).ok();
        Ok(())
    }
}

/// All contexts, for a page that shows them.
pub async fn survey(home: &Home) -> Result<Survey, String> {
    let home = home.clone();
    let survey = blocking(move || {
        let files = KubeconfigFiles::from_environment(&Environment::read())?;
        Contexts::new(&home).survey(&files)
    });
    survey.await
}

/// Makes a context current, or the one that was before when none is named; answers its name, and
/// which was current.
pub async fn hop(home: &Home, name: Option<String>) -> Result<(String, Option<String>), String> {
    let home = home.clone();
    let hopped = blocking(move || {
        let files = KubeconfigFiles::from_environment(&Environment::read())?;
        let contexts = Contexts::new(&home);
        let name = match name {
            Some(name) => name,
            None => contexts.left(&files)?,
        };
        let was = match contexts.use_context(&files, &name)? {
            Some(switched) => switched.left,
            None => Some(name.clone()),
        };
        Ok((name, was))
    });
    hopped.await
}

/// Files and locks are waited for where nobody else waits.
async fn blocking<T: Send + 'static>(
    step: impl FnOnce() -> Result<T, KubeconfigError> + Send + 'static,
) -> Result<T, String> {
    let done = tokio::task::spawn_blocking(step).await;
    done.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
}
