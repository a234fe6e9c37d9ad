//! What somebody probably meant.

/// Less alike than this, a word is not a misspelling of another.
const ALIKE: f64 = 0.7;

/// The known word that is nearest to the unknown one, when the parser's `message` is about an
/// unknown key or value: ``unknown field `usres`, expected `users` ``.
pub(super) fn nearest(message: &str) -> Option<&str> {
    let about = ["unknown field", "unknown variant"].iter().find_map(|a| message.find(a))?;
    // Every second part is between two backticks: the unknown word, and then those that are known.
    let mut words = message.get(about..)?.split('`').skip(1).step_by(2);
    let unknown = words.next()?;
    let alike = |word: &&str| strsim::jaro_winkler(unknown, word);
    let nearest = words.max_by(|a, b| alike(a).total_cmp(&alike(b)))?;
    (alike(&nearest) >= ALIKE).then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_misspelt_word_finds_the_known_one() {
        let one_of = "unknown field `apporval`, expected one of `id`, `name`, `approval`, `target`";
        for (message, expected) in [
            ("unknown field `usres`, expected `users`", Some("users")),
            (one_of, Some("approval")),
            ("unknown variant `automatik`, expected `automatic`", Some("automatic")),
            ("unknown field `zzz`, expected `users`", None),
            ("unknown field `zzz`, there are no fields", None),
            ("missing field `name`", None),
            ("", None),
        ] {
            assert_eq!(nearest(message), expected, "{message}");
        }
    }
}
