//! The pool's protocols as small models: threads for processes, and a model checker's channels for
//! sockets. They leave out what a schedule cannot change: bytes, PIDs, time.

pub mod chunk;
pub mod crash;
pub mod shutdown;
