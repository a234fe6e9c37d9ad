//! Flows as files: planned, applied, kept, and what a backend does whose files do not read.

#![expect(clippy::expect_used, reason = "a test stops at what it misses")]

#[path = "../support/mod.rs"]
mod support;

mod applying;
mod closed;
mod restarts;

use bellhop_api::{ApplyFlows, ConfigurationFile, FlowPlan, PlanFlows};
use bellhop_server::app::{AppError, Caller, configuration};

use support::World;

/// The usual integration, and the flow of Dana that Erin and Finn decide about.
pub(crate) const ASKING: &str = support::ASKING;

pub(crate) fn files(text: &str) -> Vec<ConfigurationFile> {
    vec![ConfigurationFile { name: "a.toml".to_owned(), text: text.to_owned() }]
}

pub(crate) async fn planned(world: &World, text: &str) -> FlowPlan {
    let input = PlanFlows { files: files(text) };
    configuration::plan(&world.app, &world.dana, input).await.expect("planned")
}

pub(crate) async fn apply_as(
    world: &World,
    who: &Caller,
    (files, plan): (Vec<ConfigurationFile>, &str),
) -> Result<FlowPlan, AppError> {
    configuration::apply(&world.app, who, ApplyFlows { files, plan: plan.to_owned() }).await
}

/// Plans and applies at once.
pub(crate) async fn applied(world: &World, text: &str) -> Result<FlowPlan, AppError> {
    let plan = planned(world, text).await;
    apply_as(world, &world.dana, (files(text), &plan.hash)).await
}

pub(crate) fn said<T: std::fmt::Debug>(answer: Result<T, AppError>) -> String {
    answer.expect_err("refused").to_string()
}
