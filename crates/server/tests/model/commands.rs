//! What may happen, in the order in which it is thought of. Numbers are taken modulo what there is,
//! so that a sequence still makes sense when some of it is left out.

use proptest::collection::vec;
use proptest::prelude::*;

/// One thing that happens.
#[derive(Clone, Debug)]
pub(crate) enum Command {
    Ask {
        who: u8,
        flow: u8,
        resources: u8,
        length: u8,
    },
    Decide {
        who: u8,
        which: u8,
        approve: bool,
        stale: bool,
    },
    Withdraw {
        who: u8,
        which: u8,
    },
    Extend {
        who: u8,
        which: u8,
    },
    End {
        who: u8,
        which: u8,
    },
    Deactivate {
        who: u8,
    },
    ChangeFlow {
        flow: u8,
        variant: u8,
    },
    /// The address leads to the other system of the kind, and somebody connects it.
    Connect {
        system: u8,
    },
    /// The same without connecting it: everything there is another one's.
    Mislead {
        system: u8,
    },
    Drift {
        system: u8,
        how: Drift,
        which: u8,
    },
    Sweep {
        system: u8,
    },
    RunOne {
        worker: u8,
    },
    RunDue {
        worker: u8,
    },
    Pass {
        seconds: u16,
    },
    /// Time goes by on the wall clock alone.
    SetClock {
        minutes: i8,
    },
    Restart {
        reboot: bool,
    },
    /// What comes next ends after so many steps, and its process with it.
    Crash {
        after: u8,
    },
    /// What comes next ends after so many steps if somebody asked for it, and the process goes on.
    HangUp {
        after: u8,
    },
    /// A call that hung goes on, or is given up.
    Resume {
        answer: bool,
    },
    Trouble {
        system: u8,
        kind: Trouble,
        times: u8,
    },
    /// All is well again, and what is due is done.
    Settle,
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
}

pub(crate) fn sequence(longest: usize) -> impl Strategy<Value = Vec<Command>> {
    vec(command(), 1..longest)
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![8 => by_people(), 8 => by_time(), 4 => outside(), 1 => processes()]
}

fn by_people() -> impl Strategy<Value = Command> {
    let (who, which) = (0..6_u8, prop_oneof![3 => 0..2_u8, 1 => 0..8_u8]);
    let somebody = prop_oneof![3 => Just(0_u8), 1 => 1..3_u8];
    let resources = prop_oneof![2 => Just(4_u8), 1 => Just(1_u8), 2 => 1..16_u8];
    let length = prop_oneof![4 => 1..3_u8, 1 => 0..5_u8];
    let request = (somebody, 0..2_u8, resources, length);
    let decide = (prop_oneof![6 => 2..4_u8, 1 => 0..6_u8], which.clone(), 0..5_u8, 0..8_u8);
    prop_oneof![
        9 => request.prop_map(|(who, flow, resources, length)| Command::Ask {
            who, flow, resources, length
        }),
        10 => decide.prop_map(|(who, which, approve, stale)| Command::Decide {
            who, which, approve: approve > 0, stale: stale == 0
        }),
        1 => (who.clone(), which.clone()).prop_map(|(who, which)| Command::Withdraw { who, which }),
        4 => (prop_oneof![3 => Just(0_u8), 1 => 1..3_u8], which.clone()).prop_map(|(who, which)| Command::Extend { who, which }),
        6 => (prop_oneof![1 => Just(0_u8), 1 => Just(4_u8), 1 => who], which).prop_map(|(who, which)| Command::End { who, which }),
        1 => prop_oneof![3 => Just(1_u8), 1 => 0..4_u8].prop_map(|who| Command::Deactivate { who }),
        2 => (0..2_u8, 0..12_u8).prop_map(|(flow, variant)| Command::ChangeFlow { flow, variant }),
    ]
}

fn by_time() -> impl Strategy<Value = Command> {
    prop_oneof![
        4 => (0..2_u8).prop_map(|worker| Command::RunOne { worker }),
        6 => (0..2_u8).prop_map(|worker| Command::RunDue { worker }),
        3 => (0..120_u16).prop_map(|seconds| Command::Pass { seconds }),
        1 => (0..16_000_u16).prop_map(|seconds| Command::Pass { seconds }),
        1 => (-90..90_i8).prop_map(|minutes| Command::SetClock { minutes }),
        2 => any::<bool>().prop_map(|answer| Command::Resume { answer }),
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
    ];
    let system = 0..2_u8;
    prop_oneof![
        5 => (system.clone(), kind, 1..6_u8)
            .prop_map(|(system, kind, times)| Command::Trouble { system, kind, times }),
        3 => (system.clone(), how, any::<u8>())
            .prop_map(|(system, how, which)| Command::Drift { system, how, which }),
        2 => system.clone().prop_map(|system| Command::Sweep { system }),
        1 => system.clone().prop_map(|system| Command::Connect { system }),
        1 => system.prop_map(|system| Command::Mislead { system }),
    ]
}

fn processes() -> impl Strategy<Value = Command> {
    prop_oneof![
        4 => (0..60_u8).prop_map(|after| Command::Crash { after }),
        2 => (0..30_u8).prop_map(|after| Command::HangUp { after }),
        1 => (0..4_u8).prop_map(|boot| Command::Restart { reboot: boot == 0 }),
    ]
}
