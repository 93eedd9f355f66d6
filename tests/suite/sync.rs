//! Syncs against the model of GitHub, through the production client and a real store.

mod awaits;
mod cost;
mod elsewhere;
mod faults;
mod installed;
mod killed;
mod limits;
pub(crate) mod mortal;
mod news;
mod past;
mod sweeps;
mod told;
pub(crate) mod world;
