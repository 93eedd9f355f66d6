//! What happens without being asked.

pub mod facts;
pub mod sync;
