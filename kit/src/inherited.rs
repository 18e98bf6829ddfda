//! What a process inherits over `exec`, and what a lesson cannot do without.

use rustix::fs::Mode;
use rustix::process::umask;

use crate::signals;

/// Sets what this process has inherited to what lessons are written for: no signal is blocked, none
/// is ignored but those of [`signals::restore_inherited`], and the umask takes no right from the
/// owner of a new file. (With a umask of 777, a process can make a folder, and nothing in it, nor
/// list it.)
///
/// Call it first in `main`, before any other thread exists.
///
/// # Examples
/// ```
/// kit::inherited::restore();
/// ```
pub fn restore() {
    signals::restore_inherited();
    // It cannot be asked for without being set.
    let inherited = umask(Mode::RWXU.complement());
    umask(inherited - Mode::RWXU);
}
