//! Tokens of accounts, made and checked as the real API server does.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
    UnparsedPublicKey,
};
use serde::{Deserialize, Serialize};

use crate::kinds::ACCOUNT;
use crate::object;
use crate::store::State;
use crate::user::{User, account_name};

/// Who issues tokens, and whom they are for unless something else is asked for.
pub(crate) const ISSUER: &str = "https://kubernetes.default.svc";
const SHORTEST: i64 = 600;
const LONGEST: i64 = 1 << 32;
/// Clocks of two machines differ, so that much is forgiven at the beginning of a token's life.
const LEEWAY: TimeDelta = TimeDelta::minutes(1);

/// Signs and checks.
pub(crate) struct Signer {
    key: EcdsaKeyPair,
    id: String,
}

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    aud: Vec<String>,
    exp: i64,
    iat: i64,
    nbf: i64,
    iss: String,
    sub: String,
    #[serde(rename = "kubernetes.io")]
    bound: Bound,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Bound {
    namespace: String,
    serviceaccount: Named,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Named {
    name: String,
    uid: String,
}

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    kid: String,
}

/// Why a token of this many seconds cannot be had.
pub(crate) fn refused_life(seconds: i64) -> Option<&'static str> {
    match seconds {
        ..SHORTEST => Some("may not specify a duration less than 10 minutes"),
        SHORTEST..=LONGEST => None,
        _ => Some("may not specify a duration larger than 2^32 seconds"),
    }
}

impl Claims {
    /// What a token of this account says.
    pub(crate) fn new(
        account: &serde_json::Value,
        audiences: Vec<String>,
        seconds: i64,
        now: DateTime<Utc>,
    ) -> Self {
        let (namespace, name) = (object::namespace(account), object::name(account));
        let now = now.timestamp();
        Self {
            aud: audiences,
            exp: now.saturating_add(seconds),
            iat: now,
            nbf: now,
            iss: ISSUER.to_owned(),
            sub: account_name(namespace, name),
            bound: Bound {
                namespace: namespace.to_owned(),
                serviceaccount: Named {
                    name: name.to_owned(),
                    uid: object::meta(account, "uid").to_owned(),
                },
            },
        }
    }

    /// Whose token it is; nobody's when it has run out, or the very account is gone.
    pub(crate) fn user(&self, state: &State, now: DateTime<Utc>) -> Option<User> {
        let Bound { namespace, serviceaccount: Named { name, uid } } = &self.bound;
        let (at, early) = (now.timestamp(), (now + LEEWAY).timestamp());
        let in_time = self.exp > at && self.nbf <= early && self.iat <= early;
        let for_us = self.iss == ISSUER && self.aud.iter().any(|one| one == ISSUER);
        let account = state.get(&ACCOUNT, namespace, name)?;
        let same = object::meta(account, "uid") == uid && self.sub == account_name(namespace, name);
        (in_time && for_us && same).then(|| User::account(namespace, name))
    }

    pub(crate) fn expires(&self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp(self.exp, 0)
    }
}

impl Signer {
    pub(crate) fn new(key: &[u8]) -> io::Result<Self> {
        let random = SystemRandom::new();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key, &random);
        let key = key.map_err(|error| io::Error::other(format!("the accounts' key: {error}")))?;
        let digest = ring::digest::digest(&ring::digest::SHA256, key.public_key().as_ref());
        Ok(Self { id: URL_SAFE_NO_PAD.encode(digest), key })
    }

    pub(crate) fn sign(&self, claims: &Claims) -> io::Result<String> {
        let header = Header { alg: "ES256".to_owned(), kid: self.id.clone() };
        let text = format!("{}.{}", encoded(&header)?, encoded(claims)?);
        let signature = self.key.sign(&SystemRandom::new(), text.as_bytes());
        let signature = signature.map_err(|_unspecified| io::Error::other("cannot sign"))?;
        Ok(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// What the token says, if this cluster signed it.
    pub(crate) fn read(&self, token: &str) -> Option<Claims> {
        let (text, signature) = token.rsplit_once('.')?;
        let (header, claims) = text.split_once('.')?;
        let header: Header = decoded(header)?;
        if header.alg != "ES256" || header.kid != self.id {
            return None;
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, self.key.public_key())
            .verify(text.as_bytes(), &signature)
            .ok()?;
        decoded(claims)
    }
}

fn encoded(part: &impl Serialize) -> io::Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(part)?))
}

fn decoded<T: for<'a> Deserialize<'a>>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

#[cfg(test)]
mod tests;
