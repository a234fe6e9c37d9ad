//! Sequences that once broke a rule.

use crate::commands::{Around, Asking, Command, Deed, Trouble};
use crate::run;

#[test]
fn t11_what_a_grant_left_that_is_being_ended_is_not_standing_access() {
    let ask = Command::Ask(Asking { who: 0, flow: 0, resources: 4, length: 1 });
    let end = Command::Deed(0, Deed::End, 0);
    run::these(&[
        ask.clone(),
        Command::RunDue(0),
        end.clone(),
        Command::Around(Around::Trouble(1, Trouble::Lost, 1)),
        ask,
        Command::RunDue(0),
        Command::Around(Around::Pass(2)),
        Command::RunDue(0),
        end,
        Command::RunDue(0),
    ]);
}
