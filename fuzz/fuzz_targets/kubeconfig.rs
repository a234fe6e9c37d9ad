//! Editing kubeconfigs: every byte that is not ours stays, what was added and removed leaves no
//! trace, and the one pass over the lines answers as the parser does.
#![no_main]

use bellhop_workstation::kubeconfig::testing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(what) = testing::check(text) {
        panic!("{what}");
    }
});
