//! What touches the engineer's own machine: kubeconfig, paths, finding the backend.
//!
//! Rules of this crate: a file somebody else also writes is changed under that program's own lock,
//! atomically, and only in the bytes that are ours; nothing a backend sends becomes a command, a
//! path, an environment variable or an exec block.

pub mod autostart;
pub mod env;
pub mod home;
pub mod keyring;
pub mod kubeconfig;
pub mod own_file;
pub mod settings;
