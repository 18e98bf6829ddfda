//! How a primitive's own file is compiled against Loom, once as it is, and once more for each
//! ordering with a weaker one in its place.

/// Compiles a file of the library in a module, under orderings that go by the names given, and with
/// this fence. What else the file takes from its crate has to be where this is used.
macro_rules! loomed {
    ($module:ident: $acquire:ident, $release:ident, $fence:ident; $file:literal as $name:ident) => {
        #[path = ""]
        #[allow(unused_imports, reason = "no file takes all of it")]
        mod $module {
            use super::*;
            mod sync {
                pub(super) mod atomic {
                    pub(in super::super) use super::super::super::$fence as fence;
                    pub(in super::super) use loom::sync::atomic::{AtomicU32, AtomicU64};
                    #[allow(non_snake_case, reason = "it stands for the enum")]
                    pub(in super::super) mod Ordering {
                        pub(in super::super::super) use loom::sync::atomic::Ordering::{
                            Relaxed, $acquire as Acquire, $release as Release,
                        };
                    }
                }
            }
            #[path = $file]
            #[allow(dead_code, unreachable_pub, reason = "the tests use a part of it")]
            pub(super) mod $name;
        }
    };
}
