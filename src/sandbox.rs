//! Stand-ins for trying the bot out, and for its tests: a clock that is set by hand, and stateful
//! models of the services it speaks to, behind real HTTP.

pub mod clock;
pub mod github;
mod script;
pub mod slack;
