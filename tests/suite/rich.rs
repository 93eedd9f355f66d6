//! Formatted text, between Slack and GitHub: what is read, what is written, and that nothing in it
//! pings, refers or breaks out.

mod from_markdown;
pub(crate) mod page;
mod parts;
mod properties;
mod slack;
mod to_markdown;
