//! A system that has no more threads, processes, memory or descriptors to give: no fault of the
//! lesson, and no news to it.

use rustix::io::Errno;

// Where a limit on memory leaves no room for a stack, the thread is refused in the same way.
const THREADS: &str =
    "the system has no room for another thread or process: raise the limit (ulimit -u or -v)";
const MEMORY: &str = "the system has no memory left for this: raise the limit (ulimit -v)";
const DESCRIPTORS: &str = "the system has no descriptor left: raise the limit (ulimit -n)";

/// Returns what to do, if a text has the words of an [`std::io::Error`] about such a limit in it,
/// printed by `{}` or by `{:?}`, or those of Python's `OSError`.
pub(crate) fn of(text: &str) -> Option<&'static str> {
    let says = |errno: Errno| {
        let code = errno.raw_os_error();
        let words = [
            format!("(os error {code})"),
            format!("Os {{ code: {code},"),
            format!("[Errno {code}]"),
        ];
        words.iter().any(|words| text.contains(words))
    };
    if says(Errno::MFILE) || says(Errno::NFILE) {
        Some(DESCRIPTORS)
    } else if says(Errno::NOMEM) {
        Some(MEMORY)
    } else {
        says(Errno::AGAIN).then_some(THREADS)
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn an_error_about_a_limit_is_known_in_both_of_its_prints_and_no_other_is() {
        let prints = |errno: Errno| {
            let error = io::Error::from(errno);
            [of(&format!("it failed: {error}")), of(&format!("it failed: {error:?}"))]
        };
        assert_eq!(prints(Errno::AGAIN), [Some(THREADS); 2]);
        assert_eq!(prints(Errno::MFILE), [Some(DESCRIPTORS); 2]);
        assert_eq!(prints(Errno::NOMEM), [Some(MEMORY); 2]);
        assert_eq!(prints(Errno::NOENT), [None; 2]);
        // Its number begins with the same digits.
        assert_eq!(prints(Errno::ADDRNOTAVAIL), [None; 2]);
        assert_eq!(
            of("[Errno 24] Too many open files").is_some(),
            Errno::MFILE.raw_os_error() == 24
        );
        assert_eq!(of("out of paper"), None);
    }
}
