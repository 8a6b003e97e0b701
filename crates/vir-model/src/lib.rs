//! Every document that libvirt knows, as types: read, checked, defaulted, printed. It does no I/O.
//!
//! A document is declared as tables (`vir_xml::element!`); what a table cannot say is written by hand
//! in the same shape. Defaults and addresses are separate passes over the finished model.

pub mod capabilities;
pub mod documents;
pub mod domain;
pub mod domaincaps;
pub mod interface;
pub mod json;
pub mod migration;
pub mod moment;
pub mod network;
pub mod nodedev;
pub mod nwfilter;
pub mod processors;
pub mod secret;
pub mod status;
pub mod storage;
pub mod vbox;
pub mod words;
