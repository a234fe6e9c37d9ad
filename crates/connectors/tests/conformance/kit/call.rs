//! Every call of the contract by name, so that they can be made in turn.

use bellhop_connectors::{
    Connector, Fault, FoundType, Health, Leaving, Leftover, Order, Presence, Probe, Revoked,
};
use bellhop_domain::{Before, Clock as _, SystemClock};
use chrono::TimeDelta;

/// A call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Prepare,
    Apply,
    Extend,
    Target,
    Probe,
    Read,
    Revoke,
    Mint,
    Leftovers,
    Remove,
    Check,
    Discover,
}

impl Op {
    pub(crate) const ALL: [Self; 12] = [
        Self::Prepare,
        Self::Apply,
        Self::Extend,
        Self::Target,
        Self::Probe,
        Self::Read,
        Self::Revoke,
        Self::Mint,
        Self::Leftovers,
        Self::Remove,
        Self::Check,
        Self::Discover,
    ];
}

/// What a call is made with.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub(crate) order: Order,
    pub(crate) before: Before,
    pub(crate) leaving: Leaving,
    pub(crate) leftover: Option<Leftover>,
}

/// What a call answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Nothing,
    Before(Before),
    Probe(Probe),
    Presence(Presence),
    Revoked(Revoked),
    Leftovers(Vec<Leftover>),
    Health(Health),
    Found(Vec<FoundType>),
}

pub(crate) async fn call(
    connector: &dyn Connector,
    op: Op,
    scene: &Scene,
) -> Result<Answer, Fault> {
    let Scene { order, before, leaving, leftover } = scene;
    Ok(match op {
        Op::Prepare => Answer::Before(connector.prepare(order).await?),
        Op::Apply => {
            connector.apply(order, before).await?;
            Answer::Nothing
        }
        Op::Extend => {
            connector.extend(order, before).await?;
            Answer::Nothing
        }
        Op::Target => {
            connector.target(order, before).await?;
            Answer::Nothing
        }
        Op::Probe => Answer::Probe(connector.probe(order, before).await?),
        Op::Read => Answer::Presence(connector.read(order).await?),
        Op::Revoke => Answer::Revoked(connector.revoke(order, leaving).await?),
        Op::Mint => {
            let until = SystemClock.now() + TimeDelta::minutes(15);
            connector.mint(order, until).await?;
            Answer::Nothing
        }
        Op::Leftovers => Answer::Leftovers(connector.leftovers(order.installation).await?),
        Op::Remove => match leftover {
            Some(leftover) => Answer::Revoked(connector.remove(leftover).await?),
            None => return Err(Fault::Impossible("the scene has no leftover".to_owned())),
        },
        Op::Check => Answer::Health(connector.check().await?),
        Op::Discover => Answer::Found(connector.discover().await?),
    })
}
