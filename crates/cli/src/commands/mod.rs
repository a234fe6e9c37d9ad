//! One file a command.

pub(crate) mod access;
pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod catalog;
pub(crate) mod connect;
pub(crate) mod credential;
pub(crate) mod decide;
pub(crate) mod end;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod integrations;
pub(crate) mod list;
pub(crate) mod logs;
pub(crate) mod open;
pub(crate) mod own;
pub(crate) mod reference;
pub(crate) mod request;
pub(crate) mod search;
pub(crate) mod serve;
pub(crate) mod service;
pub(crate) mod show;
pub(crate) mod status;
pub(crate) mod verify;
pub(crate) mod watch;
