//! Follows Kubernetes Enhancement Proposals through a container runtime.

pub mod cli;
pub mod domain;
