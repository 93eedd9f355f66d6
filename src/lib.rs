//! Follows Kubernetes Enhancement Proposals through a container runtime.
//!
//! # Layers
//!
//! ```text
//!             cli                          parses the command line
//!              │
//!             app                          builds the parts: which adapter fills which port
//!   ┌──────────┼──────────────────────┐
//! config   github  slack  store  web  sample      adapters: settings, GitHub, Slack's blocks,
//!   │          │     │      │     │   │           SQLite, HTTP routes, the data of our own,
//!   │          │     │      │     │   │           pictures (`chart`)
//!   │      handlers   │    jobs    │   │           what happens when asked, and without
//!   │          │      │      │     │   │
//!   │       command   └──  ports ──┘   │           what people type; what the outside must offer
//!   └──────────┴─────────────┴─────────┘
//!            domain                        pure: KEPs, tracking issues, board, findings
//! ```
//!
//! Who may import whom: `domain` nobody; `command` and `ports` the domain; `handlers` and `jobs`
//! these three; `github`, `slack` and `store` domain and ports, never one another; `web` the
//! adapters' decoding; `config`, `sample` and `chart` the domain; `telemetry` domain and ports;
//! `app`, `cli` and `sandbox` all. A test reads the `use` lines and fails on a breach.
//!
//! Data goes one way: *files or GitHub → facts → board → findings and changes → answers*.

pub mod app;
pub mod chart;
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
pub mod slack;
pub mod store;
pub mod telemetry;
pub mod web;
