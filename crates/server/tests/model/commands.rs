//! What may happen, in the order in which it is thought of. Numbers are taken modulo what there is,
//! so that a sequence still makes sense when some of it is left out.

use proptest::collection::vec;
use proptest::prelude::*;

/// One thing that happens.
#[derive(Clone, Debug)]
pub(crate) enum Command {
    Ask(Asking),
    /// Who does what with which request.
    Deed(u8, Deed, u8),
    Deactivate(u8),
    ChangeFlow(u8, u8),
    /// The address leads to the other system of the kind, and somebody connects it.
    Connect(u8),
    Sweep(u8),
    /// A worker does one job.
    RunOne(u8),
    /// A worker does all that is due.
    RunDue(u8),
    Restart,
    /// The machine starts anew.
    Reboot,
    /// A call that hung goes on, or is given up.
    Resume(bool),
    Around(Around),
    /// All is well again, and what is due is done.
    Settle,
}

/// What somebody asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asking {
    pub(crate) who: u8,
    pub(crate) flow: u8,
    /// A bit for each.
    pub(crate) resources: u8,
    pub(crate) length: u8,
}

/// What somebody does with a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deed {
    /// By what they see now, or by what they were first shown.
    Decide {
        approve: bool,
        stale: bool,
    },
    Withdraw,
    Extend,
    End,
}

/// What happens around the backend.
#[derive(Clone, Debug)]
pub(crate) enum Around {
    /// Seconds go by.
    Pass(u16),
    /// Minutes go by on the wall clock alone.
    SetClock(i8),
    /// What comes next ends after so many steps, and its process with it.
    Crash(u8),
    /// What comes next ends after so many steps if somebody asked for it, and the process goes on.
    HangUp(u8),
    /// The address leads to the other system, and nobody connected it.
    Mislead(u8),
    Drift(u8, Drift, u8),
    /// The next calls of a system go wrong.
    Trouble(u8, Trouble, u8),
}

/// What somebody does by hand in a system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Drift {
    RemoveOurs,
    ChangeOurs,
    PlantOurs,
    PlantForeign,
    GiveStanding,
    DeleteTarget,
}

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It never gets there.
    Lost,
    /// It took effect, and nobody is told.
    LostReply,
    Throttled,
    NotAllowed,
    /// It hangs, and takes effect when it goes on.
    HangsBefore,
    /// It took effect, and then hangs.
    HangsAfter,
    /// It is said to be done, and is not; or it is done and does not show.
    Lags,
}

pub(crate) fn sequence(longest: usize) -> impl Strategy<Value = Vec<Command>> {
    prop_oneof![2 => vec(command(), 1..longest), 1 => vec(crowded(), 1..longest)]
}

/// One person and the same few targets again and again, so that grants overlap.
fn crowded() -> impl Strategy<Value = Command> {
    let asking = (prop_oneof![4 => Just(4_u8), 1 => Just(5_u8)], 1..3_u8)
        .prop_map(|(resources, length)| Asking { who: 0, flow: 0, resources, length });
    let end = (prop_oneof![1 => Just(0_u8), 1 => Just(4_u8)], 0..4_u8);
    prop_oneof![
        5 => asking.prop_map(Command::Ask),
        4 => end.prop_map(|(who, which)| Command::Deed(who, Deed::End, which)),
        6 => (0..2_u8).prop_map(Command::RunDue),
        8 => by_time(),
        3 => outside(),
        1 => processes(),
    ]
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![8 => by_people(), 8 => by_time(), 4 => outside(), 1 => processes()]
}

fn by_people() -> impl Strategy<Value = Command> {
    let which = || prop_oneof![3 => 0..2_u8, 1 => 0..8_u8];
    let dana = || prop_oneof![3 => Just(0_u8), 1 => 1..3_u8];
    let approver = prop_oneof![6 => 2..4_u8, 1 => 0..6_u8];
    let ender = prop_oneof![1 => Just(0_u8), 1 => Just(4_u8), 1 => 0..6_u8];
    let paul = prop_oneof![3 => Just(1_u8), 1 => 0..4_u8];
    let resources = prop_oneof![2 => Just(4_u8), 1 => Just(1_u8), 2 => 1..16_u8];
    let length = prop_oneof![2 => 1..3_u8, 1 => 0..5_u8, 1 => Just(0_u8)];
    let asking = (dana(), 0..2_u8, resources, length)
        .prop_map(|(who, flow, resources, length)| Asking { who, flow, resources, length });
    let decide = (0..5_u8, 0..8_u8)
        .prop_map(|(deny, stale)| Deed::Decide { approve: deny > 0, stale: stale == 0 });
    let deed = prop_oneof![
        10 => (approver, decide, which()),
        1 => (0..6_u8, Just(Deed::Withdraw), which()),
        4 => (dana(), Just(Deed::Extend), which()),
        6 => (ender, Just(Deed::End), which()),
    ];
    prop_oneof![
        9 => asking.prop_map(Command::Ask),
        21 => deed.prop_map(|(who, deed, which)| Command::Deed(who, deed, which)),
        1 => paul.prop_map(Command::Deactivate),
        2 => (0..2_u8, 0..12_u8).prop_map(|(flow, variant)| Command::ChangeFlow(flow, variant)),
    ]
}

fn by_time() -> impl Strategy<Value = Command> {
    let around = prop_oneof![
        5 => (0..120_u16).prop_map(Around::Pass),
        1 => prop_oneof![0..2_000_u16, 0..16_000_u16].prop_map(Around::Pass),
        1 => (-90..90_i8).prop_map(Around::SetClock),
    ];
    prop_oneof![
        4 => (0..2_u8).prop_map(Command::RunOne),
        6 => (0..2_u8).prop_map(Command::RunDue),
        5 => around.prop_map(Command::Around),
        2 => any::<bool>().prop_map(Command::Resume),
        2 => Just(Command::Settle),
    ]
}

fn outside() -> impl Strategy<Value = Command> {
    let how = prop_oneof![
        2 => Just(Drift::RemoveOurs),
        2 => Just(Drift::ChangeOurs),
        2 => Just(Drift::PlantOurs),
        1 => Just(Drift::PlantForeign),
        3 => Just(Drift::GiveStanding),
        1 => Just(Drift::DeleteTarget),
    ];
    let kind = prop_oneof![
        Just(Trouble::Lost),
        Just(Trouble::LostReply),
        Just(Trouble::Throttled),
        Just(Trouble::NotAllowed),
        Just(Trouble::HangsBefore),
        Just(Trouble::HangsAfter),
        Just(Trouble::Lags),
    ];
    let system = || 0..2_u8;
    let times = prop_oneof![1 => Just(1_u8), 1 => 1..6_u8];
    let trouble = (system(), kind, times);
    let around = prop_oneof![
        5 => trouble.prop_map(|(system, kind, times)| Around::Trouble(system, kind, times)),
        3 => (system(), how, any::<u8>())
            .prop_map(|(system, how, which)| Around::Drift(system, how, which)),
        1 => system().prop_map(Around::Mislead),
    ];
    prop_oneof![
        9 => around.prop_map(Command::Around),
        2 => system().prop_map(Command::Sweep),
        1 => system().prop_map(Command::Connect),
    ]
}

fn processes() -> impl Strategy<Value = Command> {
    prop_oneof![
        12 => (0..60_u8).prop_map(|after| Command::Around(Around::Crash(after))),
        6 => (0..30_u8).prop_map(|after| Command::Around(Around::HangUp(after))),
        2 => Just(Command::Restart),
        1 => Just(Command::Reboot),
    ]
}
