//! A lock-order inversion, found on a run that could not deadlock: one thread acquires A, then B, and
//! is joined before another acquires B, then A. Without the join, this is `lock_order`.

use std::panic::catch_unwind;

use tracing_mutex::stdsync::tracing::Mutex as TracingMutex;

use crate::ordered_mutex::{Inversion, OrderGraph};
use kit::real::lane::{finish, start};

/// Acquires two locks in both orders, one thread after the other; returns what the second thread is
/// told.
pub fn ours() -> Result<(), Inversion> {
    let graph = OrderGraph::default();
    let (a, b) = (graph.mutex("A", ()), graph.mutex("B", ()));
    let (a, b) = finish(start("t1", move || {
        {
            let _a = a.lock();
            let _b = b.lock();
        }
        (a, b)
    }));
    finish(start("t2", move || {
        let _b = b.lock()?;
        let _a = a.lock()?;
        Ok(())
    }))
}

/// Does the same with the locks of the crate tracing-mutex, which panic; returns what the
/// first line of the panic says.
pub fn tracing_mutex() -> Option<String> {
    let (a, b) = (TracingMutex::new(()), TracingMutex::new(()));
    let (a, b) = finish(start("t1", move || {
        {
            let _a = a.lock();
            let _b = b.lock();
        }
        (a, b)
    }));
    let panic = finish(start("t2", move || {
        catch_unwind(|| {
            let _b = b.lock();
            let _a = a.lock();
        })
        .err()
    }))?;
    let text = panic.downcast_ref::<String>().map_or("a panic without a message", String::as_str);
    // The lines below it name the places.
    text.lines().next().map(|line| line.trim_end_matches(':').to_owned())
}
