//! Deep links, `bellhop://open/R-1042`. Anybody can write one: they open a page, and never do
//! anything else.

use crate::view::Page;

/// The page that a link leads to; nothing where it is none of ours, exactly.
pub fn page(link: &str) -> Option<Page> {
    match link.strip_prefix("bellhop://open")? {
        "" | "/" | "/access" => Some(Page::Access),
        "/approvals" => Some(Page::Approvals),
        "/integrations" => Some(Page::Integrations),
        "/flows" => Some(Page::Flows),
        "/contexts" => Some(Page::Contexts),
        "/activity" => Some(Page::Activity),
        "/settings" => Some(Page::Settings),
        path => {
            let digits = path.strip_prefix("/R-")?;
            let fine =
                (1..=18).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
            fine.then(|| Page::Request(format!("R-{digits}")))
        }
    }
}

/// What a start of the app asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// To see this.
    At(Page),
    /// Only to be there, as somebody would start it by hand.
    Plain,
    /// To be there and show nothing, whatever is missing: at login, where panels come late.
    Hidden,
}

/// What a start asks for, by its words on the command line; the first word is the program.
pub fn asked(words: &[String]) -> Start {
    let words = || words.iter().skip(1).map(String::as_str);
    let page = words().find_map(|word| match word {
        "--palette" => Some(Page::Palette),
        "--open" => Some(Page::Access),
        link => page(link),
    });
    match page {
        Some(page) => Start::At(page),
        None if words().any(|word| word == "--hidden") => Start::Hidden,
        None => Start::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_may_ask_for_a_page() {
        let asked = |words: &[&str]| {
            let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
            asked(&words)
        };
        assert_eq!(asked(&["bellhop-desktop", "--palette"]), Start::At(Page::Palette));
        let approvals = Start::At(Page::Approvals);
        assert_eq!(asked(&["bellhop-desktop", "bellhop://open/approvals"]), approvals);
        assert_eq!(asked(&["bellhop-desktop"]), Start::Plain);
        assert_eq!(asked(&["bellhop-desktop", "--hidden"]), Start::Hidden);
        assert_eq!(asked(&["--palette"]), Start::Plain);
        assert_eq!(asked(&["x", "bellhop://approve/R-1"]), Start::Plain);
    }

    #[test]
    fn a_link_opens_a_page() {
        assert_eq!(page("bellhop://open/R-1042"), Some(Page::Request("R-1042".to_owned())));
        assert_eq!(page("bellhop://open"), Some(Page::Access));
        for (name, opened) in [
            ("access", Page::Access),
            ("approvals", Page::Approvals),
            ("integrations", Page::Integrations),
            ("flows", Page::Flows),
            ("contexts", Page::Contexts),
            ("activity", Page::Activity),
            ("settings", Page::Settings),
        ] {
            assert_eq!(page(&format!("bellhop://open/{name}")), Some(opened), "{name}");
        }
    }

    #[test]
    fn whatever_else_it_says_does_nothing() {
        for link in [
            "",
            "bellhop:",
            "bellhop://approve/R-1042",
            "bellhop://open/R-1042/approve",
            "bellhop://open/R-1042?approve=1",
            "bellhop://open/R-1042#x",
            "bellhop://open/R-",
            "bellhop://open/R-１",
            "bellhop://open/R--1",
            "bellhop://open/../R-1",
            "bellhop://open/R-1234567890123456789",
            "https://open/R-1",
            "BELLHOP://open/R-1",
            "bellhop://openR-1",
            "bellhop://open/R-1 ",
            "bellhop://open/palette",
        ] {
            assert_eq!(page(link), None, "{link:?}");
        }
    }
}
