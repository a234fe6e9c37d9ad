//! Figures from times.

use std::time::Duration;

/// The times of one side.
#[derive(Debug, Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn add(&mut self, took: Duration) {
        self.0.push(took);
    }

    pub(crate) fn median(&self) -> f64 {
        self.at(50)
    }

    /// The time that this many percent of the rounds kept, in milliseconds.
    pub(crate) fn at(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort();
        let index = sorted.len() * percent / 100;
        let found = sorted.get(index.min(sorted.len().saturating_sub(1)));
        found.map_or(0.0, |took| took.as_secs_f64() * 1_000.0)
    }
}

impl From<Vec<Duration>> for Times {
    fn from(all: Vec<Duration>) -> Self {
        Self(all)
    }
}

/// One line of the result.
pub(crate) fn line(what: &str, through: &Times, bare: &Times) -> String {
    format!(
        "{what:<18} {:>8.1} {:>7.1}   {:>8.1} {:>7.1}   {:>6.2}",
        through.median(),
        through.at(90),
        bare.median(),
        bare.at(90),
        through.median() / bare.median()
    )
}
