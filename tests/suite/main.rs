//! The test suite: one binary, a module a subject.

mod corpus;
mod history;
mod layering;
mod world;
