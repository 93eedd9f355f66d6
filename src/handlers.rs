//! What happens when someone asks: one use case, one file.

pub mod desk;
mod home;
pub mod outbox;
mod preview;
mod release;
mod slip;
pub mod status;
mod unnumbered;
mod who;
