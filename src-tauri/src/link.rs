//! Deep links, `bellhop://open/R-1042`. Anybody can write one: they open a page, and never do
//! anything else.

use crate::view::Page;

/// The page that a link leads to; nothing where it is none of ours, exactly.
pub fn page(link: &str) -> Option<Page> {
    match link.strip_prefix("bellhop://open")? {
        "" | "/" => Some(Page::Access),
        "/approvals" => Some(Page::Approvals),
        path => {
            let digits = path.strip_prefix("/R-")?;
            let fine =
                (1..=18).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
            fine.then(|| Page::Request(format!("R-{digits}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_opens_a_page() {
        assert_eq!(page("bellhop://open/R-1042"), Some(Page::Request("R-1042".to_owned())));
        assert_eq!(page("bellhop://open"), Some(Page::Access));
        assert_eq!(page("bellhop://open/approvals"), Some(Page::Approvals));
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
