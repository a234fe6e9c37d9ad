//! One file a command.

pub(crate) mod access;
pub(crate) mod audit;
pub(crate) mod connect;
pub(crate) mod credential;
pub(crate) mod end;
pub(crate) mod integrations;
pub(crate) mod list;
pub(crate) mod request;
pub(crate) mod serve;
pub(crate) mod show;
