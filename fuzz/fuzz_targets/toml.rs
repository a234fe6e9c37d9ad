//! Configuration files: whatever is in them, they are taken or refused in words; what is taken lets
//! nobody in by leaving something out.
#![no_main]
#![allow(dead_code, unreachable_pub)]

#[path = "../../crates/server/src/config/file.rs"]
mod file;
#[path = "../../crates/server/src/config/hint.rs"]
mod hint;
#[path = "../../crates/server/src/config/read.rs"]
mod read;

use bellhop_domain::Approval;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut config = read::Config::default();
    if let Err(why) = read::take(&mut config, text) {
        assert!(!why.is_empty());
        return;
    }
    for (id, flow) in &config.flows {
        assert_eq!(*id, flow.id);
        assert!(!flow.requesters.users.is_empty(), "nobody means nobody");
        assert!(flow.duration.default <= flow.duration.max);
        assert!(!flow.targets.is_empty());
        if let Approval::People(people) = &flow.approval {
            assert!(!people.any.users.is_empty(), "approved by nobody");
        } else {
            assert!(text.contains("automatic"), "automatic, and nobody said so");
        }
    }
    // A second time, everything in it is there already.
    let known = config.flows.len() + config.integrations.len();
    assert_eq!(read::take(&mut config, text).is_ok(), known == 0);
});
