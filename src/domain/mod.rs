//! What the program knows about: pure functions and values, without I/O, clock or async.

pub mod field;
pub mod kep;
mod login;
mod number;
mod release;
mod stage;
pub mod text;

pub use self::{
    field::{Field, Reading},
    login::Login,
    number::{EnhancementLink, KepNumber, NotAKepNumber},
    release::Release,
    stage::{Stage, Status},
};
