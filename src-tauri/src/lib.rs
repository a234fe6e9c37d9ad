//! The tray app.
//!
//! [`view`] says what to show, as plain data. [`screen`] shows it, and is the only module that
//! touches Tauri. [`session`] looks at the desktop session before either of them starts, and
//! [`trouble`] has the sentences for what can go wrong.

pub mod screen;
pub mod session;
pub mod trouble;
pub mod view;
