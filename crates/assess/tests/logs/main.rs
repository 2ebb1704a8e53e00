//! What logs say of secrets: invented records of every source, and real ones.
#![allow(missing_docs)]

mod accounts;
mod azure;
mod clouds;
mod common;
mod corpora;
mod doors;
mod properties;
#[path = "../../../logs/tests/common/mod.rs"]
mod shared;
mod table;
mod usage;
