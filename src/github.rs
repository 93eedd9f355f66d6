//! GitHub: the one shared client, and how its answers are read.

mod accounts;
mod answer;
mod archive;
mod auth;
mod client;
mod commit;
mod connect;
mod doings;
mod exchange;
mod forge;
mod limits;
mod probe;
mod shared;
mod sign_in;
pub mod webhook;
pub mod wire;

use ring::digest;

pub use self::{
    auth::{App, Credentials},
    exchange::Counts,
    limits::Urgency,
    probe::{Access, Account, AccountKind},
    shared::GitHub,
    sign_in::DeviceFlow,
};

/// GitHub refuses requests that do not say who asks:
/// <https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api#user-agent>
const USER_AGENT: &str = concat!("kep-liaison/", env!("CARGO_PKG_VERSION"));

/// The version of the API that is asked for:
/// <https://docs.github.com/en/rest/about-the-rest-api/api-versions>
const API_VERSION: &str = "2022-11-28";

/// The hash by which git knows a file's content:
/// <https://git-scm.com/book/en/v2/Git-Internals-Git-Objects>
pub fn blob_sha(content: &[u8]) -> String {
    let mut hash = digest::Context::new(&digest::SHA1_FOR_LEGACY_USE_ONLY);
    hash.update(format!("blob {}\0", content.len()).as_bytes());
    hash.update(content);
    hex(hash.finish().as_ref())
}

/// Bytes as lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    let digits = b"0123456789abcdef";
    let pair = |byte: &u8| [byte >> 4, byte & 15].map(|half| char::from(digits[usize::from(half)]));
    bytes.iter().flat_map(pair).collect()
}
