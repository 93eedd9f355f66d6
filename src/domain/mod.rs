//! What the program knows about: pure functions and values, without I/O, clock or async.

pub mod answer;
pub mod board;
pub mod bridge;
pub mod card;
pub mod change;
pub mod cycle;
pub mod details;
pub mod digest;
mod doing;
pub mod fact;
pub mod field;
pub mod finding;
pub mod following;
mod issue;
pub mod kep;
pub mod link;
mod login;
pub mod mention;
pub mod notice;
mod number;
pub mod origin;
pub mod people;
pub mod preview;
mod release;
pub mod reply;
mod repository;
pub mod rich;
pub mod schedule;
mod secret;
mod settings;
pub mod shipping;
pub mod ships;
mod stage;
pub mod summary;
pub mod text;
pub mod tracking;
pub mod trend;
pub mod who;
mod zone;

pub use self::{
    doing::{Did, Doing},
    field::{Field, Reading},
    issue::{Comment, CommentKind, Issue, IssueState, Milestone, Pull},
    login::Login,
    number::{EnhancementLink, KepNumber, NotAKepNumber},
    release::Release,
    repository::Repository,
    secret::Secret,
    settings::{Label, Runtime, Settings},
    stage::{Stage, Status},
    zone::Zone,
};
