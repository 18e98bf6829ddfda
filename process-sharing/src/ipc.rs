//! Calls of the crate `ipc-channel`, which panics where the process is out of descriptors or has no
//! folder for temporary files: here that is an error.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use ipc_channel::ipc::{IpcOneShotServer, channel};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use serde::{Deserialize, Serialize};

/// Calls `ipc-channel`, and returns a panic of it as an error.
pub(crate) fn caught<T>(call: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let panicked =
        |_| Err(io::Error::other("ipc-channel panicked: the process may be out of descriptors"));
    catch_unwind(AssertUnwindSafe(|| ready().and_then(|()| call()))).unwrap_or_else(panicked)
}

/// Lets `ipc-channel` find out how much a socket takes. For that it opens two sockets at its first
/// message; if it cannot, it panics then and at each message after that.
fn ready() -> io::Result<()> {
    // Relaxed: if two threads come at once, both find it out.
    static READY: AtomicBool = AtomicBool::new(false);
    if !READY.load(Relaxed) {
        let pair =
            || socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None);
        drop((pair()?, pair()?));
        let (to, _from) = channel()?;
        to.send(()).map_err(io::Error::other)?;
        READY.store(true, Relaxed);
    }
    Ok(())
}

/// Opens a door for one client: a socket in the folder for temporary files, which has to be that of
/// a run's [`Names`](crate::names::Names): `ipc-channel` truncates a path that is too long.
pub(crate) fn door<T: for<'a> Deserialize<'a> + Serialize>()
-> io::Result<(IpcOneShotServer<T>, String)> {
    caught(IpcOneShotServer::new)
}
