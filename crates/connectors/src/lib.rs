//! The connector contract, and one module for each kind of system
