//! Answers: does what a task needs still hold, before and after a change? Pure: no I/O, no clock, no async; equal input gives equal output.

pub mod iam;
