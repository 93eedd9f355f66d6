//! Delivery: what is queued is done once and in order, whatever breaks on the way.

mod alone;
mod asked;
mod city;
mod clocks;
mod cut;
mod drain;
mod driven;
mod killed;
mod process;
mod stage;
