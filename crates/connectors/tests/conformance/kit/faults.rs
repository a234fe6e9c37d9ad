//! Every fault at every call of every operation: never a wrong answer, and the same again without
//! a fault arrives where the contract says, with nothing twice.

use std::time::Duration;

use bellhop_connectors::{Fault, Leftover, MadeFor, Presence, Probe, Revoked};
use bellhop_domain::{Before, Found};
use chrono::TimeDelta;

use super::call::{Answer, Op, Scene, call};
use super::discovery;
use super::ledger::Ledger;
use super::proxy::Trouble;
use super::{Checked, HASTY, Kit, PATIENT, System, said};
use crate::real::say;

/// How long the system says to wait. An odd number: nobody says it by chance.
pub(crate) const PAUSE: u64 = 37;

/// How far a grant has come before the operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Nothing,
    Prepared,
    Applied,
    /// Applied, with the deadline moved since.
    Extended,
    Revoked,
}

/// An operation at a stage, how many objects are there after it, and what it says then.
struct Case {
    op: Op,
    stage: Stage,
    effects: usize,
    right: fn(&Answer, &Scene) -> bool,
}

impl Case {
    fn changes(&self) -> bool {
        matches!(self.op, Op::Prepare | Op::Apply | Op::Extend | Op::Revoke | Op::Remove)
    }
}

const CASES: [Case; 19] = [
    case(Op::Prepare, Stage::Nothing, 0, is_absent_before),
    case(Op::Apply, Stage::Prepared, 1, is_nothing),
    case(Op::Apply, Stage::Applied, 1, is_nothing),
    case(Op::Apply, Stage::Extended, 1, is_nothing),
    case(Op::Extend, Stage::Applied, 1, is_nothing),
    case(Op::Extend, Stage::Extended, 1, is_nothing),
    case(Op::Target, Stage::Applied, 1, is_nothing),
    case(Op::Probe, Stage::Applied, 1, |one, _| matches!(one, Answer::Probe(Probe::Usable(_)))),
    case(Op::Probe, Stage::Revoked, 0, |one, _| matches!(one, Answer::Probe(Probe::Refused(_)))),
    case(Op::Read, Stage::Applied, 1, |one, _| *one == Answer::Presence(Presence::Ours)),
    case(Op::Read, Stage::Revoked, 0, |one, _| *one == Answer::Presence(Presence::Absent)),
    case(Op::Revoke, Stage::Applied, 0, is_gone),
    case(Op::Revoke, Stage::Revoked, 0, |one, _| *one == Answer::Revoked(Revoked::AlreadyGone)),
    case(Op::Mint, Stage::Applied, 1, is_nothing),
    case(Op::Leftovers, Stage::Applied, 1, is_listed),
    case(Op::Leftovers, Stage::Revoked, 0, |one, _| *one == Answer::Leftovers(Vec::new())),
    case(Op::Remove, Stage::Applied, 0, is_gone),
    case(Op::Check, Stage::Applied, 1, is_well),
    case(Op::Discover, Stage::Applied, 1, is_found),
];

const fn case(op: Op, stage: Stage, effects: usize, right: fn(&Answer, &Scene) -> bool) -> Case {
    Case { op, stage, effects, right }
}

fn is_nothing(answer: &Answer, _: &Scene) -> bool {
    *answer == Answer::Nothing
}

fn is_gone(answer: &Answer, _: &Scene) -> bool {
    matches!(answer, Answer::Revoked(Revoked::Done | Revoked::AlreadyGone))
}

fn is_listed(answer: &Answer, scene: &Scene) -> bool {
    let all_of = |left: &Vec<Leftover>| scene.leftover.iter().all(|known| left.contains(known));
    matches!(answer, Answer::Leftovers(left) if all_of(left))
}

fn is_well(answer: &Answer, _: &Scene) -> bool {
    matches!(answer, Answer::Health(health) if health.missing_rights.is_empty())
}

fn is_found(answer: &Answer, scene: &Scene) -> bool {
    matches!(answer, Answer::Found(found) if discovery::offers(found, &scene.order.target))
}

fn is_absent_before(answer: &Answer, _: &Scene) -> bool {
    matches!(answer, Answer::Before(before) if before.found == Found::Absent)
}

/// Everything that can go wrong with one call.
pub(crate) fn troubles(system: &dyn System) -> Vec<Trouble> {
    let refusal = |status, pause| Trouble::Refusal(status, pause, system.refusal(status));
    vec![
        Trouble::RequestLost,
        Trouble::ReplyLost,
        Trouble::Silence,
        Trouble::Cut,
        Trouble::Half,
        refusal(429, Some(PAUSE)),
        refusal(500, None),
        refusal(503, None),
        refusal(403, None),
    ]
}

/// Whether this is what a connector says of this trouble, when it does not get around it.
pub(crate) fn is_said_of(trouble: &Trouble, fault: &Fault) -> bool {
    match (trouble, fault) {
        (Trouble::Refusal(429, ..), Fault::Throttled { after, .. }) => {
            *after == Duration::from_secs(PAUSE)
        }
        (Trouble::Refusal(429, ..), _) => false,
        (Trouble::Refusal(403, ..), fault) => matches!(fault, Fault::NotAllowed(_)),
        (_, fault) => matches!(fault, Fault::Unavailable(_)),
    }
}

/// Fails unless a system survives [`everywhere`].
pub(crate) async fn survived(system: Option<impl System>, changing: bool) {
    let Some(system) = system else { return };
    let (tried, wrong) = everywhere(&system, changing).await;
    system.leave().await;
    assert!(wrong.is_empty(), "{wrong:#?}");
    let cases = CASES.iter().filter(|case| case.changes() == changing).count();
    assert!(tried > cases * troubles(&system).len(), "only {tried} faults met a call");
    say(&format!("{tried} faults, each at one call of an operation"));
}

/// Tries all operations that change something, or all that do not; answers how many combinations
/// there were, and what was found wrong.
pub(crate) async fn everywhere(system: &dyn System, changing: bool) -> (usize, Vec<String>) {
    let (kit, mut tried, mut wrong) = (Kit::new(system), 0, Vec::new());
    for case in CASES.iter().filter(|case| case.changes() == changing) {
        let mut used = None;
        for trouble in troubles(system) {
            for nth in 0.. {
                let name = format!("{:?} at {:?}, call {nth}: {trouble:?}", case.op, case.stage);
                match once(&kit, case, (nth, &trouble), &mut used).await {
                    Ok(true) => tried += 1,
                    // There is no such call any more.
                    Ok(false) => break,
                    Err(said) => {
                        tried += 1;
                        wrong.push(format!("{name}: {said}"));
                        // What is broken at one call is broken at the next ones, and slowly.
                        break;
                    }
                }
            }
        }
        if let Some(scene) = used {
            wrong.extend(clean(&kit, &scene).await.err());
        }
    }
    (tried, wrong)
}

/// One operation with one call of it in trouble; answers whether there was that call. What only
/// looks at things is `used` again for the next one.
async fn once(
    kit: &Kit<'_>,
    case: &Case,
    (nth, trouble): (usize, &Trouble),
    used: &mut Option<Scene>,
) -> Result<bool, String> {
    let scene = match used.take() {
        Some(scene) => scene,
        None => stage(kit, case.stage).await?,
    };
    let limit = if matches!(trouble, Trouble::Silence) { HASTY } else { PATIENT };
    let connector = kit.system.open(limit);
    kit.system.proxy().arm(nth, trouble.clone());
    let answer = call(connector.as_ref(), case.op, &scene).await;
    let fired = kit.system.proxy().disarm();
    let right = match &answer {
        Ok(answer) => (case.right)(answer, &scene),
        Err(fault) => is_said_of(trouble, fault) && (fired || limit == HASTY),
    };
    want!(right, "said {answer:?}");
    is_secret(kit, &format!("{answer:?}"))?;
    if case.op == Op::Prepare {
        kit.effects_are(&scene.order, 0).await?;
    }
    // The same again, by the very same connector and with nothing in the way.
    let connector = if limit == HASTY { kit.system.open(PATIENT) } else { connector };
    let again = said("again", call(connector.as_ref(), case.op, &scene).await)?;
    want!((case.right)(&again, &scene), "said {again:?} when nothing was in the way");
    kit.effects_are(&scene.order, case.effects).await?;
    if matches!(case.op, Op::Apply | Op::Extend) {
        let (noted, _) = kit.system.noted(&scene.order).await;
        let due = scene.order.deadline.format("%FT%TZ").to_string();
        want!(noted == due, "the deadline noted is {noted} and not {due}");
    }
    if case.changes() {
        clean(kit, &scene).await?;
    } else {
        *used = Some(scene);
    }
    Ok(fired)
}

async fn clean(kit: &Kit<'_>, scene: &Scene) -> Checked {
    said("revoke", kit.warm.revoke(&scene.order, &scene.leaving).await)?;
    kit.effects_are(&scene.order, 0).await?;
    kit.nothing_is_left().await
}

async fn stage(kit: &Kit<'_>, stage: Stage) -> Result<Scene, String> {
    let (mut order, mut ledger) = (kit.lone(), Ledger::default());
    ledger.open(&order);
    let mut leftover = None;
    if stage != Stage::Nothing {
        let seen = said("prepare", kit.warm.prepare(&order).await)?;
        ledger.record(&order, seen);
    }
    let before = ledger.before(order.grant);
    let mut leaving = ledger.leaving(&order);
    // Nothing was prepared yet: what a first call is made with is never looked at.
    let none = Before { found: Found::Absent, plan: serde_json::Value::Null };
    let before = before.unwrap_or_else(|| none.clone());
    leaving.before.get_or_insert(none);
    if !matches!(stage, Stage::Nothing | Stage::Prepared) {
        said("apply", kit.warm.apply(&order, &before).await)?;
        kit.probe_until(&order, &before, |one| matches!(one, Probe::Usable(_))).await?;
        let left = said("leftovers", kit.warm.leftovers(order.installation).await)?;
        leftover = left.into_iter().find(|one| !matches!(one.of, MadeFor::Account(_)));
        want!(leftover.is_some(), "what was made is not listed");
    }
    if stage == Stage::Extended {
        order.deadline += TimeDelta::hours(1);
    }
    if stage == Stage::Revoked {
        said("revoke", kit.warm.revoke(&order, &leaving).await)?;
        kit.probe_until(&order, &before, |one| matches!(one, Probe::Refused(_))).await?;
    }
    Ok(Scene { order, before, leaving, leftover })
}

fn is_secret(kit: &Kit<'_>, text: &str) -> Checked {
    let found = kit.system.secrets().into_iter().find(|secret| text.contains(secret));
    want!(found.is_none(), "a secret can be read: {text}");
    Ok(())
}
