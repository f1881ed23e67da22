//! Policy evaluation, held against what AWS documents.

mod evaluations;
mod properties;
mod roles;
