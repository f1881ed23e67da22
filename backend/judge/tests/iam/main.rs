//! Policy evaluation, held against what AWS documents.

mod corpus;
mod evaluations;
mod properties;
mod roles;
