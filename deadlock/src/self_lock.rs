//! One thread takes the same mutex twice. A mutex does not ask who holds it: the thread waits for
//! itself.
//!
//! It seldom looks like this in real code: the second lock is in a function that the first holder
//! calls. Or the guard lives longer than it seems to, as here, to the end of the `match`:
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

use super::lane::{finish, start, take, try_take};
use super::sync::{Arc, Mutex};

/// Takes the lock, and takes it again while it is held.
///
/// # Blocking
/// For ever. (std leaves open whether this hangs or panics; on Linux, it hangs.)
pub fn twice() {
    let account = Arc::new(Mutex::new(100));
    finish(start("t1", move || {
        let mut balance = take("A", &account);
        *balance -= 10;
        print_statement(&account);
    }));
}

fn print_statement(account: &Mutex<i32>) -> i32 {
    *take("A", account)
}

/// Gives the lock back before it is taken again; returns what the second holder read.
pub fn ended_first() -> i32 {
    let account = Arc::new(Mutex::new(100));
    finish(start("t1", move || {
        {
            let mut balance = take("A", &account);
            *balance -= 10;
        }
        print_statement(&account)
    }))
}

/// Hands what the lock guards to the function that needs it, which takes no lock of its own.
pub fn handed_on() -> i32 {
    fn print_statement(balance: &i32) -> i32 {
        *balance
    }
    let account = Arc::new(Mutex::new(100));
    finish(start("t1", move || {
        let mut balance = take("A", &account);
        *balance -= 10;
        print_statement(&balance)
    }))
}

/// Only tries the lock the second time, and returns whether it was given: it is not, and nobody
/// waits.
pub fn tried() -> bool {
    let account = Arc::new(Mutex::new(100));
    finish(start("t1", move || {
        let _balance = take("A", &account);
        try_take("A", &account).is_some()
    }))
}
