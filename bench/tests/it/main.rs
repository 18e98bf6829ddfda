//! What is claimed of the program that ranks, on results that the tests write.

mod check;
mod command_line;
mod curves;
mod fixture;
mod pages;
mod pythons;
mod ranking;
mod sources;
