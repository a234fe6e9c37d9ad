//! Words of other people made fit to be shown: one line, nothing hidden in it, and short.

/// Titles have fewer characters than this.
pub(crate) const TITLE: usize = 40;
/// No name is cut shorter than this, in characters.
const SHORTEST_NAME: usize = 6;
/// What somebody said is quoted up to here, in characters.
const LONGEST_QUOTE: usize = 120;
/// The longest body, in characters.
const LONGEST_BODY: usize = 300;

/// A part of a title.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part<'a> {
    /// Ours, and never cut.
    Says(&'a str),
    /// A name, which is cut when the title would be too long.
    Name(&'a str),
}

/// One line out of `text`: line breaks and runs of blanks become one blank, and what controls,
/// hides or turns text around is gone.
pub(crate) fn line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        let before = line.len();
        if !line.is_empty() {
            line.push(' ');
        }
        let start = line.len();
        line.extend(word.chars().filter(|&c| !is_hidden(c)));
        if line.len() == start {
            line.truncate(before);
        }
    }
    line
}

/// The first `most` characters of `text`; where that cuts it, the last one of them says so.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut kept: String = text.chars().take(most.saturating_sub(1)).collect();
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

/// What somebody said, in quotes that end where we say; nothing when they said nothing.
pub(crate) fn quoted(said: &str) -> Option<String> {
    let said = line(said);
    let is_quote =
        |c| matches!(c, '"' | '“' | '”' | '„' | '‟' | '«' | '»' | '＂' | '″' | '‶' | '〝' | '〞');
    let said: String = said.chars().map(|c| if is_quote(c) { '\'' } else { c }).collect();
    (!said.is_empty()).then(|| format!("“{}”", cut(&said, LONGEST_QUOTE)))
}

/// A title of these parts: names give way, the longest first, until it is short enough.
pub(crate) fn title(parts: &[Part<'_>]) -> String {
    let clean = |part: &Part<'_>| match part {
        Part::Says(text) => (true, (*text).to_owned()),
        Part::Name(name) => (false, line(name)),
    };
    let mut parts: Vec<(bool, String)> = parts.iter().map(clean).collect();
    let length = |text: &String| text.chars().count();
    loop {
        let whole: usize = parts.iter().map(|(_, text)| length(text)).sum();
        let longest = parts.iter_mut().filter(|(ours, text)| !ours && length(text) > SHORTEST_NAME);
        let Some((_, name)) = longest.max_by_key(|(_, text)| length(text)) else { break };
        if whole < TITLE {
            break;
        }
        *name = cut(name, length(name) - 1);
    }
    let whole: String = parts.into_iter().map(|(_, text)| text).collect();
    cut(&whole, TITLE - 1)
}

/// A body of these sentences, on one line, and short.
pub(crate) fn body(sentences: &[&str]) -> String {
    let said: Vec<String> =
        sentences.iter().map(|said| line(said)).filter(|said| !said.is_empty()).collect();
    cut(&said.join(" "), LONGEST_BODY)
}

/// `text` as a sentence: with a full stop where it ends without one.
pub(crate) fn sentence(text: &str) -> String {
    let text = line(text);
    match text.chars().last() {
        None | Some('.' | '!' | '?' | '…' | '”') => text,
        Some(_) => text + ".",
    }
}

/// Characters that nobody sees or that turn around, join or cover what stands beside them.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_no_breaks_and_nothing_hidden() {
        assert_eq!(line("  one\r\ntwo\t\u{2028}three\u{0}\u{7}four "), "one two three four");
        assert_eq!(line("pay\u{202e}lor\u{2066}\u{200b}\u{feff}\u{e0041}"), "paylor");
        assert_eq!(line("a \u{200b} b"), "a b");
        assert_eq!(line("\u{200b}\n"), "");
        assert_eq!(line("Grüße, 東京 naïve"), "Grüße, 東京 naïve");
    }

    #[test]
    fn a_quote_ends_where_we_end_it() {
        assert_eq!(quoted("x.” Approved by “ada\""), Some("“x.' Approved by 'ada'”".to_owned()));
        assert_eq!(quoted(" \n"), None);
        let long = quoted(&"y".repeat(4_000)).unwrap();
        assert_eq!(long.chars().count(), LONGEST_QUOTE + 2);
        assert!(long.ends_with("y…”"), "{long}");
    }

    #[test]
    fn names_give_way_and_our_words_do_not() {
        fn asks(who: &str, what: &str) -> String {
            title(&[Part::Name(who), Part::Says(" asks for edit on "), Part::Name(what)])
        }
        assert_eq!(asks("jun", "customer2"), "jun asks for edit on customer2");
        let long = asks(&"j".repeat(64), &"c".repeat(63));
        assert_eq!(long, "jjjjjjjjjj… asks for edit on ccccccccc…");
        assert_eq!(long.chars().count(), TITLE - 1);
        assert_eq!(asks("jun", &"c".repeat(63)), "jun asks for edit on ccccccccccccccccc…");
        // Even what would not be cut gives way in the end.
        let ours = "o".repeat(60);
        assert_eq!(title(&[Part::Says(&ours)]).chars().count(), TITLE - 1);
    }

    #[test]
    fn a_body_is_one_short_line_of_sentences() {
        assert_eq!(body(&["One.", "", "Two\nlines."]), "One. Two lines.");
        assert_eq!(body(&[&"x ".repeat(400)]).chars().count(), LONGEST_BODY);
        assert_eq!(sentence("it broke"), "it broke.");
        assert_eq!(sentence("Did it?"), "Did it?");
    }
}
