//! What access is: people, targets, flows, requests, grants, audit, and the transitions between their states
