//! What lessons do with a pool that has no bound and is not shut down.

use crate::{BuildError, Builder, ChannelPool, Handle, Pool};

pub(crate) fn pool<P: Pool>(workers: usize) -> Result<P, BuildError> {
    Builder::new().workers(workers).build()
}

pub(crate) fn one_worker() -> Result<ChannelPool, BuildError> {
    pool(1)
}

pub(crate) fn submit<T: Send + 'static>(
    pool: &impl Pool,
    task: impl FnOnce() -> T + Send + 'static,
) -> Handle<T> {
    pool.submit(task).expect("it has no bound, and is not shut down")
}

pub(crate) fn results<T: Send + 'static>(
    handles: impl IntoIterator<Item = Handle<T>>,
) -> impl Iterator<Item = T> {
    handles.into_iter().map(|handle| handle.wait().expect("no task panics"))
}
