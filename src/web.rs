//! HTTP routes: each verifies, decodes, hands over and answers. None waits for what follows.

mod body;
pub mod github;
mod seen;
pub mod slack;
