//! The daemon as a real process, in private directories.

mod admin;
mod command_line;
mod daemon;
mod life;
