//! Calls that may come twice: the answer is stored with the change, and the same call gets it again.

use bellhop_api as wire;
use bellhop_domain::sha256;
use bellhop_store::idempotency::{self, Answered};
use bellhop_store::{StoreError, Tx};
use chrono::TimeDelta;

use super::{AppError, Caller};

/// How long an answer is kept.
const KEPT: TimeDelta = TimeDelta::hours(24);
/// The longest key, in characters.
const LONGEST_KEY: usize = 200;

/// A key of the caller's own making, and what was asked under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    key: String,
    asked: String,
}

impl Once {
    /// A key for one call with one body.
    pub fn new(key: &[u8], call: &str, body: &[u8]) -> Result<Self, AppError> {
        if !(1..=LONGEST_KEY).contains(&key.len()) || !key.iter().all(u8::is_ascii_graphic) {
            return Err(AppError::Invalid(format!(
                "Idempotency-Key has 1 to {LONGEST_KEY} visible ASCII characters. Use a new random \
                 one for each thing that you ask for"
            )));
        }
        let asked = sha256(&format!("{call}\n{}", String::from_utf8_lossy(body)));
        Ok(Self { key: String::from_utf8_lossy(key).into_owned(), asked })
    }
}

/// What the caller was answered when this very call came before.
pub(super) async fn answered(
    tx: &mut Tx,
    caller: &Caller,
) -> Result<Option<wire::Request>, AppError> {
    let Some(Once { key, asked }) = &caller.once else { return Ok(None) };
    let old = tx.now() - KEPT;
    idempotency::prune(tx, old).await?;
    let Some(before) = idempotency::find(tx, caller.person.id, key).await? else { return Ok(None) };
    if before.body_hash != *asked {
        return Err(AppError::Invalid(
            "this Idempotency-Key came before with another call or another body. Use a new one \
             for each thing that you ask for"
                .to_owned(),
        ));
    }
    serde_json::from_str(&before.answer).map(Some).map_err(|e| impossible(key, &e))
}

/// Keeps the answer, in the transaction of the change.
pub(super) async fn keep(
    tx: &mut Tx,
    caller: &Caller,
    answer: &wire::Request,
) -> Result<(), AppError> {
    let Some(Once { key, asked }) = &caller.once else { return Ok(()) };
    let text = serde_json::to_string(answer).map_err(|e| impossible(key, &e))?;
    let answered = Answered { body_hash: asked.clone(), answer: text };
    Ok(idempotency::insert(tx, caller.person.id, key, &answered).await?)
}

fn impossible(key: &str, error: &serde_json::Error) -> AppError {
    let (row, why) = (key.to_owned(), error.to_string());
    AppError::Store(StoreError::Inconsistent { table: "idempotency_keys", row, why })
}
