//! Finds the targets that somebody means by a few letters.

use std::cmp::Reverse;
use std::collections::HashMap;

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::expand::Entry;

/// Where a match stands among the others: the lowest comes first.
type Place = (Reverse<u32>, usize, usize, usize);

/// The matches of a search.
pub(super) struct Matches {
    /// Places of the entries of one page, the best first.
    pub(super) page: Vec<usize>,
    /// How many match.
    pub(super) total: usize,
    /// Whether there are more after the page.
    pub(super) more: bool,
}

/// Which page of the matches.
pub(super) struct Page {
    /// So many at the most.
    pub(super) limit: usize,
    /// Those after the entry at this place.
    pub(super) after: Option<usize>,
}

/// The entries in which every word of `q` is found: the better it fits the earlier, then what was
/// requested `lately` (places of entries, the newest first), then the shorter, then by name. Without
/// words, all of them: first what was requested lately, then by name.
pub(super) fn rank(entries: &[Entry], q: &str, lately: &[usize], page: &Page) -> Matches {
    let newest: HashMap<usize, usize> = lately.iter().enumerate().map(|(n, i)| (*i, n)).collect();
    let lately = |i: usize| newest.get(&i).copied().unwrap_or(usize::MAX);
    let mut found: Vec<Place> = if q.trim().is_empty() {
        (0..entries.len()).map(|i| (Reverse(0), lately(i), 0, i)).collect()
    } else {
        let scored = score(entries, q).into_iter();
        scored.map(|(score, length, i)| (Reverse(score), lately(i), length, i)).collect()
    };
    let total = found.len();
    if let Some(after) = page.after {
        found.sort_unstable();
        let past = found.iter().position(|place| place.3 == after).map_or(0, |at| at + 1);
        found.drain(..past);
    } else if found.len() > page.limit {
        // The first page, which is nearly always the one: no need to sort the rest.
        found.select_nth_unstable(page.limit);
    }
    let more = found.len() > page.limit;
    found.truncate(page.limit);
    found.sort_unstable();
    Matches { page: found.into_iter().map(|place| place.3).collect(), total, more }
}

fn score(entries: &[Entry], q: &str) -> Vec<(u32, usize, usize)> {
    let mut matcher = Matcher::new(Config::DEFAULT.match_paths());
    let pattern = Pattern::new(q, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy);
    let mut letters = Vec::new();
    let mut found = Vec::new();
    for (i, entry) in entries.iter().enumerate() {
        let text = Utf32Str::new(entry.text(), &mut letters);
        if let Some(score) = pattern.score(text, &mut matcher) {
            found.push((score, entry.text().len(), i));
        }
    }
    found
}
