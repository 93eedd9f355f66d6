//! The test suite: one binary, a module a subject.

mod corpus;
mod github_model;
mod hazards;
mod history;
mod layering;
mod properties;
mod world;
