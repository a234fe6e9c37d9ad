//! What somebody probably meant.

/// Less alike than this, a word is not a misspelling of another.
const ALIKE: f64 = 0.8;
/// Words that are less like it than the nearest one by this much are not worth saying.
const ABOUT_AS_NEAR: f64 = 0.04;

/// Up to `most` of `words` that are like the unknown one, the nearest first.
pub(in crate::app) fn nearest<'a>(
    unknown: &str,
    words: impl Iterator<Item = &'a str>,
    most: usize,
) -> Vec<&'a str> {
    let alike = |word: &'a str| (strsim::jaro_winkler(unknown, word), word);
    let mut found: Vec<_> = words.map(alike).filter(|(alike, _)| *alike >= ALIKE).collect();
    found.sort_by(|(a, one), (b, two)| b.total_cmp(a).then(one.cmp(two)));
    found.dedup_by(|a, b| a.1 == b.1);
    let best = found.first().map_or(1.0, |(alike, _)| *alike);
    found.retain(|(alike, _)| *alike >= best - ABOUT_AS_NEAR);
    found.into_iter().map(|(_, word)| word).take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_comes_first_and_what_is_not_alike_not_at_all() {
        let words = ["customer1", "customer2", "kube-system", "customer1"];
        let near = |unknown| nearest(unknown, words.into_iter(), 3);
        assert_eq!(near("custmer2"), ["customer2"]);
        assert_eq!(near("customer"), ["customer1", "customer2"]);
        assert_eq!(near("zzz"), Vec::<&str>::new());
        assert_eq!(near("kubesystem"), ["kube-system"]);
    }
}
