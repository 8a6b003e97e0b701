//! The library as C programs call it: by its symbols, with pointers.

mod c;
mod events;
mod handles;
mod lists;
mod many;
mod misbehaving;
mod streams;
