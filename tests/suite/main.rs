//! The test suite: one binary, a module a subject.

mod corpus;
mod hazards;
mod history;
mod layering;
mod properties;
mod store;
mod world;
