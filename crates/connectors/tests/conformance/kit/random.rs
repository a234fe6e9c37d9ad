//! Random sequences of operations and faults, each from a seed that is told when it fails.

use bellhop_connectors::{Fault, Order, Presence, Probe};
use bellhop_domain::{Before, Found};

use super::call::{Answer, Op, Scene, call};
use super::discovery;
use super::faults::{is_said_of, troubles};
use super::ledger::Ledger;
use super::proxy::Trouble;
use super::{Checked, Kit, PATIENT, System};

/// A number from a seed, and the next seed (`SplitMix64`).
pub(crate) struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) >> 33).unwrap_or(0) % most
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        if from.is_empty() { None } else { from.get(self.below(from.len())) }
    }
}

/// What is played. What changes something is there more often.
const OFTEN: [Op; 16] = [
    Op::Prepare,
    Op::Prepare,
    Op::Prepare,
    Op::Apply,
    Op::Apply,
    Op::Apply,
    Op::Extend,
    Op::Revoke,
    Op::Target,
    Op::Probe,
    Op::Probe,
    Op::Read,
    Op::Mint,
    Op::Leftovers,
    Op::Check,
    Op::Discover,
];

/// Plays one sequence for each seed. Fails at the first that goes wrong, and says its seed.
pub(crate) async fn survived(system: Option<impl System>, seeds: std::ops::Range<u64>) {
    let Some(system) = system else { return };
    let wrong = first_wrong(&system, seeds).await;
    system.leave().await;
    assert!(wrong.is_none(), "{}", wrong.unwrap_or_default());
}

/// What the first sequence found that goes wrong.
pub(crate) async fn first_wrong(
    system: &dyn System,
    seeds: std::ops::Range<u64>,
) -> Option<String> {
    for seed in seeds {
        if let Err(said) = play(&mut Kit::new(system), Dice(seed)).await {
            return Some(format!("seed {seed}: {said}"));
        }
    }
    None
}

async fn play(kit: &mut Kit<'_>, mut dice: Dice) -> Checked {
    // Most grants meet others in their lane.
    let target = kit.system.target();
    let targets = [target.clone(), target, kit.system.second_target()];
    let account = kit.system.account();
    let accounts = [account.clone(), account.clone(), account, kit.system.account()];
    let mut orders = Vec::new();
    for _ in 0..4 {
        let target = dice.pick(&targets).ok_or("no target")?;
        let account = dice.pick(&accounts).ok_or("no account")?;
        orders.push(kit.order(target, account));
    }
    let (mut ledger, mut story) = (Ledger::default(), Vec::new());
    for _ in 0..dice.below(10) + 6 {
        let order = dice.pick(&orders).ok_or("no order")?.clone();
        let possible: Vec<Op> =
            OFTEN.into_iter().filter(|op| is_possible(&ledger, *op, &order)).collect();
        let op = dice.pick(&possible).copied().unwrap_or(Op::Read);
        let trouble = trouble(kit, &mut dice);
        if dice.below(5) == 0 {
            // The program was started again.
            kit.warm = kit.system.open(PATIENT);
        }
        story.push(format!("{op:?} of {} {trouble:?}", order.grant));
        let done = step(kit, &mut ledger, (op, &order), trouble).await;
        done.map_err(|said| format!("{said} after {story:#?}"))?;
    }
    while let Some(live) = ledger.live().first().cloned() {
        kit.end(&mut ledger, &live.order)
            .await
            .map_err(|said| format!("{said} after {story:#?}"))?;
    }
    for order in &orders {
        kit.effects_are(order, 0).await?;
        kit.works_becomes(order, false).await?;
    }
    kit.nothing_is_left().await.map_err(|said| format!("{said} after {story:#?}"))
}

/// A fault at one of the next calls, or none. Silence is left to the other suite: it is slow.
fn trouble(kit: &Kit<'_>, dice: &mut Dice) -> Option<Trouble> {
    let mut all = troubles(kit.system);
    all.retain(|one| !matches!(one, Trouble::Silence));
    let trouble = dice.pick(&all)?.clone();
    let nth = dice.below(12);
    // Some go unharmed, by this and because they make fewer calls.
    (nth < 6).then(|| kit.system.proxy().arm(nth, trouble.clone()))?;
    Some(trouble)
}

/// Whether the engine would ever ask for it.
fn is_possible(ledger: &Ledger, op: Op, order: &Order) -> bool {
    let live = ledger.find(order.grant);
    let known = live.is_some_and(|one| one.before.is_some());
    let goes_on = live.is_none_or(|one| !one.is_ending);
    match op {
        Op::Prepare => !known && goes_on && !ledger.is_retired(&order.account),
        Op::Apply | Op::Mint => known && goes_on,
        Op::Extend => goes_on && live.is_some_and(|one| one.is_made),
        Op::Target | Op::Probe => known,
        Op::Revoke => live.is_some(),
        Op::Remove => false,
        Op::Read | Op::Leftovers | Op::Check | Op::Discover => true,
    }
}

/// One operation; what it answers has to be true.
async fn step(
    kit: &Kit<'_>,
    ledger: &mut Ledger,
    (op, order): (Op, &Order),
    trouble: Option<Trouble>,
) -> Checked {
    let known = ledger.before(order.grant);
    let live = ledger.find(order.grant).is_some();
    if op == Op::Prepare && !live {
        ledger.open(order);
    }
    let works = settled(kit, ledger, order).await?;
    let none = Before { found: Found::Absent, plan: serde_json::Value::Null };
    let before = known.unwrap_or(none);
    let leaving = if op == Op::Revoke { ledger.begin_end(order) } else { ledger.leaving(order) };
    let scene = Scene { order: order.clone(), before, leaving, leftover: None };
    let answer = call(kit.warm.as_ref(), op, &scene).await;
    let fired = kit.system.proxy().disarm();
    match answer {
        Ok(answer) => is_true(kit, ledger, (op, order), answer, works).await,
        Err(fault) => may_fail(&fault, trouble.filter(|_| fired).as_ref()),
    }
}

/// Whether the account is let in, once the system has followed.
async fn settled(kit: &Kit<'_>, ledger: &Ledger, order: &Order) -> Result<bool, String> {
    let mut there = kit.system.effects(order).await;
    for other in ledger.others(order) {
        there += kit.system.effects(&other.order).await;
    }
    kit.works_becomes(order, there > 0).await?;
    Ok(there > 0)
}

fn may_fail(fault: &Fault, trouble: Option<&Trouble>) -> Checked {
    want!(
        trouble.is_some_and(|trouble| is_said_of(trouble, fault)),
        "said {fault:?} of {trouble:?}"
    );
    Ok(())
}

async fn is_true(
    kit: &Kit<'_>,
    ledger: &mut Ledger,
    (op, order): (Op, &Order),
    answer: Answer,
    works: bool,
) -> Checked {
    let there = kit.system.effects(order).await;
    want!(there <= 1, "{there} objects are there");
    match answer {
        Answer::Before(seen) => drop(ledger.record(order, seen)),
        Answer::Presence(read) => {
            let wished = if there == 1 { Presence::Ours } else { Presence::Absent };
            want!(read == wished, "read says {read:?} and {there} are there");
        }
        Answer::Probe(Probe::Usable(_) | Probe::Covered(_)) => {
            want!(works || there > 0, "a probe says usable where nothing is");
        }
        Answer::Probe(Probe::Refused(_)) => {
            let gone = kit.system.has_account(&order.account).await == Some(false);
            want!(!works || gone, "a probe says refused what works");
        }
        Answer::Revoked(_) => {
            ledger.close(order.grant);
            let shared = kit.system.is_shared();
            let owned = shared && ledger.others(order).any(|one| one.before.is_some());
            want!(there == 0 || owned, "revoked, and it is there");
            for one in ledger.live().iter().filter(|one| one.is_made && !one.is_ending) {
                kit.effects_are(&one.order, 1).await?;
            }
        }
        Answer::Leftovers(left) => {
            let listed = left.iter().any(|one| match &one.of {
                bellhop_connectors::MadeFor::Grant(grant) => *grant == Some(order.grant),
                bellhop_connectors::MadeFor::Lane { target, account } => {
                    *target == order.target && *account == order.account
                }
                bellhop_connectors::MadeFor::Account(_) => false,
            });
            want!(listed == (there == 1), "{there} are there, and listed is {left:?}");
        }
        Answer::Found(found) => {
            want!(discovery::offers(&found, &order.target), "the target is not found: {found:?}");
        }
        Answer::Health(health) => want!(health.missing_rights.is_empty(), "{health:?}"),
        Answer::Nothing if op == Op::Apply => {
            want!(there == 1, "applied, and nothing is there");
            ledger.made(order.grant);
        }
        Answer::Probe(Probe::NotYet(_) | Probe::NothingToAsk(_)) | Answer::Nothing => {}
    }
    Ok(())
}
