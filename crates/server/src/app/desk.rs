//! The desk behind the loopback port: one-time codes, the tokens that they are swapped for, when the
//! port was last used, and the pages that it has for a browser. Nothing of it is stored: codes and
//! tokens are gone with the port.
//!
//! A code and a token are known here by their hashes alone. Time is counted from the machine's
//! start: nobody can set it, and sleep counts.

use std::borrow::Cow;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use bellhop_domain::{Identity, sha256};
use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long a code is good for.
pub const CODE_LIFE: TimeDelta = TimeDelta::seconds(30);
/// The port closes when nothing was asked on it for this long.
pub const MOST_IDLE: TimeDelta = TimeDelta::minutes(15);
/// Codes, and tokens, that are known at the same time; with more, the oldest is forgotten.
const MOST_KNOWN: usize = 16;

/// One file of the pages.
#[derive(Clone, Debug)]
pub struct Page {
    /// What is in it.
    pub bytes: Cow<'static, [u8]>,
    /// The SHA-256 of that.
    pub hash: [u8; 32],
}

/// Finds a file of the pages by its path below their folder (`index.html`, `assets/x.js`).
pub type Pages = fn(&str) -> Option<Page>;

/// What is known at the desk.
#[derive(Default)]
pub struct Desk {
    state: Mutex<State>,
    pages: OnceLock<Pages>,
    /// What serves the port.
    pub tasks: TaskTracker,
}

#[derive(Default)]
struct State {
    port: Option<Port>,
    codes: Vec<Known>,
    tokens: Vec<Known>,
}

struct Port {
    number: u16,
    stop: CancellationToken,
    used: TimeDelta,
}

/// A secret that was given out, and for whom.
struct Known {
    hash: String,
    of: Identity,
    since: TimeDelta,
}

impl Known {
    fn is(&self, secret: &SecretString) -> bool {
        let asked = sha256(secret.expose_secret());
        self.hash.as_bytes().ct_eq(asked.as_bytes()).into()
    }
}

impl Desk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the desk show these pages. The first ones count.
    pub fn lay_out(&self, pages: Pages) {
        self.pages.get_or_init(|| pages);
    }

    /// A file of the pages.
    pub fn page(&self, path: &str) -> Option<Page> {
        self.pages.get().and_then(|find| find(path))
    }

    /// Whether there are pages for a browser.
    pub fn has_pages(&self) -> bool {
        self.page("index.html").is_some()
    }

    /// A code for `of`, and the port that takes it, which `open` opens when none is open.
    ///
    /// # Errors
    /// When `open` fails.
    pub fn code<E>(
        &self,
        of: Identity,
        now: TimeDelta,
        open: impl FnOnce() -> Result<(u16, CancellationToken), E>,
    ) -> Result<(u16, SecretString), E> {
        let mut state = self.state();
        state.close_when_idle(now);
        let number = match &mut state.port {
            Some(port) => {
                port.used = now;
                port.number
            }
            None => {
                let (number, stop) = open()?;
                state.port = Some(Port { number, stop, used: now });
                number
            }
        };
        Ok((number, give(&mut state.codes, of, now)))
    }

    /// Swaps a code for a token, once. Nothing when it is none, was used, or is too old.
    pub fn swap(&self, code: &SecretString, now: TimeDelta) -> Option<SecretString> {
        let mut state = self.state();
        state.use_port(now)?;
        let found = state.codes.iter().position(|known| known.is(code))?;
        let known = state.codes.remove(found);
        (now - known.since < CODE_LIFE).then(|| give(&mut state.tokens, known.of, now))
    }

    /// Whose token this is; the port counts as used. Nothing when it is none.
    pub fn owner(&self, token: &SecretString, now: TimeDelta) -> Option<Identity> {
        let mut state = self.state();
        state.close_when_idle(now);
        let of = state.tokens.iter().find(|known| known.is(token))?.of.clone();
        state.use_port(now)?;
        Some(of)
    }

    /// Closes the port if nothing was asked on it for too long; otherwise answers when to look
    /// again. Nothing when no port is open.
    pub fn look(&self, now: TimeDelta) -> Option<TimeDelta> {
        let mut state = self.state();
        state.close_when_idle(now);
        state.port.as_ref().map(|port| MOST_IDLE - (now - port.used))
    }

    /// Closes the port, if one is open.
    pub fn close(&self) {
        self.state().close();
    }
}

impl State {
    fn use_port(&mut self, now: TimeDelta) -> Option<()> {
        self.close_when_idle(now);
        self.port.as_mut()?.used = now;
        Some(())
    }

    fn close_when_idle(&mut self, now: TimeDelta) {
        if self.port.as_ref().is_some_and(|port| now - port.used >= MOST_IDLE) {
            self.close();
        }
    }

    fn close(&mut self) {
        if let Some(port) = self.port.take() {
            port.stop.cancel();
        }
        self.codes.clear();
        self.tokens.clear();
    }
}

/// Makes a secret and remembers its hash.
fn give(known: &mut Vec<Known>, of: Identity, since: TimeDelta) -> SecretString {
    let bytes: [u8; 32] = rand::random();
    let text = bytes.iter().fold(String::with_capacity(64), |text, b| text + &format!("{b:02x}"));
    if known.len() >= MOST_KNOWN {
        known.remove(0);
    }
    known.push(Known { hash: sha256(&text), of, since });
    text.into()
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use chrono::DateTime;

    use super::*;

    const START: TimeDelta = TimeDelta::seconds(1_000);

    fn somebody() -> Identity {
        let (provider, subject) = ("os".to_owned(), "7".to_owned());
        Identity { provider, subject, linked_at: DateTime::UNIX_EPOCH, linked_by: None }
    }

    fn code(desk: &Desk, stop: &CancellationToken, now: TimeDelta) -> SecretString {
        let open = || Ok::<_, Infallible>((4242, stop.clone()));
        desk.code(somebody(), now, open).unwrap().1
    }

    #[test]
    fn a_code_is_good_once_and_for_half_a_minute() {
        let (desk, stop) = (Desk::default(), CancellationToken::new());
        let (first, late) = (code(&desk, &stop, START), code(&desk, &stop, START));
        let token = desk.swap(&first, START + TimeDelta::milliseconds(29_999)).unwrap();
        assert_eq!(desk.owner(&token, START), Some(somebody()));
        assert!(desk.swap(&first, START).is_none(), "used");
        assert!(desk.swap(&late, START + CODE_LIFE).is_none(), "too old");
        assert!(desk.swap(&late, START).is_none(), "a code that was tried is gone");
        assert!(desk.swap(&token, START).is_none() && desk.owner(&first, START).is_none());
    }

    #[test]
    fn tokens_end_with_the_port_and_the_port_ends_when_idle() {
        let (desk, stop) = (Desk::default(), CancellationToken::new());
        let token = desk.swap(&code(&desk, &stop, START), START).unwrap();
        let almost = START + MOST_IDLE - TimeDelta::seconds(1);
        assert_eq!(desk.look(almost), Some(TimeDelta::seconds(1)));
        assert!(desk.owner(&token, almost).is_some(), "a call keeps it open");
        assert_eq!(
            desk.look(almost + TimeDelta::seconds(1)),
            Some(MOST_IDLE - TimeDelta::seconds(1))
        );
        assert!(!stop.is_cancelled());
        // The machine slept: no timer ran, and still nobody gets in.
        assert!(desk.owner(&token, almost + MOST_IDLE).is_none());
        assert!(stop.is_cancelled());
        assert_eq!(desk.look(almost + MOST_IDLE), None);
    }

    #[test]
    fn what_is_known_is_bounded_and_holds_no_secret() {
        let (desk, stop) = (Desk::default(), CancellationToken::new());
        let codes: Vec<_> = (0..=MOST_KNOWN).map(|_| code(&desk, &stop, START)).collect();
        assert!(desk.swap(&codes[0], START).is_none(), "the oldest was forgotten");
        let state = desk.state();
        assert_eq!(state.codes.len(), MOST_KNOWN);
        let secrets: Vec<_> = codes.iter().map(ExposeSecret::expose_secret).collect();
        assert!(state.codes.iter().all(|known| !secrets.contains(&known.hash.as_str())));
        assert!(!format!("{codes:?}").contains(codes[1].expose_secret()));
    }
}
