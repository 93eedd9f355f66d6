//! The test suite: one binary, a module a subject.

mod block_kit;
mod cards;
mod cli;
mod corpus;
mod desk;
mod formats;
mod github_model;
mod hazards;
mod history;
mod layering;
mod listeners;
mod lists;
mod logs;
mod properties;
mod sandbox;
mod scenarios;
mod scripts;
mod settings_file;
mod slack_model;
mod slack_routes;
mod store;
mod sync;
mod terminal;
mod webhooks;
mod world;
