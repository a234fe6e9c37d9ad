//! Somebody at a terminal: what they see, and what they type.

use std::io::{ErrorKind, Read as _, Write as _};
use std::num::NonZeroU16;
use std::process::{Child, ExitStatus};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{Command, Pty};
use vt100::Parser;

pub(crate) const ENTER: &str = "\r";
pub(crate) const TAB: &str = "\t";
pub(crate) const ESC: &str = "\x1b";
pub(crate) const DOWN: &str = "\x1b[B";
pub(crate) const CTRL_C: &str = "\x03";
pub(crate) const CTRL_D: &str = "\x04";

/// How long anything may take that is waited for.
const LIMIT: Duration = Duration::from_secs(30);
const ROWS: u16 = 60;
const COLUMNS: u16 = 100;

/// A program at a terminal of its own.
pub(crate) struct Screen {
    pty: Arc<Pty>,
    child: Child,
    shown: Parser,
    bytes: mpsc::Receiver<Vec<u8>>,
}

impl Screen {
    /// Starts the program as the only one of a new session, as a terminal window does.
    pub(crate) fn of(command: Command) -> Self {
        let (pty, end) = pty_process::blocking::open().expect("a terminal");
        pty.resize(Size::new(ROWS, COLUMNS)).expect("resized");
        let child = command.spawn(end).expect("starts");
        let pty = Arc::new(pty);
        let (sender, bytes) = mpsc::channel();
        let reader = Arc::clone(&pty);
        thread::spawn(move || {
            let mut buffer = [0; 4_096];
            // The last program of the session that ends closes its side, which Linux calls an error.
            while let Ok(count @ 1..) = (&*reader).read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        let size = |count| NonZeroU16::new(count).expect("some");
        Self { pty, child, shown: Parser::new(size(ROWS), size(COLUMNS), 0), bytes }
    }

    /// What can be read there now, without what is blank at the end of lines.
    pub(crate) fn text(&self) -> String {
        let text = self.shown.screen().contents();
        text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_end().to_owned()
    }

    /// Waits until this can be read there.
    pub(crate) fn until(&mut self, what: &str) -> &mut Self {
        self.until_it(what, |text| text.contains(what))
    }

    /// Waits until this can be read there no more.
    pub(crate) fn until_not(&mut self, what: &str) -> &mut Self {
        self.until_it(&format!("no {what}"), |text| !text.contains(what))
    }

    fn until_it(&mut self, what: &str, is_so: impl Fn(&str) -> bool) -> &mut Self {
        let end = Instant::now() + LIMIT;
        while !is_so(&self.text()) {
            let left = end.saturating_duration_since(Instant::now());
            match self.bytes.recv_timeout(left) {
                Ok(bytes) => self.take(&bytes),
                Err(why) => unreachable!("{what:?} did not come ({why}):\n{}", self.text()),
            }
        }
        self
    }

    /// Presses keys.
    pub(crate) fn keys(&mut self, keys: &str) -> &mut Self {
        (&*self.pty).write_all(keys.as_bytes()).expect("typed");
        self
    }

    /// Waits until the program has ended, and answers its exit code (128 and more for a signal, as a
    /// shell says it) with all that can be read then.
    pub(crate) fn ended(mut self) -> (i32, String) {
        let end = Instant::now() + LIMIT;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.bytes.recv_timeout(left) {
                Ok(bytes) => self.take(&bytes),
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(timeout) => unreachable!("it does not end ({timeout}):\n{}", self.text()),
            }
        }
        let status = self.child.wait().expect("ended");
        (code(status), self.text())
    }

    fn take(&mut self, bytes: &[u8]) {
        self.shown.process(bytes);
        // Prompts ask where the cursor is, as real terminals tell.
        if bytes.windows(4).any(|part| part == b"\x1b[6n") {
            let (row, column) = self.shown.screen().cursor_position();
            let answer = format!("\x1b[{};{}R", row + 1, column + 1);
            match (&*self.pty).write_all(answer.as_bytes()) {
                Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                    unreachable!("the terminal cannot answer: {error}")
                }
                _ => {}
            }
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // It has ended already, or the test failed.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn code(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt as _;
    status.code().or_else(|| status.signal().map(|signal| 128 + signal)).expect("it ended")
}
