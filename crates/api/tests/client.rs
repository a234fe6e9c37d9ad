//! The client, and backends that do not answer.

use bellhop_api::{Client, ClientError};
use tokio::net::UnixListener;

/// Time goes by as soon as everybody waits for it.
#[tokio::test(start_paused = true)]
async fn a_backend_that_says_nothing_is_given_up_in_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("api.sock");
    let listener = UnixListener::bind(&socket).expect("binds");
    let client = Client::on_socket(&socket).expect("a client");
    // Whoever accepts keeps the connection, and says nothing.
    let (answer, called) = tokio::join!(client.me(), listener.accept());
    called.expect("somebody called");
    let error = answer.expect_err("nothing was said");
    assert!(matches!(&error, ClientError::Unreachable(_)), "{error:?}");
    assert_eq!(error.to_string(), "the backend does not answer: operation timed out");
}
