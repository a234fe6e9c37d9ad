//! Kubeconfig files edited on disk: exactly, safely, and readable by kubectl.
//!
//! The modules say `cfg(test)` so that clippy grants their helpers what tests may do.

#[cfg(test)]
mod common;
#[cfg(test)]
mod contexts;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod kubectl;
#[cfg(test)]
mod random;
#[cfg(test)]
mod several;
#[cfg(test)]
mod shapes;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod survey;
#[cfg(test)]
mod trouble;
