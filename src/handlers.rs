//! What happens when someone asks: one use case, one file.

pub mod desk;
mod home;
mod release;
pub mod status;
mod unnumbered;
mod who;
