//! Follows Kubernetes Enhancement Proposals through a container runtime.
//!
//! # Layers
//!
//! ```text
//!            cli                    parses the command line, knows everything below
//!   ┌─────────┼──────────┐
//! config    github     sample       adapters: settings, GitHub's JSON, the data of our own
//!   │         │          │
//!   │      handlers      │          what happens when someone asks
//!   │         │          │
//!   │      command       │          the words that people type
//!   └─────────┼──────────┘
//!           domain                  pure: KEPs, tracking issues, board, findings
//! ```
//!
//! Who may import whom: `domain` nobody; `command` the domain; `handlers` domain and command;
//! `config`, `github` and `sample` the domain, never one another; `cli` all. A test reads the
//! `use` lines and fails on a breach.
//!
//! Data goes one way: *files or GitHub → facts → board → findings and changes → answers*.

pub mod app;
pub mod cli;
pub mod command;
pub mod config;
pub mod domain;
pub mod github;
pub mod handlers;
pub mod jobs;
pub mod ports;
pub mod sample;
pub mod sandbox;
pub mod store;
pub mod web;
