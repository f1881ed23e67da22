//! What is proposed: plans, change sets and task definitions, read as patched facts. Pure: no I/O, no clock, no async.
