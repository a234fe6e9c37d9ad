//! One file a command.

pub(crate) mod access;
pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod catalog;
pub(crate) mod connect;
pub(crate) mod contexts;
pub(crate) mod credential;
pub(crate) mod decide;
pub(crate) mod end;
pub(crate) mod env;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod integrations;
pub(crate) mod list;
pub(crate) mod logs;
pub(crate) mod own;
pub(crate) mod request;
pub(crate) mod run;
pub(crate) mod search;
pub(crate) mod serve;
pub(crate) mod service;
pub(crate) mod show;
pub(crate) mod use_context;
pub(crate) mod verify;
