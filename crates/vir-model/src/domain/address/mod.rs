//! Places for devices, whatever runs the domain: what there is, what is taken, and what is free.

pub mod ccw;
pub mod pci;
pub mod serial;
pub mod usb;
