//! The tray app.
//!
//! [`view`] says what to show, as plain data made of the [`state`]. [`controller`] takes in what
//! happens, one thing after the other, and is the only one that changes the state. [`backend`] watches
//! the backend, [`hands`] does what is ordered, [`ringer`] tells the desktop, [`screen`] shows it, and
//! [`bridge`] and [`preferences`] are what pages may ask for; [`manners`] are how the user wants it. Nothing but [`app`], [`bridge`], [`preferences`] and
//! [`screen`] touches Tauri.
//! [`session`] looks at the desktop session before any of them starts, and [`trouble`] has the
//! sentences for what can go wrong.

mod again;
pub mod app;
pub mod backend;
pub mod bridge;
pub mod clock;
pub mod controller;
pub mod download;
pub mod hands;
pub mod link;
pub mod manners;
pub mod panel;
pub mod preferences;
pub mod program;
pub mod ringer;
pub mod screen;
pub mod session;
pub mod shortcut;
pub mod sleep;
pub mod state;
pub mod trouble;
pub mod view;
