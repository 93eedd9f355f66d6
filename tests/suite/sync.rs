//! Syncs against the model of GitHub, through the production client and a real store.

mod cost;
mod faults;
mod news;
pub(crate) mod world;
