//! What the operator sees of a running program: its log and its metrics.
//!
//! Both are installed once, before anything starts; the rest of the program speaks to `tracing` and
//! `metrics` and knows nothing of where that goes.

mod json;
mod line;
pub mod logs;
pub mod metrics;
