//! End-to-end stories, and the counterparties they run against.
//!
//! Nothing here is a fake: [`cluster::Cluster`] runs the real etcd, kube-apiserver and
//! kube-controller-manager on this machine, and [`kubectl::Kubectl`] the real kubectl. The
//! stories are in `tests/`, the scripts that fetch the programs in `counterparties/`.
//!
//! Rules: a wait is a poll with a limit, and its error says what was waited for and shows the
//! end of the log of whoever did not come; no process outlives the test run, however that ends
//! (see [`process`]); a counterparty that is missing fails where `CI` is set and says one line
//! elsewhere (see [`counterparties`]).

mod certs;
pub mod cluster;
pub mod counterparties;
mod flags;
pub mod installation;
pub mod keyring;
pub mod kubectl;
pub mod memory;
pub mod planted;
mod ports;
pub mod process;
pub mod scratch;
pub mod shared;
pub mod systemd;
pub mod wait;
