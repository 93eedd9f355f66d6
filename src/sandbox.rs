//! Stand-ins for trying the bot out, and for its tests: clocks, and stateful models of the services it
//! speaks to, behind real HTTP; a town made of them, with the bot in it, and the page on which one
//! lives there.

pub mod clock;
pub mod github;
mod script;
pub mod site;
pub mod slack;
pub mod town;
