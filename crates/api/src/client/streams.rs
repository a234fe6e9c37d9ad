//! Answers that arrive in parts.

use futures::StreamExt;
use futures::stream::BoxStream;
use reqwest::Response;

use super::{ClientError, root};
use crate::Change;

/// An export as it arrives: lines, cut anywhere.
pub struct Export {
    bytes: BoxStream<'static, reqwest::Result<bytes::Bytes>>,
}

impl Export {
    pub(super) fn of(answer: Response) -> Self {
        Export { bytes: answer.bytes_stream().boxed() }
    }

    /// The next part; none when the export is complete. An error when it broke off.
    pub async fn next(&mut self) -> Result<Option<bytes::Bytes>, ClientError> {
        let part = self.bytes.next().await.transpose();
        part.map_err(|e| ClientError::Unreachable(root(&e)))
    }
}

/// Changes as they are committed (server-sent events).
pub struct EventStream {
    bytes: BoxStream<'static, reqwest::Result<bytes::Bytes>>,
    buffer: Vec<u8>,
}

impl EventStream {
    pub(super) fn of(answer: Response) -> Self {
        EventStream { bytes: answer.bytes_stream().boxed(), buffer: Vec::new() }
    }

    /// The next change; an error when the stream broke and is to be opened again.
    pub async fn next(&mut self) -> Result<Change, ClientError> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\n\n") {
                let block: Vec<u8> = self.buffer.drain(..end + 2).collect();
                if let Some(change) = change_in(&String::from_utf8_lossy(&block))? {
                    return Ok(change);
                }
                continue;
            }
            match self.bytes.next().await {
                Some(Ok(more)) => self.buffer.extend_from_slice(&more),
                Some(Err(e)) => return Err(ClientError::Unreachable(root(&e))),
                None => return Err(ClientError::Unreachable("it closed the stream".to_owned())),
            }
        }
    }
}

fn change_in(block: &str) -> Result<Option<Change>, ClientError> {
    let Some(data) = block.lines().find_map(|line| line.strip_prefix("data:")) else {
        return Ok(None);
    };
    let change = serde_json::from_str(data.trim_start());
    change.map(Some).map_err(|e| ClientError::Unexpected(e.to_string()))
}
