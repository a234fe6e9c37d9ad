//! HTTP/1.1 as far as it is needed to stand between a connector and its system: one message at a
//! time, whole.

use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _};

/// A request or an answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Message {
    /// The first line.
    pub(crate) start: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Message {
    pub(crate) fn request(method: &str, path: &str, body: Vec<u8>) -> Self {
        let headers = vec![("host".to_owned(), "system".to_owned())];
        Self { start: format!("{method} {path} HTTP/1.1"), headers, body }
    }

    pub(crate) fn answer(status: u16, body: Vec<u8>) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Self { start: format!("HTTP/1.1 {status} Said"), headers, body }
    }

    /// One word of the first line.
    pub(crate) fn word(&self, at: usize) -> &str {
        self.start.split(' ').nth(at).unwrap_or_default()
    }

    pub(crate) fn method(&self) -> &str {
        self.word(0)
    }

    pub(crate) fn path(&self) -> &str {
        self.word(1)
    }

    pub(crate) fn status(&self) -> u16 {
        self.word(1).parse().unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// On the wire, with the body in one piece.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut lines = vec![self.start.clone()];
        let kept = self.headers.iter().filter(|(key, _)| {
            !["content-length", "transfer-encoding"].contains(&key.to_lowercase().as_str())
        });
        lines.extend(kept.map(|(key, value)| format!("{key}: {value}")));
        // An answer without a body may not have a length.
        if self.status() != 204 {
            lines.push(format!("content-length: {}", self.body.len()));
        }
        [format!("{}\r\n\r\n", lines.join("\r\n")).as_bytes(), &self.body].concat()
    }

    /// The next message; nothing when the other side has closed.
    pub(crate) async fn read(from: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<Self>> {
        let mut message = Self { start: line(from).await?, ..Self::default() };
        if message.start.is_empty() {
            return Ok(None);
        }
        loop {
            let text = line(from).await?;
            let Some((key, value)) = text.split_once(':') else { break };
            message.headers.push((key.to_owned(), value.trim().to_owned()));
        }
        let length = message.header("content-length").and_then(|text| text.parse().ok());
        if message.header("transfer-encoding").is_some_and(|text| text == "chunked") {
            message.body = chunks(from).await?;
        } else if let Some(length) = length {
            message.body = vec![0; length];
            from.read_exact(&mut message.body).await?;
        }
        Ok(Some(message))
    }
}

async fn line(from: &mut (impl AsyncBufRead + Unpin)) -> io::Result<String> {
    let mut line = String::new();
    from.read_line(&mut line).await?;
    Ok(line.trim_end().to_owned())
}

async fn chunks(from: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    loop {
        let size = line(from).await?;
        let size = usize::from_str_radix(&size, 16).map_err(io::Error::other)?;
        let mut chunk = vec![0; size];
        from.read_exact(&mut chunk).await?;
        line(from).await?;
        if size == 0 {
            return Ok(all);
        }
        all.extend(chunk);
    }
}
