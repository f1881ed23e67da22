//! Which way packets take, and whether they arrive.
