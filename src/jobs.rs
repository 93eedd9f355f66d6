//! What happens without being asked.

pub mod bridge;
pub mod catch_up;
pub mod deliver;
pub mod digest;
pub mod facts;
pub mod follow;
pub mod forget;
pub mod hear;
pub mod nearing;
pub mod sync;
pub mod tell;
