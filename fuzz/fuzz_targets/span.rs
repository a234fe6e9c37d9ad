//! Lengths of time: between a second and a year, and the same after writing and reading.
#![no_main]

use bellhop_domain::Span;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match text.parse::<Span>() {
        Ok(span) => {
            assert!((1..=365 * 24 * 3_600).contains(&span.seconds()));
            assert_eq!(span.to_string().parse(), Ok(span));
        }
        Err(error) => assert!(error.to_string().len() < 1_000),
    }
});
