//! The test suite: one binary, a module a subject.

mod cards;
mod corpus;
mod hazards;
mod history;
mod layering;
mod lists;
mod properties;
mod terminal;
mod world;
