//! Syncs against the model of GitHub, through the production client and a real store.

mod cost;
mod faults;
mod installed;
mod killed;
mod limits;
mod news;
mod told;
mod world;
