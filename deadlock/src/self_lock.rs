//! One thread acquires the same mutex twice. A mutex is not reentrant: the thread waits for itself.
//!
//! In real code the second lock is in a function that the first holder calls. Or the guard lives
//! longer than it seems to, as here, to the end of the `match`:
//!
//! ```
//! let names = std::sync::Mutex::new(vec!["t1"]);
//! match names.lock().unwrap().len() {
//!     1 => assert!(names.try_lock().is_err(), "the lock is still held"),
//!     _ => unreachable!(),
//! }
//! assert!(names.try_lock().is_ok());
//! ```
//!
//! The other way round, `let _ = names.lock();` would hold nothing at all; rustc refuses it:
//!
//! ```compile_fail
//! let names = std::sync::Mutex::new(vec!["t1"]);
//! let _ = names.lock();
//! ```

use super::lane::{acquire, finish, start, try_acquire};
use super::sync::{Arc, Mutex};

/// Acquires the lock, and acquires it again while it is held.
///
/// # Blocking
/// For ever. (std leaves open whether this hangs or panics; on Linux, it hangs.)
pub fn twice() {
    let account = Arc::new(Mutex::new(100));
    finish(start("t1", move || {
        let mut balance = acquire("A", &account);
        *balance -= 10;
        print_statement(&account);
    }));
}

fn print_statement(account: &Mutex<i32>) -> i32 {
    *acquire("A", account)
}

/// Releases the lock, at the end of a statement, before it is acquired again; returns what the second
/// holder read.
pub fn ended_first() -> i32 {
    let account = Arc::new(Mutex::new(100));
    finish(start("t1", move || {
        *acquire("A", &account) -= 10;
        print_statement(&account)
    }))
}

/// Passes what the lock guards to the function that needs it, which acquires no lock of its own.
pub fn handed_on() -> i32 {
    fn print_statement(balance: &i32) -> i32 {
        *balance
    }
    let account = Arc::new(Mutex::new(100));
    finish(start("t1", move || {
        let mut balance = acquire("A", &account);
        *balance -= 10;
        print_statement(&balance)
    }))
}

/// Only tries the lock the second time; returns whether it was acquired: it is not, and the thread
/// does not wait.
pub fn tried() -> bool {
    let account = Arc::new(Mutex::new(100));
    finish(start("t1", move || {
        let _balance = acquire("A", &account);
        try_acquire("A", &account).is_some()
    }))
}
