//! What happens in a backend that is killed somewhere on the way: each way to get access, and each
//! way in which it ends.

use bellhop_api::{CreateRequest, Decide, End, Request};
use bellhop_domain::Verdict;
use bellhop_server::app::{AppError, requests, reviews};

use crate::systems::OBJECTS;
use crate::world::{CONFIG, World};

/// Asks, and notes the answer.
pub(crate) async fn ask(world: &World, targets: &[&str]) -> Result<String, AppError> {
    let input = CreateRequest {
        targets: targets.iter().map(|target| (*target).to_owned()).collect(),
        reason: "ticket 7".to_owned(),
        duration_seconds: None,
    };
    let request = requests::create(&world.app, &world.dana, input).await?;
    world.answered(&request);
    Ok(request.number)
}

pub(crate) async fn end(world: &World, number: &str) -> Result<(), AppError> {
    world.answered(&requests::end(&world.app, &world.dana, number, End::default()).await?);
    Ok(())
}

async fn show(world: &World, number: &str) -> Result<Request, AppError> {
    requests::show(&world.app, &world.dana.person, number).await
}

/// Asks, and has all work done.
async fn get(world: &World, targets: &[&str]) -> Result<String, AppError> {
    let number = ask(world, targets).await?;
    world.work().await?;
    Ok(number)
}

/// The whole of it, in one process with one worker.
pub(crate) async fn run(world: &World) -> Result<(), AppError> {
    world.work().await?;
    let pair = ["objects/namespace/own1:edit", "groups/group/team:member"];
    let first = get(world, &pair).await?;
    let shared = get(world, &["groups/group/team:member"]).await?;
    get(world, &["groups/group/standing:member"]).await?;
    get(world, &["objects/namespace/broken:edit"]).await?;
    let approved = approve(world).await?;
    world.answered(&requests::extend(&world.app, &world.dana, &first).await?);
    world.work().await?;
    end(world, &shared).await?;
    world.work().await?;
    pend(world).await?;
    end(world, &approved).await?;
    drift(world).await?;
    stick(world).await?;
    for seconds in [61, 7200, 100] {
        world.pass(seconds);
        world.work().await?;
    }
    Ok(())
}

async fn approve(world: &World) -> Result<String, AppError> {
    let number = ask(world, &["objects/namespace/asked1:edit"]).await?;
    let seen = show(world, &number).await?.seen;
    let input = Decide { seen, note: String::new(), duration_seconds: None };
    let which = (number.as_str(), Verdict::Approve);
    world.answered(&reviews::decide_on(&world.app, &world.erin, which, input).await?);
    world.work().await?;
    Ok(number)
}

/// One request is taken back, one is never answered and finds its flow changed.
async fn pend(world: &World) -> Result<(), AppError> {
    let taken_back = ask(world, &["objects/namespace/asked2:edit"]).await?;
    ask(world, &["objects/namespace/asked3:edit"]).await?;
    world.answered(&requests::withdraw(&world.app, &world.dana, &taken_back).await?);
    world.reconfigure(&CONFIG.replace("lapse_after = \"2h\"", "lapse_after = \"90m\"")).await
}

/// Somebody takes an object away by hand, and leaves another there.
async fn drift(world: &World) -> Result<(), AppError> {
    get(world, &["objects/namespace/own2:edit"]).await?;
    let there = world.outside.there();
    for thing in there.iter().filter(|thing| thing.contains("own2")) {
        world.outside.take(thing);
    }
    world.outside.put("object 00000000-0000-0000-0000-000000000007 objects/namespace/own3:edit x");
    world.app.sweep(OBJECTS).await?;
    world.work().await
}

/// The first try to take it away fails.
async fn stick(world: &World) -> Result<(), AppError> {
    let number = get(world, &["objects/namespace/sticky:edit"]).await?;
    end(world, &number).await?;
    world.work().await?;
    world.pass(31);
    world.work().await
}
