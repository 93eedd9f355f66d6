//! What happens without being asked.

pub mod facts;
pub mod follow;
pub mod sync;
