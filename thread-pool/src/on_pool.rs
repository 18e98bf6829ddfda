//! What lessons do with a pool that has no bound and is not shut down.

use crate::{BuildError, Builder, ChannelPool, Handle, Pool};

pub(crate) fn one_worker() -> Result<ChannelPool, BuildError> {
    Builder::new().workers(1).build()
}

pub(crate) fn submit<T: Send + 'static>(
    pool: &impl Pool,
    task: impl FnOnce() -> T + Send + 'static,
) -> Handle<T> {
    pool.submit(task).expect("it has no bound, and is not shut down")
}
