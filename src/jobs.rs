//! What happens without being asked.

pub mod bridge;
pub mod deliver;
pub mod facts;
pub mod follow;
pub mod sync;
pub mod tell;
