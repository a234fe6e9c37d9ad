//! Configuration files: whatever is in them, they are taken or refused in words; what is taken lets
//! nobody in by leaving something out.
#![no_main]
#![allow(dead_code, unreachable_pub)]

#[path = "../../crates/server/src/config/file.rs"]
mod file;
#[path = "../../crates/server/src/config/folder.rs"]
mod folder;
#[path = "../../crates/server/src/config/hint.rs"]
mod hint;
#[path = "../../crates/server/src/config/read.rs"]
mod read;

use bellhop_domain::Approval;
use folder::Source;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let file = |name: &str| Source { name: name.to_owned(), text: text.to_owned() };
    let config = match read::check_beside(&[file("a.toml")], &[]) {
        Ok(config) => config,
        Err(why) => {
            assert!(why.to_string().starts_with("a.toml: "), "{why}");
            return;
        }
    };
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
    // In a second file, everything in it is there already.
    let known = config.flows.len() + config.integrations.len();
    assert_eq!(read::check_beside(&[file("a.toml"), file("b.toml")], &[]).is_ok(), known == 0);
});
