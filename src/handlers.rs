//! What happens when someone asks: one use case, one file.

pub mod status;
