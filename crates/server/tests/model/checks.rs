//! What must be true whatever happens. A number before a text is that of the rule.

use bellhop_connectors::Probe;
use bellhop_domain::{EndCause, EndReason, GrantId, GrantState, Proof};

use crate::connector::ANYTHING;
use crate::ledger::{Held, Ledger, Row};
use crate::outside::{By, State, Thing};
use crate::reference::{Moment, Reference, Stage};

/// Which rule was broken, and how.
pub(crate) type Broken = String;

pub(crate) fn ensure(holds: bool, says: impl FnOnce() -> Broken) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(says()) }
}

/// The account of things that somebody planted with our mark.
pub(crate) const PLANTED: &str = "planted";

const UP: [&str; 4] = ["scheduled", "applying", "verifying", "active"];

/// A grant became usable, or is over: by what the system really said.
pub(crate) fn told(row: &Row, ledger: &Ledger, outside: &State) -> Result<(), Broken> {
    let Some((id, _)) = &row.grant else { return Ok(()) };
    let state: GrantState = match serde_json::from_value(ledger.grants[id].state.clone()) {
        Ok(state) => state,
        Err(error) => return Err(format!("7: {error}")),
    };
    let probed = outside.probed.get(id);
    if let GrantState::Active { .. } = state {
        let said = |probe: &Probe| !matches!(probe, Probe::NotYet(_) | Probe::Refused(_));
        let works = probed.is_some_and(said);
        return ensure(works, || format!("8: active, and the probe said {probed:?}"));
    }
    let held = &ledger.grants[id];
    if let GrantState::Revoking { ending } = &state {
        return lost(held, &ending.cause, outside);
    }
    let GrantState::Ended { proof, .. } = state else { return Ok(()) };
    match &proof {
        Proof::Probed { .. } => {
            let refused = matches!(probed, Some(Probe::Refused(_)));
            ensure(refused, || format!("5: ended as probed, and the probe said {probed:?}"))
        }
        Proof::Covered { by } => covered(*id, held, by, (ledger, outside)),
        Proof::ReadBack { .. } => {
            let there = own(*id, held, outside).is_some();
            ensure(!there, || "5: ended as read, and is there".to_owned())
        }
    }
}

/// What is said to be removed outside was: Bellhop does not take it from its own grants.
fn lost(held: &Held, cause: &EndCause, outside: &State) -> Result<(), Broken> {
    let EndCause::End { reason: EndReason::Drift | EndReason::Gone, .. } = cause else {
        return Ok(());
    };
    let known = |name: &str| outside.meddled.contains(name);
    let by_hand = known(&held.lane()) || known(&held.account) || known(ANYTHING);
    ensure(by_hand, || format!("6: {} is gone, and nobody took it", held.lane()))
}

/// The thing of a grant that has one of its own.
fn own<'a>(id: GrantId, held: &Held, outside: &'a State) -> Option<&'a Thing> {
    let late = outside.late.contains(&held.lane());
    outside.things().find(|thing| thing.by == By::Us(Some(id))).filter(|_| !late)
}

/// What is said to explain that the same is still allowed does.
fn covered(
    id: GrantId,
    held: &Held,
    by: &str,
    (ledger, outside): (&Ledger, &State),
) -> Result<(), Broken> {
    ensure(own(id, held, outside).is_none(), || "5: ended as covered, and is there".to_owned())?;
    let there: Vec<_> =
        outside.things().filter(|one| one.gives(&held.target, &held.account)).collect();
    let says = || format!("5: covered by {by}, and there is {there:?}");
    if by.contains("stood before") {
        return ensure(there.is_empty() || there.iter().any(|one| one.by == By::Somebody), says);
    }
    if let Some(named) = by.strip_prefix("grant ") {
        let live = |name: &str| {
            let other = ledger.grants.iter().find(|(id, _)| id.to_string() == name);
            other.is_some_and(|(_, other)| other.lane() == held.lane())
        };
        return ensure(named.split(", grant ").all(live), says);
    }
    Ok(())
}

/// After every command.
pub(crate) fn always(
    ledger: &Ledger,
    outside: &State,
    reference: &Reference,
) -> Result<(), Broken> {
    for thing in outside.things() {
        explained(thing, ledger, outside)?;
    }
    for id in &outside.kept {
        let there = outside.things().any(|thing| thing.id == *id);
        ensure(there, || format!("6: {id}, which is somebody else's, was removed"))?;
    }
    for held in ledger.grants.values() {
        let asked = &reference.requests[&held.number];
        let its_own = asked.targets.contains(&held.target);
        ensure(its_own, || format!("10: {} was never asked for", held.target))?;
    }
    Ok(())
}

/// Everything with our mark is there because of a grant that is not over.
fn explained(thing: &Thing, ledger: &Ledger, outside: &State) -> Result<(), Broken> {
    let By::Us(grant) = thing.by else { return Ok(()) };
    if outside.late.contains(&thing.lane()) || thing.account == PLANTED {
        return Ok(());
    }
    let explains = match grant {
        Some(id) => match ledger.grants.get(&id) {
            Some(held) => held.may_be_there(),
            None => false,
        },
        None => {
            let mut lane = ledger.grants.values().filter(|held| held.lane() == thing.lane());
            lane.any(Held::may_be_there)
        }
    };
    ensure(explains, || format!("8: {thing:?} is there, and no grant explains it"))
}

/// After all due work was done: nothing is on its way up, or shown as usable, after its time.
pub(crate) fn worked_off(
    ledger: &Ledger,
    reference: &Reference,
    at: &Moment,
) -> Result<(), Broken> {
    for (number, asked) in &reference.requests {
        match &asked.stage {
            Stage::Waiting(until) => {
                ensure(at.now < *until, || format!("2: R-{number} still waits"))?;
            }
            Stage::Closed => {}
            Stage::Approved(given) => {
                let over =
                    at.now >= given.deadline || given.boot.is_some_and(|boot| at.boot >= boot);
                let up = ledger.grants.values().any(|g| g.number == *number && g.is(&UP));
                ensure(!over || !up, || format!("1: R-{number} is not taken away in time"))?;
            }
        }
    }
    Ok(())
}

/// When all is well and nothing is left to do: what is open is what was granted, thing by thing.
pub(crate) fn at_rest(ledger: &Ledger, outside: &State) -> Result<(), Broken> {
    for (id, held) in &ledger.grants {
        let over = held.is(&["ended", "apply_failed"]);
        ensure(over || held.is(&["active"]), || format!("1: at rest, and {}", held.state))?;
        let shared = held.target.starts_with("groups");
        let there = outside.within_reach().any(|one| {
            one.gives(&held.target, &held.account) && (shared || one.by == By::Us(Some(*id)))
        });
        let found = shared && held.state["before"]["found"] == "standing";
        ensure(over || there || found, || format!("10: {} is active, and gone", held.lane()))?;
        ensure(!over || shared || !there, || format!("10: {} is over, and there", held.lane()))?;
    }
    for thing in outside.within_reach() {
        let By::Us(grant) = thing.by else { continue };
        let mut live = ledger.grants.iter().filter(|(_, held)| held.is(&["active"]));
        let explains = live.any(|(id, held)| {
            held.lane() == thing.lane() && grant.is_none_or(|grant| grant == *id)
        });
        ensure(explains, || format!("8: at rest, {thing:?} is there for nobody"))?;
    }
    Ok(())
}
