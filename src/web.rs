//! HTTP routes: each verifies, decodes, hands over and answers. None waits for what follows.

pub mod admin;
mod body;
pub mod github;
mod refused;
pub mod seen;
pub mod serve;
pub mod slack;
