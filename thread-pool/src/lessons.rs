//! The lessons, a file each: its story, its options, its variants, and what has to come out.

pub(crate) mod back_pressure;
pub(crate) mod callback;
pub(crate) mod cancel;
pub(crate) mod elastic;
pub(crate) mod nested;
pub(crate) mod panic;
pub(crate) mod priority;
pub(crate) mod results;
pub(crate) mod shutdown;
pub(crate) mod sizing;
pub(crate) mod stealing;
pub(crate) mod submit;
pub(crate) mod text;
pub(crate) mod thread_locals;
pub(crate) mod unbounded;
