//! Wire types and error codes of /api/v1, and the Rust client that every face uses
