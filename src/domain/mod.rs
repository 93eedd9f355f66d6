//! What the program knows about: pure functions and values, without I/O, clock or async.

pub mod field;
mod issue;
pub mod kep;
mod login;
mod number;
mod release;
mod settings;
mod stage;
pub mod text;
pub mod tracking;

pub use self::{
    field::{Field, Reading},
    issue::{Issue, IssueState, Milestone, Pull},
    login::Login,
    number::{EnhancementLink, KepNumber, NotAKepNumber},
    release::Release,
    settings::{Label, Runtime, Settings},
    stage::{Stage, Status},
};
