//! The grammar of targets: what is accepted reads back as written, and has nothing hidden in it.
#![no_main]

use bellhop_domain::Target;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match text.parse::<Target>() {
        Ok(target) => {
            assert_eq!(target.to_string(), text);
            assert!(text.bytes().all(|b| b.is_ascii_graphic()));
            assert!(!target.integration.contains('/') && !target.permission.contains(':'));
        }
        Err(error) => assert!(error.to_string().len() < 1_000),
    }
});
